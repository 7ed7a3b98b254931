"""One reminder for all of a household who have the same number and are booked on the same event."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Message, Template
from sms.texts import Kind
from tests.databases import ON_BOTH
from tests.fakes.gateway import FakeGateway
from tests.makers import IN_TWO_WEEKS, MANAGER, NOW, VIEWER, a_booking, a_customer, an_event, days, hours
from tests.venue.worker import Worker, write
from venue import bookings, customers, households, messages, reminders
from venue.messages import actions, upcoming
from venue.messages.causes import Cause, Reason
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql

NUMBER = "+447700900321"
DUE = IN_TWO_WEEKS - days(1)
KIND = Kind.REMINDER_24_HOUR
Names = dict[str, UUID]


def booked(venue: Venue, *names: str, seats: int = 2, kind: Kind = KIND, together: bool = True) -> Names:
    """The ids of these customers, who share a phone and are booked on one event, with only this reminder left."""
    with write(venue) as session:
        event = an_event(session)
        people = {}
        for name in names:
            first_name, _, last_name = name.partition(" ")
            person = a_customer(
                session, first_name=first_name, last_name=last_name or "Lee", mobile_number=NUMBER, add_anyway=True
            )
            a_booking(session, person, event, seats=seats)
            people[first_name] = person.id
        if together and len(people) > 1:
            households.join(session, list(people.values()), now=NOW)
        messages.skip_planned(session, Message.kind != kind.value, Reason(Cause.REPLACED), now=NOW)
        return people


def due(venue: Venue, gateway: FakeGateway | None = None, at: datetime = DUE) -> Worker:
    return Worker(venue, gateway or FakeGateway(), at)


def states(venue: Venue, people: Names, kind: Kind = KIND) -> dict[str, str]:
    """The state of each one's reminder, with "together" for those that went in another's text."""
    with venue.reading(MANAGER) as session:
        rows = {
            row.customer_id: row
            for row in session.scalars(select(Message).where(Message.kind == kind.value))
            if row.customer_id
        }
        return {
            name: "together" if rows[id_].cause == Cause.SENT_TOGETHER else rows[id_].state
            for name, id_ in people.items()
            if id_ in rows
        }


def reminder_of(venue: Venue, customer_id: UUID, kind: Kind = KIND) -> Message:
    with venue.reading(MANAGER) as session:
        wanted = select(Message).where(Message.customer_id == customer_id, Message.kind == kind.value)
        return session.scalars(wanted).one()


def booking_of(session: Session, customer_id: UUID) -> Booking:
    return session.scalars(select(Booking).where(Booking.customer_id == customer_id)).one()


def bodies(worker: Worker) -> list[str]:
    return [outgoing.body for outgoing in worker.gateway.sent]


def sent_one(people: Names, found: dict[str, str]) -> tuple[str, list[str]]:
    """Whose reminder went, and who went with it."""
    (sent,) = (name for name, state in found.items() if state == "sent")
    others = [name for name in people if name != sent]
    assert all(found[name] == "together" for name in others)
    return sent, others


# What goes


@ON_BOTH
@pytest.mark.parametrize("kind", reminders.KINDS)
def test_a_household_gets_one_reminder_for_all(venue: Venue, kind: Kind) -> None:
    people = booked(venue, "Bob", "Ann", kind=kind)
    at = IN_TWO_WEEKS - days(7 if kind is Kind.REMINDER_7_DAY else 1)
    worker = due(venue, at=at)
    worker.deliver_all()
    (body,) = bodies(worker)
    assert body.startswith("The Anchor: Hi Ann & Bob, Quiz Night is ")
    assert "(4 seats)" in body
    sent, (other,) = sent_one(people, states(venue, people, kind))
    assert reminder_of(venue, people[other], kind).reason == f"Sent together with {sent} Lee's"
    assert reminder_of(venue, people[other], kind).sent_with_id == reminder_of(venue, people[sent], kind).id


def test_three_are_named_as_people_say_it(venue: Venue) -> None:
    people = booked(venue, "Cy", "Ann", "Bob", seats=1)
    worker = due(venue)
    worker.deliver_all()
    assert [body[:40] for body in bodies(worker)] == ["The Anchor: Hi Ann, Bob & Cy, Quiz Night"]
    assert "(3 seats)" in bodies(worker)[0]
    sent_one(people, states(venue, people))


def test_seats_are_added_up_also_with_none(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob", seats=0)
    with write(venue) as session:
        booking = booking_of(session, people["Bob"])
        bookings.update(session, booking.id, version=1, seats=3, now=NOW, tell_customer=False)
    worker = due(venue)
    worker.deliver_all()
    assert "(3 seats)" in bodies(worker)[0]


def test_without_any_seats_they_are_asked_whether_they_want_some(venue: Venue) -> None:
    booked(venue, "Ann", "Bob", seats=0)
    worker = due(venue)
    worker.deliver_all()
    assert bodies(worker) == ["The Anchor: Hi Ann & Bob, Quiz Night is tomorrow at 7.30pm. Want seats? Just reply."]


@pytest.mark.parametrize(
    ("names", "greeting"), [(("Ann Lee", "Bob Lee"), "Ann & Bob Lee,"), (("Ann Lee", "Bob Poe"), "Ann & Bob,")]
)
def test_a_last_name_is_said_if_it_is_that_of_all(venue: Venue, names: tuple[str, str], greeting: str) -> None:
    booked(venue, *names)
    with write(venue) as session:
        body = "To {first_name} {last_name}, {event_name} is {event_day}"
        session.add(Template(kind=KIND.value, body=body, updated_at=NOW))
    worker = due(venue)
    worker.deliver_all()
    assert bodies(worker) == [f"To {greeting} Quiz Night is tomorrow"]


def test_without_a_household_each_gets_their_own(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob", together=False)
    worker = due(venue)
    worker.deliver_all()
    assert sorted(body[:19] for body in bodies(worker)) == ["The Anchor: Hi Ann,", "The Anchor: Hi Bob,"]
    assert set(states(venue, people).values()) == {"sent"}


def test_who_has_a_phone_of_their_own_gets_their_own(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob")
    with write(venue) as session:
        customers.update(session, people["Bob"], version=1, mobile_number="07700 900322", now=NOW)
    worker = due(venue)
    worker.deliver_all()
    assert len(bodies(worker)) == 2
    assert set(states(venue, people).values()) == {"sent"}


def test_bookings_on_other_events_are_reminded_of_apart(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob")
    with write(venue) as session:
        jazz = an_event(session, name="Jazz")
        a_booking(session, session.get_one(Customer, people["Ann"]), jazz)
    worker = due(venue)
    worker.deliver_all()
    told = [body for body in bodies(worker) if "tomorrow" in body and "list" not in body]
    assert sorted(body[12:32] for body in told) == ["Hi Ann & Bob, Quiz N", "Hi Ann, Jazz is tomo"]


def test_a_paused_reminder_does_not_go_with_another(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob")
    with write(venue) as session:
        actions.hold(session, [reminder_of(venue, people["Bob"]).id], now=NOW)
    worker = due(venue)
    worker.deliver_all()
    assert states(venue, people) == {"Ann": "sent", "Bob": "held"}
    assert "Hi Ann," in bodies(worker)[0]
    with write(venue) as session:
        actions.release(session, [reminder_of(venue, people["Bob"]).id], now=DUE)
    worker.deliver_all()
    assert states(venue, people) == {"Ann": "sent", "Bob": "sent"}


def test_a_text_that_would_be_too_long_goes_to_each(venue: Venue) -> None:
    people = booked(venue, f"Ann{'a' * 80}", f"Bob{'b' * 80}", f"Cy{'c' * 80}")
    with write(venue) as session:
        words = " ".join(["Please be there in time"] * 14)
        session.add(Template(kind=KIND.value, body=f"{{first_name}}, {words} {{event_name}}", updated_at=NOW))
    worker = due(venue)
    worker.deliver_all()
    assert len(bodies(worker)) == 3
    assert all(" & " not in body for body in bodies(worker))
    assert set(states(venue, people).values()) == {"sent"}


def test_the_preview_is_what_goes(venue: Venue) -> None:
    booked(venue, "Ann", "Bob", "Cy")
    with venue.reading(MANAGER) as session:
        foreseen = [text for text in upcoming.this_week(session, now=DUE - hours(2)).planned if text.row.kind == KIND]
    going = [text for text in foreseen if not text.why_not]
    assert len(foreseen) == 3
    assert len(going) == 1
    with venue.reading(MANAGER) as session:
        (first,) = (session.get_one(Customer, text.row.customer_id).first_name for text in going)
        one = upcoming.get(session, going[0].row.id, now=DUE - hours(2))
    assert {text.why_not for text in foreseen} == {"", f"Sent together with {first} Lee's"}
    worker = due(venue)
    worker.deliver_all()
    assert bodies(worker) == [going[0].body] == [one.body if one else ""]


def test_a_viewer_foresees_the_same(venue: Venue) -> None:
    """Though the number of the third, who has another phone, looks the same to them."""
    people = booked(venue, "Ann", "Bob", "Cy")
    with write(venue) as session:
        customers.update(session, people["Cy"], version=1, mobile_number="07700 900322", now=NOW)
    foreseen = []
    for actor in (MANAGER, VIEWER):
        with venue.reading(actor) as session:
            week = upcoming.this_week(session, now=DUE - hours(2)).planned
            foreseen.append([(text.body, text.why_not) for text in week if text.row.kind == KIND])
    assert foreseen[0] == foreseen[1]
    assert sum(not why_not for _, why_not in foreseen[0]) == 2
