"""Tagging many customers at once, and undoing it."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import CustomerTag
from tests.makers import MANAGER, NOW, STAFF, a_customer, days
from tests.venue.journal.test_undo import last
from venue import bulk, tags
from venue.bulk import Changed, Chosen, Selection
from venue.customers import CustomerFilter
from venue.errors import ConfirmFirst, Invalid, NotAllowed, NotFound
from venue.journal import entries, sentences
from venue.journal.undo import undo
from venue.roles import Actor


def a_tag(session: Session, name: str = "VIP") -> UUID:
    return tags.add(session, name=name, now=NOW).id


def everyone(session: Session) -> Chosen:
    return bulk.choose(session, Selection(where=CustomerFilter()), now=NOW)


def having(session: Session, tag_id: UUID) -> dict[UUID, date | None]:
    """Who has the tag, and until when."""
    rows = session.execute(select(CustomerTag.customer_id, CustomerTag.last_day).where(CustomerTag.tag_id == tag_id))
    return {row.customer_id: row.last_day for row in rows}


def test_all_get_the_tag_in_one_entry_that_is_undone_as_one(session: Session) -> None:
    people, vip = [a_customer(session) for _ in range(4)], a_tag(session)
    tags.put_on(session, people[0].id, vip, now=NOW)
    assert bulk.tag(session, everyone(session), tag_id=vip, now=NOW) == Changed(3, 1)
    assert set(having(session, vip)) == {each.id for each in people}
    entry = entries.get(session, last(session))
    assert (entry.rows, sentences.of(entry)) == (3, "Max put the tag ‘VIP’ on 3 customers")
    undo(session, entry.id, now=NOW)
    assert set(having(session, vip)) == {people[0].id}


def test_all_get_the_last_day_and_the_old_ones_come_back(session: Session) -> None:
    people, vip = [a_customer(session) for _ in range(3)], a_tag(session)
    march, april = date(2027, 3, 1), date(2027, 4, 1)
    tags.put_on(session, people[0].id, vip, last_day=march, now=NOW)
    tags.put_on(session, people[1].id, vip, last_day=april, now=NOW)
    assert bulk.tag(session, everyone(session), tag_id=vip, last_day=april, now=NOW) == Changed(2, 1)
    assert set(having(session, vip).values()) == {april}
    undo(session, last(session), now=NOW)
    assert having(session, vip) == {people[0].id: march, people[1].id: april}
    assert bulk.tag(session, everyone(session), tag_id=vip, now=NOW) == Changed(3, 0)
    assert set(having(session, vip).values()) == {None}


def test_the_tag_is_taken_off_all_and_put_back_as_it_was(session: Session) -> None:
    people, vip = [a_customer(session) for _ in range(3)], a_tag(session)
    march = date(2027, 3, 1)
    tags.put_on(session, people[0].id, vip, last_day=march, now=NOW)
    tags.put_on(session, people[1].id, vip, now=NOW)
    assert bulk.untag(session, everyone(session), tag_id=vip, now=NOW) == Changed(2, 1)
    assert having(session, vip) == {}
    assert sentences.of(entries.get(session, last(session))) == "Max took the tag ‘VIP’ off 2 customers"
    undo(session, last(session), now=NOW)
    assert having(session, vip) == {people[0].id: march, people[1].id: None}


def test_when_all_have_it_already_there_is_no_entry(session: Session) -> None:
    vip = a_tag(session)
    a_customer(session)
    bulk.tag(session, everyone(session), tag_id=vip, now=NOW)
    before = last(session)
    assert bulk.tag(session, everyone(session), tag_id=vip, now=NOW) == Changed(0, 1)
    assert last(session) == before


def test_bad_input_is_refused_and_nothing_is_changed(session: Session) -> None:
    a_customer(session)
    vip, chosen = a_tag(session), everyone(session)
    with pytest.raises(Invalid, match="This day is in the past"):
        bulk.tag(session, chosen, tag_id=vip, last_day=(NOW - days(1)).date(), now=NOW)
    with pytest.raises(NotFound, match="This tag no longer exists"):
        bulk.tag(session, chosen, tag_id=uuid4(), now=NOW)
    with pytest.raises(NotFound, match="This tag no longer exists"):
        bulk.untag(session, chosen, tag_id=uuid4(), now=NOW)
    assert having(session, vip) == {}


def test_only_managers_do_it_and_lately_confirmed(session: Session) -> None:
    vip, chosen = a_tag(session), everyone(session)
    session.info["actor"] = STAFF
    with pytest.raises(NotAllowed, match="Sam may not change many customers at once"):
        bulk.tag(session, chosen, tag_id=vip, now=NOW)
    session.info["actor"] = Actor("Max", MANAGER.permissions, recently_confirmed=False)
    with pytest.raises(ConfirmFirst):
        bulk.untag(session, chosen, tag_id=vip, now=NOW)
