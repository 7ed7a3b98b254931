"""Erasing someone whose record was merged into another by mistake, and separated again."""

import pytest
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.models import JournalValue
from tests.makers import NOW, a_booking, a_customer
from tests.venue.merging.two_of_them import LATER, last, merge
from venue import customers, fields, privacy
from venue.journal.undo import undo
from venue.journal.verify import verify


@pytest.mark.parametrize("who", ["keep", "other"])
def test_nothing_of_what_was_theirs_stays_in_the_journal(session: Session, who: str) -> None:
    diet = fields.add(session, name="Diet", kind="text", now=NOW).id
    keep = a_customer(session, first_name="Ann", notes="keepsnote")
    other = a_customer(session, first_name="Bea", notes="othersnote", own={diet: "othersdiet"})
    a_booking(session, other, notes="othersbooking")
    customers.update(session, keep.id, version=1, own={diet: "keepsdiet"}, now=NOW)
    keep_id, other_id = keep.id, other.id
    merge(session, keep, other, fields={f"field.{diet}": "other"})
    undo(session, last(session), now=LATER)
    erased_id, word = (keep_id, "keeps") if who == "keep" else (other_id, "others")
    privacy.erase(session, erased_id, now=LATER)
    session.flush()
    columns = (JournalValue.before, JournalValue.after)
    left = session.execute(select(JournalValue.table_name, *columns).where(or_(*(c.contains(word) for c in columns))))
    assert left.all() == []
    assert verify(session).problems == []
