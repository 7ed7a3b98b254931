"""Previews of queued texts, and what staff can do with one text."""

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import Event, Message, Template
from sms.texts import Kind
from tests.makers import NOW, STAFF, VIEWER, a_booking, a_customer, an_event, an_opt_out, days, hours, minutes, texts_to
from venue import bookings, events, messages
from venue.delivery import attempts
from venue.errors import Invalid, NotAllowed
from venue.insight import today
from venue.messages import actions, blocking, log, resend, upcoming
from venue.messages.causes import Cause, Reason
from venue.messages.happenings import Skipped
from venue.messages.states import State, decide
from venue.roles import SCHEDULER, Actor
from venue.timing import Timing

IN_TEN_DAYS = NOW + days(10) + hours(7) + minutes(30)


def acting(session: Session, actor: Actor) -> Session:
    session.info["actor"] = actor
    return session


def a_text(
    session: Session, kind: Kind = Kind.CONFIRMATION, *, state: State = State.PLANNED, **over: object
) -> Message:
    """A text about Jo's booking for the quiz, moved to a state as if by the scheduler."""
    booking = a_booking(session, event=an_event(session, starts_at=IN_TEN_DAYS))
    (message,) = texts_to(session, booking.customer_id, kind)
    fixed = {"body": "Hi Jo"} if state not in (State.PLANNED, State.HELD) else {}
    for column, value in {"state": state.value, **fixed, **over}.items():
        setattr(message, column, value)
    session.flush()
    return message


def sent_now(session: Session, now: datetime) -> list[str]:
    batch = attempts.claim(acting(session, SCHEDULER), "fake", limit=50, timing=Timing(), worker="w", now=now)
    return [claimed.outgoing.body for claimed in batch.claims]


# Next 7 days


def test_the_coming_week_says_the_words_that_will_go(session: Session) -> None:
    a_booking(session, event=an_event(session, starts_at=IN_TEN_DAYS))
    week = upcoming.this_week(session, now=NOW)

    assert [text.row.kind for text in week.planned] == [Kind.CONFIRMATION, Kind.REMINDER_7_DAY]
    reminder = week.planned[1]
    assert reminder.leaves_at == IN_TEN_DAYS - days(7)
    foreseen = [text.body for text in week.planned]
    assert sent_now(session, reminder.leaves_at) == foreseen
    assert week.segments == 2 == today.overview(acting(session, STAFF), now=NOW).going_out_this_week + 2


def test_a_reminder_says_tomorrow_only_as_of_the_day_it_leaves(session: Session) -> None:
    a_booking(session, event=an_event(session, starts_at=NOW + days(3)))
    by_kind = {text.row.kind: text for text in upcoming.this_week(session, now=NOW).planned}
    assert "is tomorrow at noon" in by_kind[Kind.REMINDER_24_HOUR].body
    assert "on Monday 18 January" in by_kind[Kind.CONFIRMATION].body


def test_what_will_not_go_is_there_with_its_reason(session: Session) -> None:
    jo, lee = a_customer(session), a_customer(session)
    an_opt_out(session, jo.mobile_number)
    event = an_event(session, starts_at=NOW + days(3))
    a_booking(session, jo, event)
    a_booking(session, lee, event)
    # As if by another process, which has not skipped what was planned yet.
    blocking.locked_number(session, lee.mobile_number).opted_out_at = NOW
    session.flush()

    week = upcoming.this_week(session, now=NOW)

    assert {text.reason for text in week.skipped if text.customer_id == jo.id} >= {Reason(Cause.OPTED_OUT).words}
    assert {text.why_not for text in week.planned} == {Reason(Cause.OPTED_OUT).words}
    assert week.segments == 0


def test_a_late_reminder_at_night_leaves_at_opening_or_not_at_all(session: Session) -> None:
    event = an_event(session, starts_at=NOW + days(1) + hours(9))
    a_booking(session, event=event)
    night = NOW + hours(10)
    reminder = next(t for t in upcoming.this_week(session, now=night).planned if t.row.kind == Kind.REMINDER_24_HOUR)
    assert reminder.leaves_at == NOW.replace(hour=9) + days(1)
    assert (reminder.why_not, "is today at 9pm" in reminder.body) == ("", True)


# Hold and release


def test_a_held_text_waits_until_it_is_released(session: Session) -> None:
    message = a_text(session)

    assert actions.hold(session, [message.id], now=NOW) == 1
    assert (message.state, message.reason) == (State.HELD, "Paused by Max")
    assert [text.row.id for text in upcoming.this_week(session, now=NOW).held] == [message.id]
    assert sent_now(session, NOW + minutes(1)) == []

    assert actions.release(acting(session, STAFF), [message.id], now=NOW) == 1
    session.flush()
    assert len(sent_now(session, NOW + minutes(1))) == 1


@pytest.mark.parametrize("state", [state for state in State if state not in (State.PLANNED, State.HELD)])
def test_nothing_holds_or_releases_what_is_past_that(session: Session, state: State) -> None:
    message = a_text(session)
    message.state, message.provider_id = state.value, "SM1"
    message.claim_token, message.lease_until = "t", NOW
    session.flush()
    assert actions.hold(session, [message.id], now=NOW) == 0
    assert actions.release(session, [message.id], now=NOW) == 0
    assert message.state == state


def test_a_text_held_too_long_is_skipped_as_too_late(session: Session) -> None:
    message = a_text(session, Kind.REMINDER_7_DAY)
    actions.hold(session, [message.id], now=NOW)
    session.flush()

    attempts.expire(acting(session, SCHEDULER), timing=Timing(), now=IN_TEN_DAYS)

    assert (message.state, message.cause) == (State.SKIPPED, Cause.TOO_LATE)
    assert "on hold" in message.reason


def test_only_a_manager_holds_many(session: Session) -> None:
    one, two = a_text(session), a_text(session)
    acting(session, STAFF)
    with pytest.raises(NotAllowed, match="may not pause, resume or send many texts at once"):
        actions.hold(session, [one.id, two.id], now=NOW)
    assert actions.hold(session, [one.id], now=NOW) == 1
    with pytest.raises(NotAllowed):
        actions.release(acting(session, VIEWER), [one.id], now=NOW)


# Sending again


def test_a_failed_text_goes_again_with_words_that_are_true_now(session: Session) -> None:
    message = a_text(session, state=State.FAILED, reason="Switched off")
    late = IN_TEN_DAYS - hours(25)
    shown = resend.preview(session, message.id, now=late)
    assert "tomorrow at 7.30pm" in shown.body

    for _ in range(2):
        resend.send_again(session, message.id, form_token="t", now=late)

    (again,) = log.sent_again(session, message.id)
    assert (again.kind, again.state, again.body, again.booking_id) == (
        "manual",
        "planned",
        shown.body,
        message.booking_id,
    )
    assert again.useful_until == datetime.fromisoformat("2027-01-25T00:00:00+00:00")
    assert message.handled_by == "Max"
    assert sent_now(session, late) == [shown.body]


def test_what_may_have_arrived_goes_again_only_when_asked_twice(session: Session) -> None:
    message = a_text(session, state=State.UNSURE, next_step_at=NOW)
    with pytest.raises(Invalid) as refused:
        resend.send_again(session, message.id, form_token="t", now=NOW)
    assert "sure" in refused.value.problems

    resend.send_again(session, message.id, form_token="t", sure=True, now=NOW)

    # Nothing looks for it any more: should it not be found, it must not be sent a third time.
    assert (message.state, message.next_step_at) == (State.FAILED, None)
    assert "Max sent another" in message.reason


def test_a_text_that_went_or_waits_is_never_sent_again(session: Session) -> None:
    for state in (State.PLANNED, State.HELD, State.SENT, State.DELIVERED):
        message = a_text(session)
        message.state, message.provider_id = state.value, uuid4().hex
        with pytest.raises(Invalid, match="nothing to send again"):
            resend.send_again(session, message.id, form_token=uuid4().hex, now=NOW)


def test_two_people_do_not_both_send_it_again(session: Session) -> None:
    message = a_text(session, state=State.FAILED)
    resend.send_again(session, message.id, form_token="mine", now=NOW)
    with pytest.raises(Invalid, match="already sent again"):
        resend.send_again(session, message.id, form_token="yours", now=NOW)


def test_no_text_of_a_row_goes_again_once_any_of_them_went(session: Session) -> None:
    first = a_text(session, state=State.FAILED)
    second = sent_again(session, first, State.FAILED)
    third = sent_again(session, second, State.SENT)
    for failed in (first, second):
        with pytest.raises(Invalid, match="already sent again"):
            resend.send_again(session, failed.id, form_token=uuid4().hex, now=NOW)

    third.state = State.UNDELIVERED.value
    fourth = sent_again(session, first, State.FAILED)
    sent_again(session, first, State.DELIVERED)
    for failed in (third, fourth):
        with pytest.raises(Invalid, match="already sent again"):
            resend.send_again(session, failed.id, form_token=uuid4().hex, now=NOW)


def sent_again(session: Session, message: Message, becomes: State) -> Message:
    resend.send_again(session, message.id, form_token=uuid4().hex, now=NOW)
    again = session.scalars(
        select(Message).where(Message.again_of_id == message.id, Message.state == State.PLANNED.value)
    ).one()
    again.state, again.provider_id = becomes.value, uuid4().hex
    session.flush()
    return again


def test_what_cannot_go_again_says_why(session: Session) -> None:
    opted_out = a_text(session, state=State.SKIPPED)
    an_opt_out(session, opted_out.mobile_number or "")
    gone = a_text(session, state=State.FAILED)
    bookings.delete(session, gone.booking_id or uuid4(), tell_customer=False, now=NOW)
    cancelled = a_text(session, state=State.FAILED)
    events.cancel(session, cancelled.event_id or uuid4(), now=NOW)
    session.expire_all()
    whys = [resend.preview(session, m.id, now=NOW).why_not for m in (opted_out, gone, cancelled)]
    assert "texted STOP" in whys[0]
    assert "The booking was deleted" in whys[1]
    assert whys[2] == "The event is cancelled"
    assert "has begun" in resend.preview(session, a_text(session, state=State.FAILED).id, now=IN_TEN_DAYS).why_not


def test_a_manual_text_goes_again_as_it_was_written(session: Session) -> None:
    jo = a_customer(session)
    messages.text_customer(session, customer_id=jo.id, body="Your scarf is here", form_token="t", now=NOW)
    (message,) = texts_to(session, jo)
    message.state = State.FAILED.value
    session.flush()
    resend.send_again(session, message.id, form_token="u", now=NOW + days(2))
    assert sent_now(session, NOW + days(2)) == ["Your scarf is here"]


def test_a_cancellation_goes_again_on_another_day_as_it_names_its_own(session: Session) -> None:
    jo = a_customer(session)
    booking = a_booking(session, jo, an_event(session, starts_at=IN_TEN_DAYS))
    bookings.delete(session, booking.id, tell_customer=True, now=NOW)
    (message,) = texts_to(session, jo, Kind.CANCELLATION)
    message.state = State.FAILED.value
    session.flush()
    resend.send_again(session, message.id, form_token="u", now=NOW + days(2))
    assert sent_now(session, NOW + days(2)) == [message.body]


@pytest.mark.parametrize("body", ["Hi\0there", "bell\a", "line\u2028end"])
def test_a_text_with_invisible_characters_is_refused(session: Session, body: str) -> None:
    jo = a_customer(session)
    with pytest.raises(Invalid, match="invisible"):
        messages.text_customer(session, customer_id=jo.id, body=body, form_token="t", now=NOW)
    messages.text_customer(session, customer_id=jo.id, body="Two\nlines\tand a tab", form_token="t", now=NOW)
    assert [text.body for text in texts_to(session, jo)] == ["Two\nlines and a tab"]


def test_staff_settle_a_text_of_unknown_delivery(session: Session) -> None:
    went, lost = (a_text(session, state=State.UNSURE, next_step_at=NOW) for _ in range(2))

    actions.settle_by_hand(session, went.id, went=True, now=NOW)
    actions.settle_by_hand(session, lost.id, went=False, now=NOW)

    assert (went.state, went.handled_by, went.next_step_at) == (State.UNSURE, "Max", None)
    assert went.reason == "Confirmed by Max: it arrived"
    assert (lost.state, lost.handled_at, lost.next_step_at) == (State.FAILED, None, None)


# A text to a number


def test_a_text_to_a_bare_number_is_queued_and_goes(session: Session) -> None:
    for _ in range(2):
        messages.text_number(session, mobile_number="07700 900123", body="A try", form_token="t", now=NOW)
    session.flush()
    assert sent_now(session, NOW) == ["A try"]


@pytest.mark.parametrize(("typed", "words"), [("01632 960123", "landline"), ("x", "number"), ("", "number")])
def test_a_number_that_cannot_be_texted_is_refused(session: Session, typed: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        messages.text_number(session, mobile_number=typed, body="A try", form_token="t", now=NOW)
    assert words in refused.value.problems["mobile_number"].lower()


def test_a_text_to_a_number_that_opted_out_is_refused(session: Session) -> None:
    an_opt_out(session, "+447700900123")
    with pytest.raises(Invalid, match="texted STOP"):
        messages.text_number(session, mobile_number="07700 900123", body="A try", form_token="t", now=NOW)


def test_a_text_of_a_deleted_customer_is_no_text_to_a_number(session: Session) -> None:
    message = a_text(session, Kind.REMINDER_7_DAY, body="Hi Jo")
    message.customer_id = None
    session.flush()
    assert sent_now(session, IN_TEN_DAYS - days(7))[1:] == []
    session.refresh(message)
    assert message.reason == "The customer was deleted"


def test_what_is_foreseen_of_faulty_words_is_why_the_sender_would_not_send_them(session: Session) -> None:
    message = a_text(session)
    session.execute(update(Template).values(body="{nonsense}"))
    session.execute(update(Event).values(cancelled_at=NOW))
    foreseen = upcoming.get(session, message.id, now=NOW)
    assert sent_now(session, NOW) == []
    session.refresh(message)
    assert foreseen is not None
    assert foreseen.why_not == message.reason == "The event is cancelled"


@pytest.mark.parametrize("state", [state for state in State if state is not State.RECEIVED])
def test_many_texts_are_skipped_as_one_is(session: Session, state: State) -> None:
    """The single statement does what the rule says for each message."""
    claimed = {"claim_token": "t", "lease_until": NOW} if state is State.SENDING else {}
    message = a_text(session, state=state, reason="As it was", provider_id=uuid4().hex, **claimed)
    ruled = decide(message, Skipped(Reason(Cause.OPTED_OUT)), timing=Timing(), now=NOW + hours(1))
    before = {column.name: getattr(message, column.name) for column in Message.__table__.columns}
    expected = before | ({**ruled.changes, "updated_at": NOW + hours(1)} if ruled else {})

    messages.skip_planned(session, Message.id == message.id, Reason(Cause.OPTED_OUT), now=NOW + hours(1))

    session.refresh(message)
    assert {name: getattr(message, name) for name in before} == expected
