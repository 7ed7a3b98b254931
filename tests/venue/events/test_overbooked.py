"""A capacity below what is booked: for managers, with a reason."""

from datetime import time

import pytest
from sqlalchemy.orm import Session

from db.models import Event
from tests.makers import NOW, STAFF, a_booking, a_customer, an_event, days
from venue import acts, bookings, events, waitlist
from venue.errors import Invalid, NotAllowed, Overbooked
from venue.events import series
from venue.journal import entries, sentences
from venue.journal.undo import undo
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql
REASON = "Two tables are broken"


def overbooked(session: Session) -> Event:
    """Five seats are booked, and there are three."""
    event = an_event(session, capacity=5)
    a_booking(session, event=event, seats=5)
    set_capacity(session, event, 3, REASON)
    return event


def set_capacity(session: Session, event: Event, capacity: int, reason: str = "") -> None:
    events.update(session, event.id, version=event.version, now=NOW, capacity=capacity, overbooked_reason=reason)


def test_a_manager_sets_it_with_a_reason_which_stands_in_the_journal(session: Session) -> None:
    event = an_event(session, capacity=5)
    a_booking(session, event=event, seats=5)
    with pytest.raises(
        Overbooked, match="5 seats are already booked: the capacity can only be lower with a reason"
    ) as no:
        set_capacity(session, event, 3, "  ")
    assert no.value.over == 2
    set_capacity(session, event, 3, REASON)
    assert events.overbooked_by(events.row(session, event.id)) == 2
    said = sentences.of(entries.get(session, acts.last_entry(session) or 0))
    assert said == f"Max changed Quiz Night: capacity 5 → 3, reason empty → {REASON}"


def test_staff_may_not_even_with_a_reason(venue: Venue) -> None:
    with venue.transaction(STAFF) as session:
        event = an_event(session, capacity=5)
        a_booking(session, event=event, seats=5)
        with pytest.raises(Overbooked, match="the capacity cannot be lower"):
            set_capacity(session, event, 3)
        with pytest.raises(NotAllowed, match="below the seats that are booked"):
            set_capacity(session, event, 3, REASON)


def test_no_seats_can_be_booked_but_reminders_and_smaller_parties_can(session: Session) -> None:
    event = overbooked(session)
    with pytest.raises(Invalid, match="Quiz Night has 2 more booked than seats: no more seats can be booked"):
        a_booking(session, event=event, seats=1)
    a_booking(session, event=event, seats=0)
    booking = session.get(Event, event.id) and bookings.for_event(session, event.id)[0]
    assert booking
    with pytest.raises(Invalid, match="2 more booked than seats"):
        bookings.update(session, booking.id, version=booking.version, seats=6, now=NOW)
    bookings.update(session, booking.id, version=booking.version, seats=4, now=NOW)


def test_the_waitlist_is_offered_nothing_until_there_are_free_seats(session: Session) -> None:
    event = overbooked(session)
    (booking,) = bookings.for_event(session, event.id)
    entry = waitlist.join(session, event_id=event.id, customer_id=a_customer(session).id, seats=1, now=NOW)
    bookings.update(session, booking.id, version=booking.version, seats=4, now=NOW)
    waitlist.offer_next(session, event.id, now=NOW)
    assert entry.state == "waiting"
    bookings.update(session, booking.id, version=booking.version + 1, seats=2, now=NOW)
    waitlist.offer_next(session, event.id, now=NOW)
    session.refresh(entry)
    assert entry.state == "offered"


def test_the_reason_goes_with_a_capacity_that_is_enough_and_undo_restores_it(session: Session) -> None:
    event = overbooked(session)
    undo(session, acts.last_entry(session) or 0, now=NOW)
    assert (event.capacity, event.overbooked_reason) == (5, "")


def test_of_a_series_each_is_overbooked_alone(session: Session) -> None:
    starts = [NOW + days(number) for number in (7, 14)]
    first, second = series.add(session, name="Quiz", starts=starts, capacity=5, now=NOW)
    a_booking(session, event=second, seats=5)
    versions = series.coming(session, first.id, now=NOW).versions
    with pytest.raises(Invalid, match=r"Fri 29 January 2027: 5 seats are already booked.*Change that event alone"):
        series.update_coming(session, first.id, version=1, versions=versions, capacity=3, at=time(20, 0), now=NOW)
