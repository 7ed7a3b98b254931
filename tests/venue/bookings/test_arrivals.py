"""Who came: marks with seats, running late, walk-ins."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.makers import IN_TWO_WEEKS, NOW, a_booking, a_customer, an_event, texts_to
from venue import acts, bookings, events
from venue.errors import AlreadyBooked, Invalid
from venue.journal import entries, sentences
from venue.journal.undo import undo
from venue.messages import full_events

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
DOORS_OPEN = IN_TWO_WEEKS - timedelta(minutes=30)
LATER = DOORS_OPEN + timedelta(minutes=40)


def test_arrivals_are_noted_and_unnoted(session: Session) -> None:
    booking = a_booking(session)
    for arrived in (True, False, None):
        assert bookings.mark_arrived(session, booking.id, arrived=arrived, now=DOORS_OPEN).arrived is arrived


def test_an_arrival_has_its_time_and_the_seats_that_came(session: Session) -> None:
    booking = a_booking(session, seats=4)
    bookings.mark_arrived(session, booking.id, arrived=True, now=DOORS_OPEN)
    assert (booking.arrived_at, booking.arrived_seats) == (DOORS_OPEN, 4)
    bookings.mark_arrived(session, booking.id, arrived=True, seats=3, now=LATER)
    assert (booking.arrived_at, booking.arrived_seats, booking.seats) == (DOORS_OPEN, 3, 4)
    bookings.mark_arrived(session, booking.id, arrived=False, now=LATER)
    assert (booking.arrived_at, booking.arrived_seats) == (None, None)


def test_the_door_works_past_midnight_until_six_in_the_morning(session: Session) -> None:
    late, event = a_booking(session, seats=4), events.upcoming(session, now=DOORS_OPEN)[0]
    half_past_one, morning = (IN_TWO_WEEKS.replace(hour=0) + timedelta(hours=hours) for hours in (25.5, 30))
    assert [row.id for row in events.upcoming(session, now=half_past_one)] == [event.id]
    bookings.mark_late(session, late.id, late=True, now=half_past_one)
    walked_in = a_customer(session)
    booking = bookings.walk_in(session, event.id, customer_id=walked_in.id, seats=2, now=half_past_one)
    assert booking.arrived
    assert bookings.for_customer(session, walked_in.id, now=half_past_one).active
    with pytest.raises(Invalid, match="is not today"):
        bookings.count_walk_ins(session, event.id, seats=2, now=morning)
    assert not events.upcoming(session, now=morning)
    assert not bookings.for_customer(session, walked_in.id, now=morning).active


def test_a_second_tap_of_the_same_mark_changes_nothing(session: Session) -> None:
    booking = a_booking(session, seats=4)
    bookings.mark_arrived(session, booking.id, arrived=True, seats=3, now=DOORS_OPEN)
    version = booking.version
    bookings.mark_arrived(session, booking.id, arrived=True, now=LATER)
    assert (booking.version, booking.arrived_at, booking.arrived_seats) == (version, DOORS_OPEN, 3)


@pytest.mark.parametrize("seats", [0, -1, 10_001])
def test_seats_that_cannot_have_come_are_refused(session: Session, seats: int) -> None:
    booking = a_booking(session)
    with pytest.raises(Invalid, match="enter how many came"):
        bookings.mark_arrived(session, booking.id, arrived=True, seats=seats, now=DOORS_OPEN)


def test_undoing_a_mark_and_a_change_of_its_seats(session: Session) -> None:
    booking = a_booking(session, seats=4)
    bookings.mark_arrived(session, booking.id, arrived=True, now=DOORS_OPEN)
    marked = acts.last_entry(session)
    bookings.mark_arrived(session, booking.id, arrived=True, seats=2, now=LATER)
    undo(session, acts.last_entry(session), now=LATER)
    assert (booking.arrived, booking.arrived_seats) == (True, 4)
    undo(session, marked, now=LATER)
    assert (booking.arrived, booking.arrived_seats, booking.arrived_at) == (None, None, None)


def test_running_late_is_marked_once_and_undone(session: Session) -> None:
    booking = a_booking(session)
    bookings.mark_late(session, booking.id, now=DOORS_OPEN)
    entry = acts.last_entry(session)
    assert bookings.mark_late(session, booking.id, now=LATER).late_since == DOORS_OPEN
    undo(session, entry, now=LATER)
    assert booking.late_since is None


def test_minutes_late_that_were_said_later_are_undone(session: Session) -> None:
    booking = a_booking(session)
    bookings.mark_late(session, booking.id, now=DOORS_OPEN)
    bookings.mark_late(session, booking.id, minutes=45, now=LATER)
    undo(session, acts.last_entry(session) or 0, now=LATER)
    assert (booking.late_since is None, booking.late_minutes) == (False, None)


def test_the_minutes_late_are_kept_if_they_were_said(session: Session) -> None:
    booking = a_booking(session)
    bookings.mark_late(session, booking.id, minutes=20, now=DOORS_OPEN)
    first = acts.last_entry(session) or 0
    said = "Max marked Jo Smith as running late for Quiz Night, about 20 minutes"
    assert sentences.of(entries.get(session, first)) == said
    bookings.mark_late(session, booking.id, now=LATER)
    assert (booking.late_since, booking.late_minutes) == (DOORS_OPEN, 20)
    bookings.mark_late(session, booking.id, minutes=45, now=LATER)
    assert (booking.late_since, booking.late_minutes) == (LATER, 45)
    undo(session, acts.last_entry(session) or 0, now=LATER)
    assert booking.late_minutes == 20
    bookings.mark_late(session, booking.id, late=False, now=LATER)
    assert (booking.late_since, booking.late_minutes) == (None, None)
    with pytest.raises(Invalid, match="from 1 to 600"):
        bookings.mark_late(session, booking.id, minutes=0, now=LATER)


def test_who_is_marked_already_or_whose_event_is_not_on_cannot_be_late(session: Session) -> None:
    here, over, cancelled = (a_booking(session) for _ in range(3))
    bookings.mark_arrived(session, here.id, arrived=True, now=DOORS_OPEN)
    events.cancel(session, cancelled.event_id, now=NOW)
    for booking, now in ((here, DOORS_OPEN), (cancelled, DOORS_OPEN), (over, IN_TWO_WEEKS + timedelta(days=1))):
        with pytest.raises(Invalid, match=r"marked as arrived|is over|is cancelled"):
            bookings.mark_late(session, booking.id, now=now)


def test_a_walk_in_is_booked_and_here_without_a_text(session: Session) -> None:
    event, guest = an_event(session), a_customer(session)
    booking = bookings.walk_in(session, event.id, customer_id=guest.id, seats=3, now=LATER)
    assert (booking.walked_in, booking.arrived, booking.arrived_at) == (True, True, LATER)
    assert (booking.seats, booking.arrived_seats) == (3, 3)
    assert texts_to(session, guest) == []


def test_a_walk_in_fits_and_comes_on_the_day(session: Session) -> None:
    event, guest = an_event(session, capacity=2), a_customer(session)
    with pytest.raises(Invalid, match="is not today: add a booking instead"):
        bookings.walk_in(session, event.id, customer_id=guest.id, seats=2, now=NOW)
    with pytest.raises(Invalid, match="Only 2 seats are left"):
        bookings.walk_in(session, event.id, customer_id=guest.id, seats=3, now=LATER)
    bookings.walk_in(session, event.id, customer_id=guest.id, seats=2, now=LATER)
    with pytest.raises(AlreadyBooked):
        bookings.walk_in(session, event.id, customer_id=guest.id, seats=1, now=LATER)


def test_a_walk_in_takes_the_seats_of_guests_who_stayed_away(session: Session) -> None:
    event = an_event(session, capacity=6)
    missing, fewer = (a_booking(session, event=event, seats=3) for _ in range(2))
    with pytest.raises(Invalid, match="No seats are left for Quiz Night: mark who did not come"):
        bookings.walk_in(session, event.id, customer_id=a_customer(session).id, seats=1, now=LATER)
    bookings.mark_arrived(session, missing.id, arrived=False, now=LATER)
    bookings.mark_arrived(session, fewer.id, arrived=True, seats=1, now=LATER)
    reminded = a_booking(session, event=event, seats=0)
    bookings.walk_in(session, event.id, customer_id=reminded.customer_id, seats=2, now=LATER)
    with pytest.raises(Invalid, match="Only 3 seats are left"):
        bookings.walk_in(session, event.id, customer_id=a_customer(session).id, seats=4, now=LATER)
    bookings.walk_in(session, event.id, customer_id=a_customer(session).id, seats=3, now=LATER)
    with pytest.raises(Invalid, match="5 more booked than seats"):
        a_booking(session, event=event, seats=1, now=LATER)
    assert bookings.count_for_event(session, event.id).unused_seats == 5


def test_a_guest_with_a_reminder_who_walks_in_gets_the_seats(session: Session) -> None:
    event, guest = an_event(session), a_customer(session)
    reminded = a_booking(session, guest, event, seats=0)
    booking = bookings.walk_in(session, event.id, customer_id=guest.id, seats=3, now=LATER)
    assert (booking.id, booking.seats, booking.arrived_seats) == (reminded.id, 3, 3)


def test_no_one_walks_in_at_a_cancelled_event(session: Session) -> None:
    event = an_event(session)
    bookings.count_walk_ins(session, event.id, seats=1, now=LATER)
    reminded = a_booking(session, event=event, seats=0)
    events.cancel(session, event.id, now=LATER)
    for customer_id in (reminded.customer_id, a_customer(session).id):
        with pytest.raises(Invalid, match="Quiz Night is cancelled"):
            bookings.walk_in(session, event.id, customer_id=customer_id, seats=1, now=LATER)
    with pytest.raises(Invalid, match="Quiz Night is cancelled"):
        bookings.count_walk_ins(session, event.id, seats=1, now=LATER)
    bookings.count_walk_ins(session, event.id, seats=-1, now=LATER)


def test_walk_ins_without_a_number_are_counted_and_taken_back(session: Session) -> None:
    event = an_event(session, capacity=4)
    a_booking(session, event=event, seats=3)
    bookings.count_walk_ins(session, event.id, seats=2, now=LATER)
    added = acts.last_entry(session) or 0
    assert (events.row(session, event.id).unnamed_seats, events.seats_taken(session, event.id)) == (2, 5)
    said = sentences.of(entries.get(session, added))
    assert said == "Max counted 2 walk-ins without a number at Quiz Night"
    bookings.count_walk_ins(session, event.id, seats=-1, now=LATER)
    with pytest.raises(Invalid, match="Only 1 were counted"):
        bookings.count_walk_ins(session, event.id, seats=-2, now=LATER)
    undo(session, acts.last_entry(session) or 0, now=LATER)
    undo(session, added, now=LATER + timedelta(days=1))
    assert events.row(session, event.id).unnamed_seats == 0


def test_walk_ins_without_a_number_come_on_the_day_and_leave_no_seats_to_others(session: Session) -> None:
    event = an_event(session, capacity=4)
    with pytest.raises(Invalid, match="is not today"):
        bookings.count_walk_ins(session, event.id, seats=2, now=NOW)
    bookings.count_walk_ins(session, event.id, seats=2, now=LATER)
    with pytest.raises(Invalid, match="Only 2 seats are left"):
        a_booking(session, event=event, seats=3, now=LATER)
    bookings.count_walk_ins(session, event.id, seats=3, now=LATER)  # They are there, though it is full.
    assert full_events.is_full(session, event.id)
