"""What counts as a visit, whose visits are kept right when, and who is a regular or has gone quiet."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, CustomerVisits, Event
from tests.makers import NOW, a_booking, a_customer, an_event, days, hours
from venue import bookings, clock, customers, visits
from venue.customers import CustomerFilter, booking_status, visit_counts
from venue.customers.visit_counts import Came
from venue.merging import merge
from venue.merging.plan import preview
from venue.profile import venue_of
from venue.visits import rhythm

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
TONIGHT = NOW + hours(7)


def past_visits(session: Session, customer: Customer, *days_ago: int, arrived: bool | None = None) -> list[Booking]:
    """Bookings on events of their own, this many days ago, as an import brings them in."""
    made = []
    for ago in days_ago:
        event = an_event(session, starts_at=TONIGHT, now=NOW)
        booking = a_booking(session, customer, event)
        if arrived is not None:
            bookings.mark_arrived(session, booking.id, arrived=arrived, now=NOW)
        session.get_one(Event, event.id).starts_at = TONIGHT - days(ago)
        made.append(booking)
    session.flush()
    booking_status.refresh(session, [customer.id])
    return made


def count_all(session: Session, *, now: datetime = NOW) -> None:
    while visit_counts.count_next(session, now=now):
        pass


def stored(session: Session, customer: Customer) -> tuple[int, int] | None:
    query = select(CustomerVisits.visits, CustomerVisits.seats).where(CustomerVisits.customer_id == customer.id)
    row = session.execute(query).first()
    return None if row is None else (row.visits, row.seats)


def in_group(session: Session, group: Came, *, now: datetime = NOW) -> set[UUID]:
    return {row.id for row in customers.search(session, where=CustomerFilter(came=group), now=now).rows}


def test_a_visit_is_an_arrival_or_a_past_booking_of_an_event_without_marks(session: Session) -> None:
    jo, other = a_customer(session), a_customer(session)
    (unmarked,) = past_visits(session, jo, 20)
    (cancelled,) = past_visits(session, jo, 15)
    session.get_one(Event, cancelled.event_id).cancelled_at = NOW
    (marked,) = past_visits(session, jo, 10)
    event = session.get_one(Event, marked.event_id)
    came = Booking(customer_id=other.id, event_id=event.id, seats=4, arrived=True, created_at=NOW, updated_at=NOW)
    session.add(came)
    a_booking(session, jo, an_event(session, starts_at=TONIGHT))
    session.flush()
    count_all(session)
    assert (stored(session, jo), stored(session, other)) == ((1, 2), (1, 4))
    bookings.delete(session, unmarked.id, now=NOW)
    assert stored(session, jo) is None


@on_sqlite
def test_marks_of_tonight_count_at_once_with_the_seats_that_came(session: Session) -> None:
    booking = a_booking(session, seats=4, event=an_event(session, starts_at=TONIGHT))
    customer = session.get_one(Customer, booking.customer_id)
    bookings.mark_arrived(session, booking.id, arrived=True, seats=3, now=TONIGHT)
    assert stored(session, customer) == (1, 3)
    bookings.mark_arrived(session, booking.id, arrived=None, now=TONIGHT)
    assert stored(session, customer) is None
    walk_in = a_customer(session)
    bookings.walk_in(session, booking.event_id, customer_id=walk_in.id, seats=2, now=TONIGHT)
    assert stored(session, walk_in) == (1, 2)


def test_the_first_mark_of_a_past_event_takes_the_visits_of_its_other_guests(session: Session) -> None:
    (mine,) = past_visits(session, a_customer(session), 3)
    other = a_customer(session)
    session.add(Booking(customer_id=other.id, event_id=mine.event_id, seats=2, created_at=NOW, updated_at=NOW))
    session.flush()
    count_all(session)
    assert stored(session, other) == (1, 2)
    bookings.mark_arrived(session, mine.id, arrived=True, now=NOW)
    assert stored(session, other) is None
    bookings.mark_arrived(session, mine.id, arrived=None, now=NOW)
    assert stored(session, other) == (1, 2)


@on_sqlite
def test_all_are_counted_in_steps_once_a_day(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit_counts, "AT_ONCE", 2)
    guests = [a_customer(session) for _ in range(5)]
    for guest in guests:
        past_visits(session, guest, 1)
    steps = 1
    while visit_counts.count_next(session, now=NOW):
        steps += 1
    assert steps == 3
    assert {stored(session, guest) for guest in guests} == {(1, 2)}
    session.get_one(Booking, past_visits(session, guests[0], 2)[0].id)
    assert not visit_counts.count_next(session, now=NOW)
    assert stored(session, guests[0]) == (1, 2)
    count_all(session, now=NOW + days(1))
    assert stored(session, guests[0]) == (2, 4)


@on_sqlite
def test_a_merged_customer_has_the_visits_of_both(session: Session) -> None:
    keep, other = a_customer(session), a_customer(session)
    past_visits(session, keep, 20)
    past_visits(session, other, 10, 5)
    plan = preview(session, keep.id, other.id, now=NOW)
    merge(session, keep_id=keep.id, other_id=other.id, plan_fingerprint=plan.fingerprint, now=NOW)
    assert stored(session, keep) == (3, 6)


def test_who_comes_in_their_own_rhythm_is_found(session: Session) -> None:
    once, weekly, monthly, stopped, back = (a_customer(session) for _ in range(5))
    past_visits(session, once, 30)
    past_visits(session, weekly, 15, 8, 1)
    past_visits(session, monthly, 95, 65, 35)  # Later than two weekly visits, but not than one of theirs.
    past_visits(session, stopped, 49, 42, 35)
    past_visits(session, back, 49, 42, 35)
    count_all(session)
    assert in_group(session, Came.FIRST) == {once.id}
    assert in_group(session, Came.REGULAR) == {weekly.id, monthly.id}
    assert in_group(session, Came.QUIET) == {stopped.id, back.id}
    a_booking(session, back, an_event(session, starts_at=NOW + days(3)))
    assert in_group(session, Came.QUIET) == {stopped.id}


@on_sqlite
def test_no_shows_are_found_for_a_year(session: Session) -> None:
    missed, long_ago = a_customer(session), a_customer(session)
    past_visits(session, missed, 300, arrived=False)
    past_visits(session, long_ago, 400, arrived=False)
    assert in_group(session, Came.NO_SHOW) == {missed.id}


@on_sqlite
def test_a_customers_visits_in_one_view(session: Session) -> None:
    jo = a_customer(session)
    past_visits(session, jo, 82, 68, 54, 40)  # Every second Friday.
    past_visits(session, jo, 26, arrived=False)
    came = visits.of_customer(session, jo.id, now=NOW)
    assert (came.visits, came.seats, came.last_day) == (4, 8, date(2026, 12, 6))
    assert (came.rhythm, came.missed) == ("every second Sunday", 2)
    assert (len(came.no_shows), came.marked) == (1, 1)
    a_booking(session, jo, an_event(session, starts_at=NOW + days(3)))
    assert visits.of_customer(session, jo.id, now=NOW).missed == 0


@on_sqlite
def test_a_guest_of_this_evening_has_missed_nothing_past_midnight(session: Session) -> None:
    jo = a_customer(session)
    past_visits(session, jo, 48, 41, 34, 27)
    assert visits.of_customer(session, jo.id, now=TONIGHT + hours(6)).missed == 3
    a_booking(session, jo, an_event(session, starts_at=TONIGHT))
    assert visits.of_customer(session, jo.id, now=TONIGHT + hours(6)).missed == 0


@on_sqlite
def test_the_door_says_which_visit_it_is(session: Session) -> None:
    jo = a_customer(session)
    first, _second = past_visits(session, jo, 20, 10)
    count_all(session)
    tonight = a_booking(session, jo, an_event(session, starts_at=TONIGHT))
    assert visits.at_door(session, tonight.event_id, [jo.id], now=TONIGHT) == {jo.id: 3}
    bookings.mark_arrived(session, tonight.id, arrived=True, now=TONIGHT)
    assert visits.at_door(session, tonight.event_id, [jo.id], now=TONIGHT) == {jo.id: 3}
    assert visits.at_door(session, first.event_id, [jo.id], now=TONIGHT) == {jo.id: 1}


@on_sqlite
def test_who_is_ticked_before_an_event_after_midnight_is_on_their_visit(session: Session) -> None:
    jo = a_customer(session)
    past_visits(session, jo, 20, 10)
    count_all(session)
    midnight = clock.day_bounds(date(2027, 1, 15), venue_of(session).zone)[1]
    late_show = a_booking(session, jo, an_event(session, starts_at=midnight + hours(0.5)))
    bookings.mark_arrived(session, late_show.id, arrived=True, now=midnight - hours(2))
    assert visits.at_door(session, late_show.event_id, [jo.id], now=midnight - hours(2)) == {jo.id: 3}


THURSDAY = date(2026, 11, 5)


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (2, "several times a week"),
        (7, "every Thursday"),
        (8, "every week"),
        (14, "every second Thursday"),
        (21, "every third Thursday"),
        (18, "about every 3 weeks"),
        (30, "about once a month"),
        (61, "about every 2 months"),
    ],
)
def test_a_rhythm_in_words(gap: int, words: str) -> None:
    assert rhythm.in_words([THURSDAY + timedelta(days=gap * number) for number in range(4)], gap) == words


@pytest.mark.parametrize(("ago", "missed"), [(14, 0), (16, 0), (17, 1), (29, 1), (31, 2)])
def test_a_visit_is_missed_when_it_is_clearly_later_than_usual(ago: int, missed: int) -> None:
    assert rhythm.missed(THURSDAY, 14, today=THURSDAY + timedelta(days=ago)) == missed
