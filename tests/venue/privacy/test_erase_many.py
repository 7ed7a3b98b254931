"""Erasing many customers at once: exactly those who were counted, once their number was typed."""

from functools import partial

import pytest
from sqlalchemy import func, select

from db.models import Customer
from tests.makers import MANAGER, NOW, STAFF, a_customer
from venue import bulk
from venue.bulk import Chosen, Selection, SelectionChanged
from venue.customers import CustomerFilter
from venue.errors import Invalid, NotAllowed
from venue.privacy import erase_many
from venue.profile import Venue
from venue.roles import Actor

LEES = Selection(where=CustomerFilter(words="lee"))


def add(venue: Venue, *names: str) -> None:
    with venue.transaction(MANAGER) as session:
        for name in names:
            a_customer(session, first_name=name, last_name="Lee")


def choose(venue: Venue) -> Chosen:
    with venue.reading(MANAGER) as session:
        return bulk.choose(session, LEES, now=NOW)


def erase(venue: Venue, chosen: Chosen, typed: str, who: Actor = MANAGER) -> list[erase_many.Erased]:
    with venue.transaction(who) as session:
        ids = erase_many.begin(session, chosen, typed_count=typed, now=NOW)
    return list(
        erase_many.erase_each(partial(venue.reading_at_length, who), partial(venue.transaction, who), ids, now=NOW)
    )


def count(venue: Venue) -> int:
    with venue.reading(MANAGER) as session:
        return session.scalars(select(func.count()).select_from(Customer)).one()


def test_those_who_were_counted_are_erased(venue: Venue) -> None:
    add(venue, "Ann", "Bob", "Cy")
    with venue.transaction(MANAGER) as session:
        a_customer(session, last_name="Fox")
    assert [each.kept for each in erase(venue, choose(venue), "3")] == ["", "", ""]
    assert count(venue) == 1


@pytest.mark.plain_sql
@pytest.mark.parametrize("typed", ["", "1", "two", "22"])
def test_nothing_is_erased_without_the_right_number(venue: Venue, typed: str) -> None:
    add(venue, "Ann", "Bob")
    with pytest.raises(Invalid, match="Type 2 to delete 2 customers"):
        erase(venue, choose(venue), typed)
    assert count(venue) == 2


def test_nothing_is_erased_when_others_match_or_by_staff(venue: Venue) -> None:
    add(venue, "Ann")
    chosen = choose(venue)
    with pytest.raises(NotAllowed):
        erase(venue, chosen, "1", STAFF)
    add(venue, "Bob")
    with pytest.raises(SelectionChanged, match="Bob Lee"):
        erase(venue, chosen, "1")
    assert count(venue) == 2


def test_too_many_at_once_are_refused(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erase_many, "MOST", 1)
    add(venue, "Ann", "Bob")
    with pytest.raises(Invalid, match="At most 1 customers can be deleted at once"):
        erase(venue, choose(venue), "2")


def test_who_was_deleted_since_is_passed_over_and_who_cannot_be_is_kept(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(venue, "Ann", "Bob")
    chosen = choose(venue)
    ann, bob = chosen.ids

    def refuse(_reading: object, _transaction: object, customer_id: object, **_how: object) -> None:
        if customer_id == bob:
            raise Invalid(blocked="Change these first")

    monkeypatch.setattr(erase_many, "erase_in_steps", refuse)
    done = erase(venue, chosen, "2")
    assert [each.customer_id for each in done] == [ann, bob]
    assert done[0].kept == ""
    assert done[1].kept.endswith("Lee: Change these first")
