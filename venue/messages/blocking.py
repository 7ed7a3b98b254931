"""Block and unblock a phone number: skip its messages, and schedule its reminders again."""

from datetime import datetime

from sqlalchemy import and_, exists, or_
from sqlalchemy.orm import Session, aliased

from channels.gateway import Fault, Outcome, Refused
from db.models import Message, PhoneNumber
from db.writes import insert_once, update_where
from sms import error_codes
from venue.acts import Act, act
from venue.errors import Invalid
from venue.messages import channels, numbers, outbox, planning, stopped_numbers
from venue.messages.causes import Cause, Reason
from venue.messages.happenings import Reported
from venue.messages.states import State
from venue.messages.withdrawals import withdraw_from_texts
from venue.roles import Permission, require


def locked_number(session: Session, mobile_number: str) -> PhoneNumber:
    """The row of a phone number, locked. It is created if there is none."""
    require(session, Permission.TEXTS, Permission.DELIVERY)
    stopped_numbers.block_again(session, [mobile_number])
    first = {"mobile_number": mobile_number, "failures_in_a_row": 0}
    insert_once(session, PhoneNumber, [first])
    return session.get_one(PhoneNumber, mobile_number, with_for_update=True, populate_existing=True)


def opt_out(session: Session, mobile_number: str, *, now: datetime) -> None:
    """Record that the guest texted STOP: block the number and skip its scheduled texts."""
    require(session, Permission.DELIVERY)
    number = locked_number(session, mobile_number)
    number.opted_out_at, number.opted_out_by = number.opted_out_at or now, None
    withdraw_from_texts(session, mobile_number, how="Texted STOP", now=now)
    _skip_planned(session, number, now)


def opt_in(session: Session, mobile_number: str, *, now: datetime) -> None:
    """Record that the guest texted START: unblock the number, and schedule skipped reminders that are still useful."""
    require(session, Permission.DELIVERY)
    number = locked_number(session, mobile_number)
    number.opted_out_at, number.opted_out_by, number.opted_in_at = None, None, now
    _plan_again(session, number, now)


@act(Act.NUMBER_STOPPED)
def stop_texting(session: Session, mobile_number: str, *, now: datetime) -> int:
    """Block a number on behalf of staff, and return how many scheduled texts were skipped.

    Does nothing if the number is already stopped, by staff or by STOP. Texts on hold stay on hold; they are not sent
    while the number is stopped.
    """
    actor = require(session, Permission.TEXTS)
    number = locked_number(session, mobile_number)
    if number.opted_out_at is not None:
        return 0
    number.opted_out_at, number.opted_out_by = now, actor.name
    session.flush()
    withdraw_from_texts(session, mobile_number, how="Texts were stopped by staff", now=now)
    planned = and_(
        Message.mobile_number == mobile_number,
        Message.state == State.PLANNED.value,
        channels.only_by_text(session),
    )
    return outbox.skip_planned(session, planned, Reason(Cause.STOPPED_BY_STAFF), now=now)


@act(Act.NUMBER_ALLOWED)
def allow_texting(session: Session, mobile_number: str, *, now: datetime) -> int:
    """Undo `stop_texting`, and return how many texts were scheduled again. Raises Invalid if the guest texted STOP."""
    require(session, Permission.TEXTS)
    number = locked_number(session, mobile_number)
    if number.opted_out_at is None:
        return 0
    if number.opted_out_by is None:
        raise Invalid(mobile_number="They texted STOP: only they can end that, by texting START")
    stopped_at, number.opted_out_at, number.opted_out_by = number.opted_out_at, None, None
    session.flush()
    if numbers.why_unreachable(session, mobile_number):
        return 0
    again = _schedule_again(session, mobile_number, stopped_at, now)
    # Also reminders of bookings made since then.
    _plan_again(session, number, now)
    return again


def _schedule_again(session: Session, mobile_number: str, stopped_at: datetime, now: datetime) -> int:
    """Schedule the texts that were skipped when the number was stopped, unless it is too late or they were resent."""
    resent = aliased(Message)
    skipped = and_(
        Message.mobile_number == mobile_number,
        Message.state == State.SKIPPED.value,
        Message.cause == Cause.STOPPED_BY_STAFF.value,
        Message.final_at == stopped_at,
        ~exists().where(resent.again_of_id == Message.id),
    )
    planning.retime(session, skipped, now=now)
    skipped = and_(skipped, or_(Message.useful_until.is_(None), Message.useful_until > now))
    planned = {"state": State.PLANNED.value, "cause": None, "reason": "", "final_at": None, "updated_at": now}
    return update_where(session, Message, skipped, {**planned, "handled_at": None, "handled_by": None})


def record_inbound(session: Session, mobile_number: str, *, at: datetime, now: datetime) -> None:
    """Record a text from this number at `at`. If texts to it failed before that, it is marked reachable again."""
    require(session, Permission.DELIVERY)
    number = session.get(PhoneNumber, mobile_number)
    if number is None:
        return
    if number.unreachable_code and not _is_older(at, number.last_outcome_at):
        _mark_reachable(session, mobile_number, at, now)
    else:
        _record_reachable(number, at)


@act(Act.NUMBER_UNBLOCKED)
def unblock(session: Session, mobile_number: str, *, now: datetime) -> None:
    """Mark a number as reachable on behalf of staff. If the guest texted STOP, it stays blocked."""
    require(session, Permission.TEXTS)
    _mark_reachable(session, mobile_number, now, now)


def _mark_reachable(session: Session, mobile_number: str, at: datetime, now: datetime) -> None:
    number = locked_number(session, mobile_number)
    number.failures_in_a_row, number.unreachable_code, number.reachable_at = 0, None, at
    _plan_again(session, number, now)


def _plan_again(session: Session, number: PhoneNumber, now: datetime) -> None:
    session.flush()
    if not numbers.why_unreachable(session, number.mobile_number):
        planning.plan_again(session, Message.mobile_number == number.mobile_number, now=now)


def record_outcome(
    session: Session, mobile_number: str, outcome: Outcome, *, called_at: datetime, now: datetime
) -> None:
    """Record what the outcome of a call to the provider says about the number. `called_at` is when the call began."""
    require(session, Permission.DELIVERY)
    if isinstance(outcome, Refused) and outcome.fault in (Fault.NUMBER, Fault.OPTED_OUT):
        number = locked_number(session, mobile_number)
        number.last_outcome, number.last_outcome_at = "refused", now
        _record_fault(session, number, outcome.fault, outcome.code, called_at, now)


def record_report(
    session: Session, mobile_number: str, reported: Reported, *, called_at: datetime | None, now: datetime
) -> None:
    """Record what a delivery report says about the number. `called_at` is when the text was sent, if known."""
    require(session, Permission.DELIVERY)
    number = locked_number(session, mobile_number)
    number.last_outcome, number.last_outcome_at = reported.status, now
    if reported.status in ("delivered", "read"):
        was_unreachable = number.unreachable_code is not None
        number.failures_in_a_row, number.unreachable_code = 0, None
        _record_reachable(number, called_at)
        if was_unreachable:
            _plan_again(session, number, now)
        return
    number.failures_in_a_row += 1
    code = reported.error_code or ""
    _record_fault(session, number, error_codes.fault_of(code), code, called_at, now)


def _record_fault(
    session: Session, number: PhoneNumber, fault: Fault, code: str, called_at: datetime | None, now: datetime
) -> None:
    """Block the number. A fault is stale, and ignored, if the text was sent before a START or before the number was
    found to be reachable."""
    if fault not in (Fault.OPTED_OUT, Fault.NUMBER):
        return
    since = number.opted_in_at if fault is Fault.OPTED_OUT else number.reachable_at
    if _is_older(called_at, since):
        # A stale fault does not block the number, so the text that met it is scheduled again if it is still useful.
        _plan_again(session, number, now)
        return
    if fault is Fault.OPTED_OUT:
        number.opted_out_at, number.opted_out_by = number.opted_out_at or now, None
        withdraw_from_texts(session, number.mobile_number, how="Twilio reported a STOP", now=now)
    else:
        number.unreachable_code = code
    _skip_planned(session, number, now)


def _record_reachable(number: PhoneNumber, at: datetime | None) -> None:
    if at is not None and not _is_older(at, number.reachable_at):
        number.reachable_at = at


def _is_older(instant: datetime | None, than: datetime | None) -> bool:
    return instant is not None and than is not None and instant <= than


def _skip_planned(session: Session, number: PhoneNumber, now: datetime) -> None:
    session.flush()
    reason = numbers.why_unreachable(session, number.mobile_number)
    if reason:
        theirs = and_(Message.mobile_number == number.mobile_number, channels.only_by_text(session))
        outbox.skip_planned(session, theirs, reason, now=now)
