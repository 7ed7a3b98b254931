"""Blocking a phone number and unblocking it: its messages are skipped, and its reminders scheduled again."""

from datetime import datetime

from sqlalchemy import and_, exists, or_
from sqlalchemy.orm import Session, aliased

from db.models import Message, PhoneNumber
from db.writes import insert_once, update_where
from sms import error_codes
from sms.gateway import Fault, Outcome, Refused
from venue.errors import Invalid
from venue.messages import numbers, outbox, planning
from venue.messages.causes import Cause, Reason
from venue.messages.happenings import Reported
from venue.messages.states import State
from venue.roles import Permission, require


def observed(session: Session, mobile_number: str) -> PhoneNumber:
    """What is known of a number, its row locked."""
    require(session, Permission.TEXTS, Permission.DELIVERY)
    first = {"mobile_number": mobile_number, "failures_in_a_row": 0, "marketing_consent": "not asked"}
    insert_once(session, PhoneNumber, [first])
    return session.get_one(PhoneNumber, mobile_number, with_for_update=True, populate_existing=True)


def opt_out(session: Session, mobile_number: str, *, now: datetime) -> None:
    """Nothing goes to this number any more, and what was planned for it is skipped."""
    require(session, Permission.DELIVERY)
    number = observed(session, mobile_number)
    number.opted_out_at, number.opted_out_by = number.opted_out_at or now, None
    _skip_planned(session, number, now)


def opt_in(session: Session, mobile_number: str, *, now: datetime) -> None:
    """Texts go to this number again, and so do the reminders that were skipped meanwhile and are still of use."""
    require(session, Permission.DELIVERY)
    number = observed(session, mobile_number)
    number.opted_out_at, number.opted_out_by, number.opted_in_at = None, None, now
    _plan_again(session, number, now)


def stop_texting(session: Session, mobile_number: str, *, now: datetime) -> int:
    """Staff stop the texts to a number; how many scheduled texts are skipped. Again, or after a STOP, does nothing.

    Texts on hold stay on hold: they do not go while the number is stopped.
    """
    actor = require(session, Permission.TEXTS)
    number = observed(session, mobile_number)
    if number.opted_out_at is not None:
        return 0
    number.opted_out_at, number.opted_out_by = now, actor.name
    session.flush()
    planned = (Message.mobile_number == mobile_number) & (Message.state == State.PLANNED.value)
    return outbox.skip_planned(session, planned, Reason(Cause.STOPPED_BY_STAFF), now=now)


def allow_texting(session: Session, mobile_number: str, *, now: datetime) -> int:
    """Undo `stop_texting`; how many texts are scheduled again. Raises Invalid when the guest has texted STOP."""
    require(session, Permission.TEXTS)
    number = observed(session, mobile_number)
    if number.opted_out_at is None:
        return 0
    if number.opted_out_by is None:
        raise Invalid(mobile_number="They texted STOP: only they can end that, by texting START")
    stopped_at, number.opted_out_at, number.opted_out_by = number.opted_out_at, None, None
    session.flush()
    if numbers.why_unreachable(session, mobile_number):
        return 0
    again = _schedule_again(session, mobile_number, stopped_at, now)
    # Also the reminders of what was booked since then.
    _plan_again(session, number, now)
    return again


def _schedule_again(session: Session, mobile_number: str, stopped_at: datetime, now: datetime) -> int:
    """What was skipped when the number was stopped is scheduled again, unless it is too late or was sent again."""
    in_its_place = aliased(Message)
    skipped = and_(
        Message.mobile_number == mobile_number,
        Message.state == State.SKIPPED.value,
        Message.cause == Cause.STOPPED_BY_STAFF.value,
        Message.final_at == stopped_at,
        or_(Message.useful_until.is_(None), Message.useful_until > now),
        ~exists().where(in_its_place.again_of_id == Message.id),
    )
    planned = {"state": State.PLANNED.value, "cause": None, "reason": "", "final_at": None, "updated_at": now}
    return update_where(session, Message, skipped, {**planned, "handled_at": None, "handled_by": None})


def heard_from(session: Session, mobile_number: str, *, at: datetime, now: datetime) -> None:
    """Somebody texted from it, after it last failed: it is no landline, and no number out of use."""
    require(session, Permission.DELIVERY)
    number = session.get(PhoneNumber, mobile_number)
    if number is None:
        return
    if number.unreachable_code and not _is_older(at, number.last_outcome_at):
        _reachable(session, mobile_number, at, now)
    else:
        _was_reachable(number, at)


def try_again(session: Session, mobile_number: str, *, now: datetime) -> None:
    """Staff found out that texts reach this number after all; a STOP of its owner's stands all the same."""
    require(session, Permission.TEXTS)
    _reachable(session, mobile_number, now, now)


def _reachable(session: Session, mobile_number: str, at: datetime, now: datetime) -> None:
    number = observed(session, mobile_number)
    number.failures_in_a_row, number.unreachable_code, number.reachable_at = 0, None, at
    _plan_again(session, number, now)


def _plan_again(session: Session, number: PhoneNumber, now: datetime) -> None:
    session.flush()
    if not numbers.why_unreachable(session, number.mobile_number):
        planning.plan_again(session, Message.mobile_number == number.mobile_number, now=now)


def note_outcome(session: Session, mobile_number: str, outcome: Outcome, *, called_at: datetime, now: datetime) -> None:
    """Keep what the end of a call says about the number itself."""
    require(session, Permission.DELIVERY)
    if isinstance(outcome, Refused) and outcome.fault in (Fault.NUMBER, Fault.OPTED_OUT):
        number = observed(session, mobile_number)
        number.last_outcome, number.last_outcome_at = "refused", now
        _note_fault(session, number, outcome.fault, outcome.code, called_at, now)


def note_report(
    session: Session, mobile_number: str, reported: Reported, *, called_at: datetime | None, now: datetime
) -> None:
    """Keep what became of a text, as far as it says something about the number."""
    require(session, Permission.DELIVERY)
    number = observed(session, mobile_number)
    number.last_outcome, number.last_outcome_at = reported.status, now
    if reported.status in ("delivered", "read"):
        was_unreachable = number.unreachable_code is not None
        number.failures_in_a_row, number.unreachable_code = 0, None
        _was_reachable(number, called_at)
        if was_unreachable:
            _plan_again(session, number, now)
        return
    number.failures_in_a_row += 1
    code = reported.error_code or ""
    _note_fault(session, number, error_codes.fault_of(code), code, called_at, now)


def _note_fault(
    session: Session, number: PhoneNumber, fault: Fault, code: str, called_at: datetime | None, now: datetime
) -> None:
    """What a text met that left before a START, or before the number was found to be reachable, is old news."""
    if fault not in (Fault.OPTED_OUT, Fault.NUMBER):
        return
    since = number.opted_in_at if fault is Fault.OPTED_OUT else number.reachable_at
    if _is_older(called_at, since):
        # So it stands against nothing, not even against the text that met it, if that may still go.
        _plan_again(session, number, now)
        return
    if fault is Fault.OPTED_OUT:
        number.opted_out_at, number.opted_out_by = number.opted_out_at or now, None
    else:
        number.unreachable_code = code
    _skip_planned(session, number, now)


def _was_reachable(number: PhoneNumber, at: datetime | None) -> None:
    if at is not None and not _is_older(at, number.reachable_at):
        number.reachable_at = at


def _is_older(instant: datetime | None, than: datetime | None) -> bool:
    return instant is not None and than is not None and instant <= than


def _skip_planned(session: Session, number: PhoneNumber, now: datetime) -> None:
    session.flush()
    reason = numbers.why_unreachable(session, number.mobile_number)
    if reason:
        outbox.skip_planned(session, Message.mobile_number == number.mobile_number, reason, now=now)
