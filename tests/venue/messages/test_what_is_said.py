"""A text has the data at the time of sending, and equals its preview."""

import random
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from channels.gateway import NotSent, Outcome
from db.models import Booking, Customer, Event, Message, Template
from sms.texts import Kind
from tests.databases import ON_BOTH, SOAK_IS_FULL
from tests.fakes.gateway import FakeGateway
from tests.makers import (
    IN_TWO_WEEKS,
    MANAGER,
    NOW,
    a_booking,
    an_event,
    days,
    hours,
    minutes,
    seconds,
)
from tests.venue.worker import LOST, TIMING, Worker, a_text, refused, the_message, the_reminder, unsure, write
from venue import bookings, customers, events, messages, reminders
from venue.delivery import attempts
from venue.messages import facts, previews, upcoming
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql

# Data at the time of sending


@ON_BOTH
def test_a_text_is_rendered_when_it_is_sent(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    booking_id = a_text(venue, first_name="Jo")
    with write(venue) as session:
        customer, event = session.scalars(select(Customer)).one(), session.scalars(select(Event)).one()
        customers.update(session, customer.id, version=customer.version, now=NOW, first_name="Joanna")
        events.update(session, event.id, version=event.version, now=NOW, short_name="Big Quiz")
        bookings.update(session, booking_id, version=1, now=NOW, seats=6)
    worker.deliver_all()
    (outgoing,) = gateway.sent
    assert "Hi Joanna" in outgoing.body
    assert "Big Quiz" in outgoing.body
    assert "6 seats" in outgoing.body


def test_the_text_is_stored_as_it_was_sent(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    a_text(venue, first_name="Jo")
    worker.deliver_all()
    with write(venue) as session:
        customer = session.scalars(select(Customer)).one()
        customers.update(session, customer.id, version=customer.version, now=NOW, first_name="Joanna")
    assert the_message(venue).body == gateway.sent[0].body
    assert "Hi Jo," in gateway.sent[0].body


def test_no_text_offers_seats_of_a_full_event(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    with write(venue) as session:
        event = an_event(session, capacity=2)
        booked = a_booking(session, event=event, seats=2, tell_customer=False)
        without = a_booking(session, event=event, seats=0)
        known = {"customer_id": without.customer_id, "event_id": event.id, "seats": 0}
        full = messages.preview(session, Kind.CONFIRMATION, now=NOW, **known)
        booked_id = booked.id
    worker.deliver_all()
    assert [text.body for text in gateway.sent] == [full]
    assert full.endswith("It is full, so you have no seats booked.")
    with write(venue) as session:
        bookings.delete(session, booked_id, now=NOW)
    worker.now = IN_TWO_WEEKS - hours(23)
    worker.deliver_all()
    assert gateway.sent[-1].body.endswith("Want seats? Just reply.")


@pytest.mark.parametrize("ending", [NotSent("Busy"), refused("20003"), refused("21408"), refused("21608")])
def test_a_text_that_was_not_sent_is_rendered_again(venue: Venue, ending: Outcome) -> None:
    the_reminder(venue)
    worker = Worker(venue, FakeGateway(ending), now=IN_TWO_WEEKS - hours(23))
    worker.deliver()
    worker.now = IN_TWO_WEEKS - hours(10)
    worker.deliver()
    first, second = worker.gateway.sent
    assert "is tomorrow at 7.30pm" in first.body
    assert "is today at 7.30pm" in second.body
    assert the_message(venue, Kind.REMINDER_24_HOUR).body == second.body


def test_a_text_that_never_reached_the_provider_is_rendered_again(venue: Venue) -> None:
    worker = unsure(venue)
    for _ in range(2):
        worker.look()
        worker.wait(TIMING.look_interval)
    with write(venue) as session:
        customer = session.scalars(select(Customer)).one()
        customers.update(session, customer.id, version=customer.version, now=NOW, first_name="Joanna")
    worker.deliver()
    first, second = worker.gateway.sent
    assert ("Hi Jo," in first.body, "Hi Joanna," in second.body) == (True, True)
    assert the_message(venue).body == second.body, "by which it is looked for"


def not_found_overnight(venue: Venue) -> Worker:
    """A worker and a reminder that said "tomorrow", was looked for twice the next morning, and is resent."""
    the_reminder(venue)
    worker = Worker(venue, FakeGateway(LOST), now=IN_TWO_WEEKS - hours(23))
    worker.deliver()
    worker.now = IN_TWO_WEEKS - hours(10)
    for _ in range(2):
        worker.look()
        worker.wait(TIMING.look_interval)
    assert the_message(venue, Kind.REMINDER_24_HOUR).resends == 1
    return worker


def test_a_text_resent_on_another_day_is_rendered_for_that_day(venue: Venue) -> None:
    worker = not_found_overnight(venue)
    with venue.reading(MANAGER) as session:
        (coming,) = upcoming.this_week(session, now=worker.now).planned
    worker.deliver()
    first, second = worker.gateway.sent
    assert "is tomorrow at 7.30pm" in first.body
    assert "is today at 7.30pm" in second.body
    assert second.body == coming.body == the_message(venue, Kind.REMINDER_24_HOUR).body


def test_a_text_that_would_go_once_more_on_another_day_does_not_if_its_event_is_cancelled(venue: Venue) -> None:
    worker = not_found_overnight(venue)
    with write(venue) as session:
        session.execute(update(Event).values(cancelled_at=NOW))
        (coming,) = upcoming.this_week(session, now=worker.now).planned
    worker.deliver()
    assert len(worker.gateway.sent) == 1
    assert the_message(venue, Kind.REMINDER_24_HOUR).reason == coming.why_not == "The event is cancelled"


def test_what_never_left_does_not_go_once_its_event_is_cancelled(venue: Venue) -> None:
    booking = the_reminder(venue)
    worker = Worker(venue, FakeGateway(NotSent("Busy")), now=IN_TWO_WEEKS - hours(23))
    worker.deliver()
    with write(venue) as session:
        session.execute(update(Event).where(Event.id == booking.event_id).values(cancelled_at=NOW))
    worker.wait(minutes(1))
    worker.deliver()
    assert the_message(venue, Kind.REMINDER_24_HOUR).reason == "The event is cancelled"


def test_a_reminder_goes_when_it_is_due_and_says_tomorrow(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    the_reminder(venue)
    worker.now = IN_TWO_WEEKS - days(1) - seconds(1)
    assert worker.deliver() is False
    worker.wait(seconds(1))
    worker.deliver()
    assert "Quiz Night is tomorrow at 7.30pm (2 seats)" in gateway.sent[0].body
    assert gateway.sent[0].valid_for == hours(22)


def test_a_reminder_that_is_late_waits_for_opening(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    the_reminder(venue)
    worker.now = datetime(2027, 1, 28, 21, 0, tzinfo=NOW.tzinfo)
    assert worker.deliver() is False
    worker.now = datetime(2027, 1, 29, 8, 59, tzinfo=NOW.tzinfo)
    assert worker.deliver() is False
    worker.wait(minutes(1))
    worker.deliver()
    assert "Quiz Night is today at 7.30pm" in gateway.sent[0].body
    assert "tomorrow" not in gateway.sent[0].body


def test_a_confirmation_goes_at_any_hour(venue: Venue, gateway: FakeGateway) -> None:
    a_text(venue)
    worker = Worker(venue, gateway, now=datetime(2027, 1, 16, 3, 0, tzinfo=NOW.tzinfo))
    assert worker.deliver() is True
    assert len(gateway.sent) == 1


@pytest.mark.parametrize(("kind", "before"), [(Kind.REMINDER_7_DAY, hours(36)), (Kind.REMINDER_24_HOUR, hours(2))])
def test_a_late_reminder_is_skipped_with_a_reason(
    venue: Venue, worker: Worker, gateway: FakeGateway, kind: Kind, before: timedelta
) -> None:
    the_reminder(venue, kind)
    # 7.30 in the morning is before opening, when reminders are not sent.
    worker.now = max(IN_TWO_WEEKS - before, datetime(2027, 1, 28, 9, 0, tzinfo=NOW.tzinfo))
    worker.deliver_all()
    assert gateway.sent == []
    message = the_message(venue, kind)
    assert (message.state, message.reason) == ("skipped", "Too late to be useful")


def test_time_alone_skips_what_is_too_late(venue: Venue, worker: Worker) -> None:
    the_reminder(venue)
    worker.now = IN_TWO_WEEKS - hours(2)
    assert (worker.expire(), worker.expire()) == (1, 0)
    assert the_message(venue, Kind.REMINDER_24_HOUR).state == "skipped"


def test_after_an_outage_only_texts_that_are_still_useful_are_sent(
    venue: Venue, worker: Worker, gateway: FakeGateway
) -> None:
    with write(venue) as session:
        a_booking(session, tell_customer=False)
    worker.now = IN_TWO_WEEKS - hours(10)
    worker.deliver_all()
    assert [the_message(venue, kind).state for kind in reminders.KINDS] == ["skipped", "sent"]
    assert len(gateway.sent) == 1


def test_no_reminder_of_an_event_cancelled_directly_in_the_database(venue: Venue, worker: Worker) -> None:
    booking = the_reminder(venue)
    with write(venue) as session:
        session.execute(update(Event).where(Event.id == booking.event_id).values(cancelled_at=NOW))
    worker.now = IN_TWO_WEEKS - hours(23)
    worker.deliver_all()
    assert the_message(venue, Kind.REMINDER_24_HOUR).reason == "The event is cancelled"


def test_no_second_reminder_of_an_event_moved_directly_in_the_database(venue: Venue, worker: Worker) -> None:
    booking = the_reminder(venue)
    with write(venue) as session:
        session.execute(update(Event).where(Event.id == booking.event_id).values(schedule_rev=2))
    worker.now = IN_TWO_WEEKS - hours(23)
    worker.deliver_all()
    assert the_message(venue, Kind.REMINDER_24_HOUR).reason == "Replaced: the event has moved"


def test_a_cancelled_event_texts_each_guest_once(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    with write(venue) as session:
        event = an_event(session)
        for seats in (2, 0):
            a_booking(session, event=event, seats=seats)
        events.cancel(session, event.id, now=NOW)
    worker.now = IN_TWO_WEEKS - days(1)
    worker.deliver_all()
    assert [body.split("sorry, ")[1].split(".")[0] for body in (outgoing.body for outgoing in gateway.sent)] == [
        "Quiz Night tomorrow at 7"
    ] * 2


def test_a_cancellation_is_sent_as_it_was_rendered_when_queued(
    venue: Venue, worker: Worker, gateway: FakeGateway
) -> None:
    booking_id = a_text(venue)
    with write(venue) as session:
        bookings.delete(session, booking_id, now=NOW, tell_customer=True)
    worker.deliver_all()
    assert [outgoing.body for outgoing in gateway.sent] == [the_message(venue, Kind.CANCELLATION).body]
    assert "we've cancelled your booking for Quiz Night" in gateway.sent[0].body


def test_a_cancellation_names_the_date_and_is_sent_as_previewed(
    venue: Venue, worker: Worker, gateway: FakeGateway
) -> None:
    """It may leave on the day of the event, worded the evening before."""
    booking_id = a_text(venue)
    evening = IN_TWO_WEEKS - hours(20)
    with write(venue) as session:
        booking = bookings.get(session, booking_id)
        about = {"customer_id": booking.customer_id, "event_id": booking.event_id, "seats": booking.seats}
        previewed = messages.preview(session, Kind.CANCELLATION, **about, now=evening)
        edited = previews.on_booking(
            session, Kind.CANCELLATION, body="No {event_name} {event_day}", booking_id=booking_id, now=evening
        )
        bookings.delete(session, booking_id, now=evening, tell_customer=True)
    worker.now = IN_TWO_WEEKS - hours(10)
    worker.deliver_all()
    assert [outgoing.body for outgoing in gateway.sent] == [previewed]
    assert "Quiz Night on Friday 29 January at 7.30pm" in previewed
    assert edited.words == "No Quiz Night on Friday 29 January"


def test_a_template_with_an_error_holds_only_its_own_texts(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    """As a database of an older version may have them: none that are saved on the page are."""
    the_reminder(venue)
    worker.now = IN_TWO_WEEKS - hours(23)
    with write(venue) as session:
        session.add(Template(kind=Kind.REMINDER_24_HOUR, body="Hi {nickname}", version=1, updated_at=NOW))
        a_booking(session, event=an_event(session, name="Another"), now=worker.now)
        foreseen = {coming.row.kind: coming.why_not for coming in upcoming.this_week(session, now=worker.now).planned}
    worker.deliver_all()
    assert ["Another" in outgoing.body for outgoing in gateway.sent] == [True]
    assert foreseen == {Kind.CONFIRMATION: "", Kind.REMINDER_24_HOUR: facts.TEMPLATE_ERROR}
    with venue.reading(MANAGER) as session:
        (held,) = session.scalars(select(Message).where(Message.state == "held")).all()
    assert (held.kind, held.reason) == (Kind.REMINDER_24_HOUR, facts.TEMPLATE_ERROR)


# The preview


STRANGE = [
    "$first_name",
    "{{7*7}}",
    "{first_name}",
    "%s %(name)s",
    "<script>",
    "O'Neil",
    "Zoë",
    "李",
    "Jo 🍺",
    "\u202bJo\u202c",
    "أحمد",
    "\\1",
    "${x}",
    "&amp;",
    "Ni\u0301",
]
BOOKINGS = 1_000 if SOAK_IS_FULL else 250


@pytest.mark.soak
def test_the_preview_is_the_text(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    """Random bookings of awkward guests on awkward events; each name arrives as it was typed."""
    with write(venue) as session:
        previews = {booking.customer.mobile_number: previewed(session, booking) for booking in many(session)}
    while True:
        with worker.transaction() as session:
            claims = attempts.claim(session, gateway.account, limit=500, timing=TIMING, worker="w", now=NOW).claims
        if not claims:
            break
        results = [(claimed, gateway.send(claimed.outgoing)) for claimed in claims]
        with worker.transaction() as session:
            attempts.record(session, results, account=gateway.account, timing=TIMING, now=NOW)
    assert {outgoing.to: outgoing.body for outgoing in gateway.sent} == previews
    assert len(gateway.sent) == BOOKINGS


def many(session: Session) -> list[Booking]:
    """Inserted directly: this tests the text, not the booking."""
    dice = random.Random(7)
    coming = [
        an_event(session, name=dice.choice(STRANGE), starts_at=NOW + minutes(dice.randrange(60, 60 * 24 * 400)))
        for _ in range(20)
    ]
    then = {"created_at": NOW, "updated_at": NOW}
    booked = []
    for number in range(BOOKINGS):
        who = {"first_name": dice.choice(STRANGE), "last_name": "Smith", "mobile_number": f"+447700900{number:03}"}
        customer = Customer(id=uuid4(), **who, **then)
        customers.update_search_text(session, customer)
        booked.append(Booking(customer=customer, event=dice.choice(coming), seats=dice.choice([0, 1, 2, 12]), **then))
    session.add_all(booked)
    session.flush()
    return booked


def previewed(session: Session, booking: Booking) -> str:
    """The preview that is shown before the text of a booking is queued."""
    customer, event = booking.customer, booking.event
    about = {"customer_id": customer.id, "event_id": event.id, "seats": booking.seats}
    words = messages.preview(session, Kind.CONFIRMATION, **about, now=NOW)
    assert customer.first_name in words
    assert event.name in words
    messages.queue(session, Kind.CONFIRMATION, booking, event, customer, now=NOW)
    return words
