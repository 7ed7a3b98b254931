"""Random files, imported among random customers of whom some are then touched: what no one touched is as before."""

from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from db.models import Booking, Customer, Event, Message
from tests.databases import SOAK_IS_FULL
from tests.makers import MANAGER_AND_SCHEDULER, NOW, a_customer, an_event, days, minutes
from tests.venue.imports.taking import HEADER, booking_rows, take_bookings, take_customers
from venue import acts, bookings, customers
from venue.errors import Invalid
from venue.journal import undo
from venue.profile import Venue

pytestmark = [pytest.mark.plain_sql, pytest.mark.soak]

EXAMPLES = 200 if SOAK_IS_FULL else 15
PEOPLE = 8
LATER = NOW + minutes(9)

numbers = st.integers(0, PEOPLE - 1)
# Who is known before, with which notes; who is in the file, with which notes; and who is touched afterwards, and how.
known = st.dictionaries(numbers, st.sampled_from(["", "Old", "é\nnew line"]), max_size=PEOPLE)
rows = st.lists(st.tuples(numbers, st.sampled_from(["", "Old", "Imported"])), max_size=12)
touches = st.lists(st.tuples(numbers, st.sampled_from(["rename", "notes", "book"])), max_size=4)


def number(person: int) -> str:
    return f"+4477009005{person:02}"


class Undone(Exception):
    """Ends a history, whose transaction is rolled back."""


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(known, rows, touches)
def test_customers_whom_no_one_touched_are_as_before(
    venue: Venue, known: dict[int, str], rows: list[tuple[int, str]], touches: list[tuple[int, str]]
) -> None:
    try:
        with venue.transaction(MANAGER_AND_SCHEDULER) as session:
            event = an_event(session)
            for person, notes in known.items():
                name, since = f"Person{person}", NOW - days(9)
                a_customer(session, last_name=name, mobile_number=number(person), notes=notes, now=since)
            before = stored(session)
            cells = (f'Jo,Person{person},{number(person)},"{notes}"\n' for person, notes in rows)
            take_customers(session, HEADER + "".join(cells))
            entry_id = acts.last_entry(session) or 0
            touched = {touch(session, person, how, event) for person, how in touches} - {None}
            _undo(session, entry_id)
            after = stored(session)

            assert {key: row for key, row in after.items() if key not in touched} == {
                key: row for key, row in before.items() if key not in touched
            }
            assert touched <= after.keys()
            raise Undone
    except Undone:
        pass


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(numbers, st.integers(0, 4)), max_size=10), touched=st.sets(numbers, max_size=3))
def test_bookings_that_no_one_touched_go_with_their_reminders(
    venue: Venue, rows: list[tuple[int, int]], touched: set[int]
) -> None:
    try:
        with venue.transaction(MANAGER_AND_SCHEDULER) as session:
            an_event(session)
            people = {
                person: a_customer(session, last_name=f"Person{person}", mobile_number=number(person)).id
                for person in range(PEOPLE)
            }
            before = stored(session)
            lines = (f"{number(person)},,,Quiz Night,2027-01-29,{seats}," for person, seats in rows)
            take_bookings(session, booking_rows(*lines))
            entry_id = acts.last_entry(session) or 0
            kept = {people[person] for person in touched}
            for booking in session.scalars(select(Booking).where(Booking.customer_id.in_(kept))).all():
                bookings.update(session, booking.id, version=1, notes="Mine", now=LATER)
            booked = set(session.scalars(select(Booking.customer_id)))
            _undo(session, entry_id)

            assert set(session.scalars(select(Booking.customer_id))) == booked & kept
            reminded = set(session.scalars(select(Message.customer_id).where(Message.kind.startswith("reminder"))))
            assert reminded == booked & kept
            untouched = {key: row for key, row in stored(session).items() if key not in kept}
            assert untouched == {key: row for key, row in before.items() if key not in kept}
            raise Undone
    except Undone:
        pass


def touch(session: Any, person: int, how: str, event: Event) -> UUID | None:
    """Change or book the customer with this number, if there is one. Returns their id if anything changed."""
    session.expire_all()
    customer = session.scalars(select(Customer).where(Customer.mobile_number == number(person))).first()
    if customer is None:
        return None
    if how == "book":
        try:
            bookings.book(session, customer_id=customer.id, event_id=event.id, seats=1, now=LATER)
        except Invalid:
            return None
    else:
        changed = {"first_name": "Changed"} if how == "rename" else {"notes": "Mine"}
        customers.update(session, customer.id, version=customer.version, now=LATER, save_anyway=True, **changed)
    return customer.id


def _undo(session: Any, entry_id: int) -> None:
    # Invalid: nothing was imported, or all of it was touched.
    with suppress(Invalid):
        undo.undo(session, entry_id, now=LATER)
    session.expire_all()


def stored(session: Any) -> dict[UUID, tuple[Any, ...]]:
    """All columns of all customers, apart from the version, which only goes up."""
    session.flush()
    rows = session.connection().execute(select(Customer.__table__)).mappings()
    return {row["id"]: tuple(value for name, value in row.items() if name != "version") for row in rows}
