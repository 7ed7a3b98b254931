"""The cancellation of an event is undone."""

import pytest
from sqlalchemy.orm import Session

from db.models import Booking, Event, Message
from sms.texts import Kind
from tests.makers import IN_TWO_WEEKS, MANAGER, NOW, VIEWER, a_booking, a_customer, an_event, days, minutes, texts_to
from venue import bookings, events
from venue.errors import NotAllowed
from venue.events import cancellations
from venue.messages import actions, facts, resend
from venue.messages.causes import Cause, Reason
from venue.messages.states import State
from venue.profile import Venue
from venue.wording import full_name

CANCELLED_AT, UNDONE_AT = NOW + minutes(1), NOW + minutes(3)


@pytest.fixture
def booking(session: Session) -> Booking:
    return a_booking(session)


def states(session: Session, booking: Booking, *kinds: Kind) -> list[tuple[str, str]]:
    return [(text.kind, text.state) for text in texts_to(session, booking.customer_id, *kinds)]


def waiting(session: Session, booking: Booking) -> list[str]:
    return [kind for kind, state in states(session, booking) if state == State.PLANNED]


def cancel_and_undo(session: Session, booking: Booking, *, undone_at=UNDONE_AT, **how) -> Event:
    events.cancel(session, booking.event_id, now=CANCELLED_AT)
    return cancellations.undo(session, booking.event_id, now=undone_at, **how)


def sent(session: Session, booking: Booking, state: State = State.DELIVERED) -> None:
    """The text about a cancellation as it is after the scheduler has sent it."""
    (text,) = [text for text in texts_to(session, booking.customer_id, Kind.EVENT_CANCELLED) if text.state == "planned"]
    text.state, text.provider_id, text.sent_at = state.value, f"SM{text.id.hex}", CANCELLED_AT
    session.flush()


def test_skipped_texts_are_scheduled_again_and_the_cancellation_is_withdrawn(session: Session, booking) -> None:
    before = waiting(session, booking)
    event = cancel_and_undo(session, booking)
    assert event.cancelled_at is None
    assert waiting(session, booking) == before == ["confirmation", "reminder_7_day", "reminder_24_hour"]
    (taken_back,) = texts_to(session, booking.customer_id, Kind.EVENT_CANCELLED)
    assert (taken_back.state, taken_back.reason) == ("skipped", "The event is on again")
    mine = bookings.for_customer(session, booking.customer_id, now=UNDONE_AT)
    assert [row.id for row in mine.active] == [booking.id]


def test_undoing_is_possible_long_after_and_skips_what_is_no_longer_useful(session: Session, booking) -> None:
    cancel_and_undo(session, booking, undone_at=IN_TWO_WEEKS - days(1.2))
    assert waiting(session, booking) == ["confirmation", "reminder_24_hour"]


def test_a_reminder_that_went_before_is_not_planned_twice(session: Session, booking) -> None:
    (week,) = texts_to(session, booking.customer_id, Kind.REMINDER_7_DAY)
    week.state, week.provider_id = State.DELIVERED.value, "SM1"
    session.flush()
    cancel_and_undo(session, booking)
    assert states(session, booking, Kind.REMINDER_7_DAY) == [("reminder_7_day", "delivered")]


def test_texts_that_staff_paused_are_paused_again(session: Session, booking) -> None:
    (day,) = texts_to(session, booking.customer_id, Kind.REMINDER_24_HOUR)
    actions.hold(session, [day.id], now=NOW)
    cancel_and_undo(session, booking)
    (day,) = texts_to(session, booking.customer_id, Kind.REMINDER_24_HOUR)
    assert (day.state, day.handled_by) == ("held", None)
    assert day.reason.startswith("Paused by")


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.DELIVERED, State.UNSURE])
def test_texts_that_left_stay_and_those_guests_are_named(session: Session, booking, state: State) -> None:
    other = a_booking(
        session, a_customer(session, first_name="Ann", last_name="Lee"), session.get(Event, booking.event_id)
    )
    events.cancel(session, booking.event_id, now=CANCELLED_AT)
    (text,) = texts_to(session, booking.customer_id, Kind.EVENT_CANCELLED)
    text.state, text.provider_id, text.claim_token, text.lease_until = state.value, "SM1", "x", UNDONE_AT
    session.flush()

    assert [full_name(row) for row in cancellations.notified_guests(session, booking.event_id)] == ["Jo Smith"]
    cancellations.undo(session, booking.event_id, now=UNDONE_AT)
    assert states(session, booking, Kind.EVENT_CANCELLED) == [("event_cancelled", state.value)]
    assert states(session, booking, Kind.EVENT_ON_AGAIN) == []
    assert states(session, other, Kind.EVENT_CANCELLED) == [("event_cancelled", "skipped")]


def test_only_guests_texted_about_the_cancellation_are_texted_that_it_is_on(session: Session, booking) -> None:
    other = a_booking(session, a_customer(session, first_name="Ann"), session.get(Event, booking.event_id))
    events.cancel(session, booking.event_id, now=CANCELLED_AT)
    sent(session, booking)
    cancellations.undo(session, booking.event_id, now=UNDONE_AT, tell_customers=True)
    assert states(session, booking, Kind.EVENT_ON_AGAIN) == [("event_on_again", "planned")]
    assert states(session, other, Kind.EVENT_ON_AGAIN) == []


def test_who_got_the_text_when_it_was_sent_again_is_texted_that_it_is_on(session: Session, booking) -> None:
    events.cancel(session, booking.event_id, now=CANCELLED_AT)
    sent(session, booking, State.UNDELIVERED)
    (text,) = texts_to(session, booking.customer_id, Kind.EVENT_CANCELLED)
    assert cancellations.notified_guests(session, booking.event_id) == []
    resend.send_again(session, text.id, form_token="again", now=UNDONE_AT)
    (again,) = texts_to(session, booking.customer_id, Kind.MANUAL)
    again.state, again.provider_id = State.SENT.value, "SM2"
    session.flush()
    assert len(cancellations.notified_guests(session, booking.event_id)) == 1
    cancellations.undo(session, booking.event_id, now=UNDONE_AT, tell_customers=True)
    assert states(session, booking, Kind.EVENT_ON_AGAIN) == [("event_on_again", "planned")]


@pytest.mark.parametrize("sent_again", [False, True])
def test_who_was_told_that_a_booking_is_cancelled_hears_it_whatever_becomes_of_the_event(
    session: Session, booking, sent_again: bool
) -> None:
    bookings.delete(session, booking.id, tell_customer=True, now=NOW)
    (text,) = texts_to(session, booking.customer_id, Kind.CANCELLATION)
    if sent_again:
        text.state = State.FAILED.value
        session.flush()
        resend.send_again(session, text.id, form_token="again", now=NOW)
        (text,) = texts_to(session, booking.customer_id, Kind.MANUAL)
    events.cancel(session, booking.event_id, now=CANCELLED_AT)
    session.refresh(text)
    assert text.state == State.PLANNED
    cancellations.undo(session, booking.event_id, now=UNDONE_AT)
    session.refresh(text)
    assert text.state == State.PLANNED
    row = session.execute(facts.with_facts(full=True).where(Message.id == text.id)).one()
    assert facts.why_not(row) is None


def test_it_can_be_cancelled_again_and_all_guests_are_texted_again(session: Session, booking) -> None:
    events.cancel(session, booking.event_id, now=CANCELLED_AT)
    sent(session, booking)
    cancellations.undo(session, booking.event_id, now=UNDONE_AT, tell_customers=True)
    events.cancel(session, booking.event_id, now=UNDONE_AT + minutes(1))
    assert states(session, booking, Kind.EVENT_ON_AGAIN) == [("event_on_again", "skipped")]
    cancelled = sorted(state for _, state in states(session, booking, Kind.EVENT_CANCELLED))
    assert cancelled == ["delivered", "planned"]


def test_undoing_again_or_what_was_never_cancelled_does_nothing(session: Session, booking) -> None:
    event = cancel_and_undo(session, booking)
    version = event.version
    assert cancellations.undo(session, booking.event_id, now=UNDONE_AT, tell_customers=True).version == version
    assert states(session, booking, Kind.EVENT_ON_AGAIN) == []


def test_a_cancellation_that_is_found_planned_after_all_does_not_go(session: Session, booking) -> None:
    """A call that failed may put it back among the planned after the event is on again."""
    cancel_and_undo(session, booking)
    (text,) = texts_to(session, booking.customer_id, Kind.EVENT_CANCELLED)
    row = session.execute(facts.with_facts(full=True).where(Message.id == text.id)).one()
    assert facts.why_not(row) == Reason(Cause.EVENT_ON_AGAIN)


def test_an_undone_cancellation_needs_no_calls(session: Session, booking) -> None:
    events.cancel(session, booking.event_id, now=CANCELLED_AT)
    sent(session, booking, State.UNDELIVERED)
    cancellations.undo(session, booking.event_id, now=UNDONE_AT, tell_customers=True)
    (text,) = texts_to(session, booking.customer_id, Kind.EVENT_CANCELLED)
    assert text.handled_at == UNDONE_AT
    assert states(session, booking, Kind.EVENT_ON_AGAIN) == []


def test_who_only_looks_may_not(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        event_id = an_event(session).id
    with venue.transaction(VIEWER) as session, pytest.raises(NotAllowed):
        cancellations.undo(session, event_id, now=NOW)
