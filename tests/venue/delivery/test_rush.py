"""Concurrent commands on real connections: no seat is booked twice, and there are no deadlocks."""

import random
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message
from sms.texts import Kind
from tests.at_once import at_once
from tests.makers import IN_TWO_WEEKS, MANAGER, NOW, a_booking, a_customer, an_event, days, hours
from venue import bookings, customers, events, privacy
from venue.customers import booking_status
from venue.errors import AlreadyBooked, Invalid, NotFound, VenueError
from venue.messages import planning, resend
from venue.messages.states import State
from venue.profile import Venue


def book(venue: Venue, customer_id: UUID, event_id: UUID, seats: int) -> UUID:
    with venue.transaction(MANAGER) as session:
        made = bookings.book(session, customer_id=customer_id, event_id=event_id, seats=seats, now=NOW)
        return made.id


def only_venue_errors(ended: list[Any]) -> None:
    assert [error for error in ended if isinstance(error, Exception) and not isinstance(error, VenueError)] == []


def test_fifty_people_booking_the_last_three_seats_get_three(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        event_id = an_event(session, capacity=10).id
        a_booking(session, a_customer(session), events.get(session, event_id), seats=7)
        people = [a_customer(session, last_name=f"Guest {number}").id for number in range(50)]

    ended = at_once([lambda person=person: book(venue, person, event_id, 1) for person in people])

    only_venue_errors(ended)
    refused = [error for error in ended if isinstance(error, Invalid)]
    assert Counter(type(end) for end in ended) == {UUID: 3, Invalid: 47}
    assert {error.problems["seats"] for error in refused} == {
        "Quiz Night is full: choose 0 seats for a reminder only, or another event"
    }
    with venue.reading(MANAGER) as session:
        assert events.seats_taken(session, event_id) == 10
        assert session.scalar(select(func.count()).select_from(Message)) == 4 * 3


def test_two_people_at_once_send_a_text_again_once(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        a_booking(session)
        text = session.scalars(select(Message).where(Message.kind == Kind.CONFIRMATION.value)).one()
        text.state = State.FAILED.value
        text_id = text.id

    def send(token: str) -> None:
        with venue.transaction(MANAGER) as session:
            resend.send_again(session, text_id, form_token=token, now=NOW)

    ended = at_once([lambda token=f"t{number}": send(token) for number in range(8)])

    only_venue_errors(ended)
    assert Counter(type(end) for end in ended) == {type(None): 1, Invalid: 7}
    with venue.reading(MANAGER) as session:
        assert session.scalar(select(func.count()).where(Message.again_of_id == text_id)) == 1


def test_growing_bookings_never_overfill_an_event(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        event = an_event(session, capacity=20)
        made = [a_booking(session, event=event, seats=1).id for _ in range(10)]

    def grow(booking_id: UUID) -> None:
        with venue.transaction(MANAGER) as session:
            bookings.update(session, booking_id, version=1, now=NOW, seats=4)

    ended = at_once([lambda booking_id=booking_id: grow(booking_id) for booking_id in made])
    only_venue_errors(ended)
    with venue.reading(MANAGER) as session:
        assert events.seats_taken(session, event.id) == 19


def test_one_pair_is_booked_once_however_often_it_is_tapped(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        customer_id, event_id = a_customer(session).id, an_event(session).id
    ended = at_once([lambda: book(venue, customer_id, event_id, 2) for _ in range(12)])
    only_venue_errors(ended)
    assert Counter(type(end) for end in ended) == {UUID: 1, AlreadyBooked: 11}
    assert len({end if isinstance(end, UUID) else end.booking_id for end in ended}) == 1


def test_one_customer_booked_on_many_events_at_once_keeps_the_right_state(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        customer_id = a_customer(session).id
        coming = [an_event(session, starts_at=IN_TWO_WEEKS + days(day)).id for day in range(8)]
    for attempt in range(2):
        ended = at_once([lambda event_id=event_id: book(venue, customer_id, event_id, 1) for event_id in coming])
        only_venue_errors(ended)
        with venue.transaction(MANAGER) as session:
            assert booking_status.drifted(session) == [], attempt
            assert customers.get(session, customer_id).active_until == IN_TWO_WEEKS + days(7)
            for made in session.scalars(select(Booking.id)).all():
                bookings.delete(session, made, now=NOW)


def test_two_sweeps_at_once_plan_once(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        event = an_event(session)
        for _ in range(40):
            a_booking(session, event=event)
        session.query(Message).delete()

    def sweep() -> int:
        with venue.transaction(MANAGER) as session:
            return planning.sweep(session, now=NOW).reminders

    assert sum(at_once([sweep] * 4)) == 80
    with venue.reading(MANAGER) as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 80


def test_everything_at_once_ends_in_order(venue: Venue) -> None:
    """Booking, changing, moving, cancelling, renumbering and deleting the same few people and events."""
    with venue.transaction(MANAGER) as session:
        people = [a_customer(session).id for _ in range(4)]
        coming = [an_event(session, starts_at=IN_TWO_WEEKS + days(day), capacity=9).id for day in range(3)]

    def act(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(12):
            # As a page does: what is on the screen was read in a transaction of its own.
            with venue.reading(MANAGER) as session:
                made = session.execute(select(Booking.id, Booking.version)).all()
                versions = {row.id: row.version for table in (Customer, Event) for row in versions_of(session, table)}
            try:
                with venue.transaction(MANAGER) as session:
                    one_act(session, dice, made, versions)
            except VenueError:
                continue

    def versions_of(session: Session, table: Any) -> Any:
        return session.execute(select(table.id, table.version)).all()

    def one_act(session: Session, dice: random.Random, made: Any, versions: dict[UUID, int]) -> None:
        person, event_id = dice.choice(people), dice.choice(coming)
        one = dice.choice(made) if made else None
        match dice.randrange(7):
            case 0 | 1:
                bookings.book(session, customer_id=person, event_id=event_id, seats=dice.randrange(4), now=NOW)
            case 2 if one:
                bookings.update(session, one.id, version=one.version, now=NOW, seats=dice.randrange(5))
            case 3 if one:
                bookings.delete(session, one.id, now=NOW, tell_customer=dice.random() < 0.5)
            case 4:
                moved_to = IN_TWO_WEEKS + hours(dice.randrange(400))
                events.update(session, event_id, version=versions[event_id], now=NOW, starts_at=moved_to)
            case 5 if person in versions:
                number = f"+447700900{dice.randrange(1000):03}"
                customers.update(session, person, version=versions[person], now=NOW, mobile_number=number)
            case _ if dice.random() < 0.1:
                privacy.erase(session, person, now=NOW)

    ended = at_once([lambda seed=seed: act(seed) for seed in range(8)])
    only_venue_errors(ended)
    with venue.reading(MANAGER) as session:
        assert booking_status.drifted(session) == []
        assert all(events.seats_taken(session, event_id) <= 9 for event_id in coming)
        orphans = (
            select(Booking.id).outerjoin(Customer, Customer.id == Booking.customer_id).where(Customer.id.is_(None))
        )
        assert session.scalars(orphans).all() == []


def test_deleting_a_customer_while_they_are_booked_ends_in_one_or_the_other(venue: Venue) -> None:
    for _ in range(5):
        with venue.transaction(MANAGER) as session:
            customer_id, event_id = a_customer(session).id, an_event(session).id

        def delete(customer_id: UUID = customer_id) -> None:
            with venue.transaction(MANAGER) as session:
                privacy.erase(session, customer_id, now=NOW)

        ended = at_once([delete, lambda ids=(customer_id, event_id): book(venue, *ids, 1)])
        assert isinstance(ended[1], UUID | NotFound)
        with venue.reading(MANAGER) as session:
            assert session.scalar(select(func.count()).select_from(Booking)) == 0


@pytest.mark.plain_sql
@pytest.mark.parametrize("undone", ["book", "change", "delete"])
def test_what_is_undone_leaves_no_text(venue: Venue, undone: str) -> None:
    with venue.transaction(MANAGER) as session:
        booking = a_booking(session)
        customer_id = a_customer(session).id
    with venue.reading(MANAGER) as session:
        before = session.execute(select(Message.id, Message.state).order_by(Message.id)).all()

    def fail() -> None:
        with venue.transaction(MANAGER) as session:
            if undone == "book":
                bookings.book(session, customer_id=customer_id, event_id=booking.event_id, seats=1, now=NOW)
            elif undone == "change":
                bookings.update(session, booking.id, version=booking.version, seats=1, now=NOW)
            else:
                bookings.delete(session, booking.id, tell_customer=True, now=NOW)
            raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError):
        fail()
    with venue.reading(MANAGER) as session:
        assert session.execute(select(Message.id, Message.state).order_by(Message.id)).all() == before
