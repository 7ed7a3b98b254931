"""Messages about bookings go by e-mail instead of the text: when chosen, or when the number gets no texts."""

import dataclasses
import threading
from functools import partial

import pytest
from icalendar import Calendar
from sqlalchemy import select

from channels.gateway import Fault, NotSent, Outcome, Outgoing, OutgoingEmail, Refused, Unknown
from db.models import Customer, Event, Message, Pause, PhoneNumber
from sms.texts import Kind
from tests.fakes.gateway import FakeGateway
from tests.fakes.mail_gateway import FakeMailGateway
from tests.makers import IN_TWO_WEEKS, MANAGER, NOW, a_booking, a_customer, an_event, an_opt_out, days, hours, minutes
from tests.patience import PATIENCE
from venue import bookings, customers, events, messages
from venue.delivery import after_restore, attempts, schedulers, status_checks
from venue.delivery.due_messages import Rate
from venue.delivery.sender import Sender
from venue.messages import blocking, labels, log, upcoming
from venue.messages.filters import MessageFilter
from venue.messages.states import State
from venue.profile import Venue
from venue.roles import SCHEDULER
from venue.timing import Timing

ZOE = "zoe@example.com"
FROM = "bookings@example.com"
TIMING = Timing()


class Desk:
    """A venue that sends e-mails, its two gateways, and a clock that moves only when the test moves it."""

    def __init__(self, venue: Venue, *outcomes: Outcome) -> None:
        self.venue = dataclasses.replace(venue, email_from=FROM)
        self.texts, self.emails = FakeGateway(), FakeMailGateway(*outcomes)
        self.now = NOW
        self.texts.now = lambda: self.now
        self.as_scheduler = partial(self.venue.transaction, SCHEDULER)

    def book(self, **over: object) -> None:
        """Book a customer, who has an address, onto an event in two weeks."""
        with self.venue.transaction(MANAGER) as session:
            fields = {"email": ZOE, "first_name": "Zoë", "mobile_number": "+447700900123", **over}
            a_booking(session, a_customer(session, **fields), an_event(session))

    def send(self, rate: Rate = Rate()) -> None:
        sender = Sender(
            self.as_scheduler,
            self.texts,
            timing=TIMING,
            rate=lambda: rate,
            concurrency=2,
            worker="w",
            clock=lambda: self.now,
            stopping=threading.Event(),
            mail_gateway=self.emails,
        )
        sender.run_until_empty()

    def messages(self, *states: State) -> list[Message]:
        with self.venue.reading(MANAGER) as session:
            found = select(Message).order_by(Message.kind, Message.created_at)
            return [each for each in session.scalars(found) if not states or each.state in states]

    def prefer_email(self) -> None:
        with self.venue.transaction(MANAGER) as session:
            for customer in session.scalars(select(Customer)):
                customers.update(session, customer.id, version=customer.version, prefers_email=True, now=self.now)


@pytest.fixture
def desk(venue: Venue) -> Desk:
    return Desk(venue)


def test_by_default_a_booking_is_confirmed_by_text_alone(desk: Desk) -> None:
    desk.book()
    desk.send()
    assert (len(desk.texts.sent), desk.emails.sent) == (1, [])
    assert isinstance(desk.texts.sent[0], Outgoing)


def test_who_prefers_e_mails_gets_one_in_place_of_the_text(desk: Desk) -> None:
    desk.book()
    desk.prefer_email()
    desk.send()
    (email,) = desk.emails.sent
    assert desk.texts.sent == []
    assert (email.to, email.subject) == (ZOE, "Booked: Quiz Night, Friday 29 January at 7.30pm")
    assert email.sender_name == "The Anchor"
    assert email.body.startswith("The Anchor: Hi Zoë, you're on the list for Quiz Night")
    assert email.body.endswith(f"\n\nTo reach The Anchor, answer this e-mail, or call {desk.venue.phone}.")
    assert "Hi Zoë, you&#x27;re on the list" in email.html
    (sent,) = desk.messages(State.SENT)
    assert (sent.channel, sent.email, sent.channel_cause) == ("email", ZOE, "preferred")
    assert (sent.provider_id, sent.segments, sent.next_step_at) == (f"email {sent.id}", None, None)


@pytest.mark.parametrize("stopped_first", [True, False])
def test_a_number_that_gets_no_texts_is_no_obstacle(desk: Desk, stopped_first: bool) -> None:
    if not stopped_first:
        desk.book()
    with desk.as_scheduler() as session:
        blocking.opt_out(session, "+447700900123", now=NOW)
    if stopped_first:
        desk.book()
    desk.send()
    assert (len(desk.texts.sent), len(desk.emails.sent)) == (0, 1)
    assert len(desk.messages(State.PLANNED)) == 2
    desk.now = IN_TWO_WEEKS - days(7) + minutes(1)
    desk.send()
    (sent, _first) = sorted(desk.messages(State.SENT), key=lambda each: each.kind, reverse=True)
    assert (sent.kind, sent.channel_cause) == ("reminder_7_day", "no_texts")
    assert desk.texts.sent == []


def test_without_an_address_or_without_a_mail_server_nothing_is_different(venue: Venue) -> None:
    desk = Desk(venue)
    desk.book(email="")
    with desk.as_scheduler() as session:
        blocking.opt_out(session, "+447700900123", now=NOW)
    assert {each.state for each in desk.messages()} == {"skipped"}
    desk.venue = venue
    with venue.transaction(MANAGER) as session:
        other = a_customer(session, email=ZOE, mobile_number="+447700900124")
        customers.update(session, other.id, version=1, prefers_email=True, now=NOW)
        a_booking(session, other, an_event(session))
        an_opt_out(session, "+447700900125")
        a_booking(session, a_customer(session, email=ZOE, mobile_number="+447700900125"), an_event(session))
    desk.emails.account = ""
    desk.send()
    assert ([text.to for text in desk.texts.sent], desk.emails.sent) == (["+447700900124"], [])


def test_reminders_skipped_for_the_number_are_planned_again_with_an_address(desk: Desk) -> None:
    desk.book(email="")
    with desk.as_scheduler() as session:
        blocking.opt_out(session, "+447700900123", now=NOW)
    with desk.venue.transaction(MANAGER) as session:
        customer = session.scalars(select(Customer)).one()
        customers.update(session, customer.id, version=1, email=ZOE, now=NOW)
    assert [each.kind for each in desk.messages(State.PLANNED)] == ["reminder_24_hour", "reminder_7_day"]


def test_what_staff_write_stays_a_text(desk: Desk) -> None:
    desk.book()
    desk.prefer_email()
    with desk.venue.transaction(MANAGER) as session:
        customer = session.scalars(select(Customer)).one()
        messages.text_customer(session, customer_id=customer.id, body="Hello", form_token="t", now=NOW)
    desk.send()
    assert [text.body for text in desk.texts.sent] == ["Hello"]


# Outcomes


def test_an_unknown_e_mail_stays_for_a_person_and_is_never_sent_again(venue: Venue) -> None:
    desk = Desk(venue, Unknown("Lost"))
    desk.book()
    desk.prefer_email()
    desk.send()
    (unsure,) = desk.messages(State.UNSURE)
    assert (unsure.channel, unsure.next_step_at) == ("email", None)
    desk.now += days(1)
    while status_checks.look_next(desk.as_scheduler, desk.texts, timing=TIMING, clock=lambda: desk.now):
        pass
    desk.send()
    assert (len(desk.emails.sent), desk.texts.sent, desk.texts.looks) == (1, [], 0)


def test_a_lease_that_ended_leaves_an_e_mail_for_a_person(desk: Desk) -> None:
    desk.book()
    desk.prefer_email()
    with desk.as_scheduler() as session:
        claims = attempts.claim(
            session, "t", limit=5, timing=TIMING, worker="w", now=NOW, email_account="smtp:test"
        ).claims
    assert [claimed.is_email for claimed in claims] == [True]
    desk.now += TIMING.lease
    with desk.as_scheduler() as session:
        assert attempts.expire(session, timing=TIMING, now=desk.now) == 1
    (unsure,) = desk.messages(State.UNSURE)
    assert unsure.next_step_at is None
    desk.now += days(1)
    desk.send()
    assert desk.emails.sent == []


def test_an_e_mail_that_certainly_did_not_go_goes_later_by_what_is_right_then(venue: Venue) -> None:
    desk = Desk(venue, NotSent("Busy", minutes(5)), NotSent("Busy", minutes(5)))
    desk.book()
    desk.prefer_email()
    desk.send()
    desk.now += minutes(6)
    desk.send()
    with desk.venue.transaction(MANAGER) as session:
        customer = session.scalars(select(Customer)).one()
        customers.update(session, customer.id, version=2, prefers_email=False, now=desk.now)
    desk.now += minutes(6)
    desk.send()
    assert (len(desk.emails.sent), len(desk.texts.sent)) == (2, 1)
    (sent,) = desk.messages(State.SENT)
    assert (sent.channel, sent.channel_cause, sent.email) == ("text", None, None)


def test_a_refused_address_fails_visibly_and_says_nothing_about_the_number(venue: Venue) -> None:
    desk = Desk(venue, Refused("550", "The mail server refused this address (550)", Fault.MESSAGE))
    desk.book()
    desk.prefer_email()
    desk.send()
    (failed,) = desk.messages(State.FAILED)
    assert failed.reason == "The mail server refused this address (550)"
    with desk.venue.reading(MANAGER) as session:
        assert session.scalars(select(PhoneNumber)).all() == []


def banner(desk: Desk) -> list[str]:
    with desk.venue.reading(MANAGER) as session:
        return [f"{paused.what}. {paused.reason}" for paused in schedulers.state(session, now=desk.now).paused]


def test_pauses_of_texts_stop_no_emails(desk: Desk) -> None:
    desk.book()
    desk.prefer_email()
    with desk.venue.transaction(MANAGER) as session:
        later = NOW + days(1)
        session.add(Pause(account=desk.texts.account, scope="", reason="", paused_at=NOW, try_again_at=later))
    desk.send()
    assert (len(desk.emails.sent), desk.texts.sent) == (1, [])


REFUSED = Refused("535", "The mail server refused our user name or password (535)", Fault.ACCOUNT)
AWAY = NotSent("The mail server could not be used (TimeoutError)", for_all=True)


@pytest.mark.parametrize(("fault", "shown_at_once"), [(REFUSED, True), (AWAY, False)])
def test_a_mail_account_that_fails_is_tried_by_one_e_mail_and_shown(
    venue: Venue, fault: Outcome, shown_at_once: bool
) -> None:
    desk = Desk(venue, *[fault] * 4)
    for number in range(5):
        desk.book(mobile_number=f"+44770090020{number}")
    desk.prefer_email()
    desk.book(mobile_number="+447700900125", email="")

    desk.send()
    # As many as go at once have failed, the text went, and no further one tried.
    assert (len(desk.emails.sent), len(desk.texts.sent)) == (2, 1)
    assert bool(banner(desk)) is shown_at_once

    desk.now += minutes(1)
    desk.send()
    assert len(desk.emails.sent) == 3
    assert banner(desk)[0].startswith("E-mails are paused. The mail server ")
    with desk.venue.reading(MANAGER) as session:
        coming = upcoming.this_week(session, now=desk.now)
        assert all(each.paused and each.paused.of_emails for each in coming.planned if each.row.by_email)

    desk.now += minutes(5)
    desk.send()
    desk.now += minutes(5)
    desk.send()
    assert len({each.to for each in desk.emails.sent}) == 1
    assert len(desk.messages(State.SENT)) == 6
    assert banner(desk) == []


def test_e_mails_do_not_count_towards_the_limits_of_texts(desk: Desk) -> None:
    for number in range(4):
        desk.book(mobile_number=f"+44770090020{number}")
    desk.prefer_email()
    desk.book(mobile_number="+447700900125", email="")
    desk.send(Rate(per_second=1, per_day=1))
    assert (len(desk.emails.sent), len(desk.texts.sent)) == (4, 1)
    desk.book(mobile_number="+447700900126", email="")
    desk.now += minutes(1)
    desk.send(Rate(per_second=1, per_day=1))
    assert len(desk.texts.sent) == 1


def test_a_slow_mail_server_does_not_hold_up_texts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    texted = threading.Event()
    send_email, send_text = desk.emails.send, desk.texts.send

    def after_the_text(outgoing: OutgoingEmail) -> Outcome:
        assert texted.wait(PATIENCE)
        return send_email(outgoing)

    def text(outgoing: Outgoing) -> Outcome:
        texted.set()
        return send_text(outgoing)

    monkeypatch.setattr(desk.emails, "send", after_the_text)
    monkeypatch.setattr(desk.texts, "send", text)
    for number in range(4):
        desk.book(mobile_number=f"+44770090020{number}")
    desk.prefer_email()
    desk.book(mobile_number="+447700900125", email="")
    desk.send()
    assert (len(desk.emails.sent), len(desk.texts.sent)) == (4, 1)


# What is said


def test_moving_and_cancelling_follow_in_the_guests_calendar(desk: Desk) -> None:
    desk.book()
    desk.prefer_email()
    desk.send()
    with desk.venue.transaction(MANAGER) as session:
        event = session.scalars(select(Event)).one()
        moved = IN_TWO_WEEKS + hours(24)
        events.update(session, event.id, version=event.version, starts_at=moved, tell_customers=True, now=NOW)
    desk.now += minutes(1)
    desk.send()
    with desk.venue.transaction(MANAGER) as session:
        (booked,) = bookings.for_customer(session, session.scalars(select(Customer.id)).one(), now=NOW).active
        bookings.delete(session, booked.id, tell_customer=True, now=desk.now)
    desk.now += minutes(1)
    desk.send()
    assert [email.subject.partition(":")[0] for email in desk.emails.sent] == [
        "Booked",
        "New time",
        "Booking cancelled",
    ]
    assert [email.calendar_method for email in desk.emails.sent] == ["REQUEST", "REQUEST", "CANCEL"]
    entries = [Calendar.from_ical(email.calendar).walk("VEVENT")[0] for email in desk.emails.sent]
    assert len({entry["UID"] for entry in entries}) == 1
    assert [entry.decoded("DTSTART") for entry in entries] == [IN_TWO_WEEKS, moved, moved]
    numbers = [entry["SEQUENCE"] for entry in entries]
    assert numbers == sorted(set(numbers))


def test_a_reminder_changes_nothing_in_the_calendar(desk: Desk) -> None:
    desk.book()
    desk.prefer_email()
    desk.send()
    desk.now = IN_TWO_WEEKS - days(7) + minutes(1)
    desk.send()
    assert [email.calendar_method for email in desk.emails.sent] == ["REQUEST", ""]
    assert desk.emails.sent[1].subject == "Reminder: Quiz Night, Friday 29 January at 7.30pm"


def test_the_log_says_by_which_way_and_why(desk: Desk) -> None:
    desk.book()
    desk.prefer_email()
    with desk.venue.reading(MANAGER) as session:
        assert {text.row.by_email for text in upcoming.this_week(session, now=NOW).planned} == {True}
        assert upcoming.this_week(session, now=NOW).segments == 0
    desk.send()
    with desk.venue.reading(MANAGER) as session:
        customer_id = session.scalars(select(Customer.id)).one()
        shown = [row for row in log.for_customer(session, customer_id, now=NOW) if row.state == State.SENT]
        assert [(row.channel, row.email, row.channel_cause) for row in shown] == [("email", ZOE, "preferred")]
        assert shown[0].subject == desk.emails.sent[0].subject


def test_lists_say_before_and_after_that_it_goes_by_e_mail(desk: Desk) -> None:
    desk.book(mobile_number="+447700900124", email="")
    desk.book()
    an_opt_out_of(desk, "+447700900123")
    for _ in range(2):
        with desk.venue.reading(MANAGER) as session:
            found = log.listing(session, MessageFilter(kind=Kind.CONFIRMATION)).rows
            assert {row.mobile_number[-3:]: row.goes_by for row in found} == {"124": "text", "123": "email"}
            assert {labels.title(row) for row in found} == {"Confirmation", "Confirmation by e-mail"}
        desk.send()


def an_opt_out_of(desk: Desk, number: str) -> None:
    with desk.venue.transaction(MANAGER) as session:
        an_opt_out(session, number)


def test_after_a_restore_e_mails_that_were_due_wait_for_a_person(desk: Desk) -> None:
    desk.book()
    desk.prefer_email()
    with desk.venue.transaction(MANAGER) as session:
        after_restore.hold(session, since=NOW - hours(1), now=NOW)
    desk.now += minutes(1)
    desk.send()
    after_restore.look(desk.as_scheduler, desk.texts, now=desk.now)
    desk.send()
    (held,) = desk.messages(State.HELD)
    assert (held.kind, held.reason) == ("confirmation", after_restore.MAY_HAVE_GONE)
    assert desk.emails.sent == []
    assert len(desk.messages(State.PLANNED)) == 2
