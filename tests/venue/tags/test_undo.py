"""Undoing what was done with tags."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.makers import MANAGER, NOW, STAFF, a_customer, minutes
from tests.previews import preview
from tests.venue.tags.test_tags import TODAY, a_tag, tags_of
from venue import acts, privacy, tags
from venue.errors import Invalid, NotAllowed
from venue.journal.undo import undo

LATER = NOW + minutes(5)
FEBRUARY = date(2027, 2, 1)


def undo_last(session: Session) -> list[str]:
    """Undo the last act, and return what that is said to do."""
    entry_id = acts.last_entry(session) or 0
    said = list(preview(session, entry_id, now=LATER).restores)
    assert undo(session, entry_id, now=LATER).restored == said
    session.expire_all()
    return said


def test_a_tag_that_was_put_on_comes_off_again_and_back(session: Session) -> None:
    jo, tag_id = a_customer(session).id, a_tag(session)
    tags.put_on(session, jo, tag_id, last_day=FEBRUARY, now=NOW)
    undo_last(session)
    assert tags_of(session, jo) == []
    undo_last(session)
    assert tags_of(session, jo) == [("VIP", FEBRUARY)]
    tags.take_off(session, jo, tag_id, now=NOW)
    undo_last(session)
    assert tags_of(session, jo) == [("VIP", FEBRUARY)]
    tags.put_on(session, jo, tag_id, now=NOW)
    undo_last(session)
    assert tags_of(session, jo) == [("VIP", FEBRUARY)]


def test_a_deleted_tag_comes_back_with_its_customers(session: Session) -> None:
    jo, tag_id = a_customer(session).id, a_tag(session, "+", colour="red", at_door=True)
    tags.put_on(session, jo, tag_id, last_day=FEBRUARY, now=NOW)
    before = tags.every(session)
    tags.delete(session, tag_id, now=NOW)
    undo_last(session)
    assert tags.every(session) == before
    assert tags_of(session, jo) == [("+", FEBRUARY)]
    with pytest.raises(Invalid, match="There is a tag ‘\\+’ already"):
        a_tag(session, "+")


def test_a_merge_gives_both_tags_back(session: Session) -> None:
    both, one = a_customer(session).id, a_customer(session).id
    vip, regular = a_tag(session, "VIP"), a_tag(session, "Regular")
    tags.put_on(session, both, vip, now=NOW)
    tags.put_on(session, both, regular, last_day=FEBRUARY, now=NOW)
    tags.put_on(session, one, vip, now=NOW)
    before = [tags_of(session, each) for each in (both, one)]
    tags.merge(session, into=regular, tag_id=vip, now=NOW)
    session.expire_all()
    undo_last(session)
    assert [tags_of(session, each) for each in (both, one)] == before


def test_a_renamed_tag_gets_its_name_back_unless_it_is_taken(session: Session) -> None:
    tag_id = a_tag(session)
    tags.update(session, tag_id, version=1, name="Friend", now=NOW)
    entry_id = acts.last_entry(session) or 0
    other = a_tag(session, "vip")
    assert "there is a tag ‘vip’ already" in preview(session, entry_id, now=LATER).why_not
    tags.delete(session, other, now=NOW)
    undo(session, entry_id, now=LATER)
    assert tags.named(session, "VIP").name == "VIP"


def test_an_undo_after_an_erasure_is_refused_in_words(session: Session) -> None:
    jo, tag_id = a_customer(session).id, a_tag(session)
    tags.put_on(session, jo, tag_id, now=NOW)
    entry_id = acts.last_entry(session) or 0
    privacy.erase(session, jo, now=NOW)
    assert preview(session, entry_id, now=LATER).why_not == "The old values were erased: this cannot be undone."


def add(session: Session) -> None:
    a_tag(session)


def put_on(session: Session) -> None:
    jo, tag_id = a_customer(session).id, a_tag(session)
    tags.put_on(session, jo, tag_id, now=NOW)


@pytest.mark.parametrize(("act", "allowed"), [(add, False), (put_on, True)])
def test_staff_undo_only_what_they_may_do(session: Session, act: Callable[[Session], None], allowed: bool) -> None:
    session.info["actor"] = MANAGER
    act(session)
    session.info["actor"] = STAFF
    if allowed:
        undo_last(session)
        assert tags.listed(session, today=TODAY)[0].customers == 0
    else:
        with pytest.raises(NotAllowed):
            undo(session, acts.last_entry(session) or 0, now=LATER)
