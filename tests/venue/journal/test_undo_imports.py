"""Imports of the same people are undone one after the other, and erased values are no reason to delete anyone."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Customer
from tests.makers import IN_TWO_WEEKS, NOW, a_customer, an_event, days
from tests.venue.imports.taking import HEADER, booking_rows, take_bookings, take_customers
from tests.venue.journal.test_undo_import import LATER, dump
from venue import acts, customers, privacy
from venue.journal import undo


def test_two_imports_are_undone_the_last_one_first(session: Session) -> None:
    before = dump(session)
    first = customers_taken(session, "Ann,Lee,07700 900901,First\n")
    second = customers_taken(session, "Ann,Lee,07700 900901,Second\n")

    undo.undo(session, second, now=LATER)
    done = undo.undo(session, first, now=LATER)

    assert (done.restored, done.left) == (["1 customer is removed"], [])
    assert dump(session) == before


def test_customers_go_whose_imported_bookings_were_undone(session: Session) -> None:
    an_event(session)
    before = dump(session)
    of_customers = customers_taken(session, "Ann,Lee,07700 900901,\n")
    take_bookings(session, booking_rows(f"07700 900901,,,Quiz Night,{IN_TWO_WEEKS:%Y-%m-%d},2,"))

    undo.undo(session, acts.last_entry(session) or 0, now=LATER)
    done = undo.undo(session, of_customers, now=LATER)

    assert (done.restored, done.left) == (["1 customer is removed"], [])
    assert dump(session) == before


def test_a_customer_stays_whose_later_change_was_undone_only_in_part(session: Session) -> None:
    entry_id = customers_taken(session, "Ann,Lee,07700 900901,\nBob,Ray,07700 900902,\n")
    ann = session.scalars(select(Customer).where(Customer.last_name == "Lee")).one()
    customers.update(session, ann.id, version=1, now=NOW, first_name="Anna", notes="Mine")
    changed = acts.last_entry(session) or 0
    customers.update(session, ann.id, version=2, now=NOW, notes="Mine too")
    changed_again = acts.last_entry(session) or 0
    undo.undo(session, changed, now=LATER)
    undo.undo(session, changed_again, now=LATER)

    assert undo.undo(session, entry_id, now=LATER).left == ["Ann Lee: was changed since"]


def test_a_changed_customer_is_not_deleted_when_the_old_value_was_erased(session: Session) -> None:
    zoe = a_customer(session, first_name="Zoë", last_name="Quartermaine")
    known = a_customer(session, mobile_number="+447700900903", notes="Sister of Zoë Quartermaine", now=NOW - days(9))
    entry_id = customers_taken(session, "Jo,Smith,07700 900903,New\nBob,Ray,07700 900902,\n")
    privacy.erase(session, zoe.id, now=NOW)

    done = undo.undo(session, entry_id, now=LATER)

    assert done.restored == ["1 customer is removed"]
    assert done.left == ["Jo Smith: someone mentioned there was erased since"]
    session.refresh(known)
    assert known.notes == "New"


def customers_taken(session: Session, rows: str) -> int:
    take_customers(session, HEADER + rows)
    return acts.last_entry(session) or 0
