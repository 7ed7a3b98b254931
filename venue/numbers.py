"""What has been observed of a phone number, whoever answers it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from db.models import Message, PhoneNumber
from db.once import insert_once
from db.prepared import Prepared
from sms import error_codes
from sms.gateway import Fault, Outcome, Refused
from venue import messages, reminders
from venue.message_states import Reported
from venue.staff import Permission, require


@dataclass(frozen=True)
class Known:
    """What is known of a number; `cannot_text` says in words why no text reaches it, if none does."""

    cannot_text: str
    opted_out_at: datetime | None = None
    last_outcome: str = ""
    last_outcome_at: datetime | None = None
    failures_in_a_row: int = 0
    marketing_consent: str = "not asked"


def known(session: Session, mobile_number: str) -> Known:
    """What is known of a number, which may be nothing yet."""
    require(session, Permission.READ)
    number = _KNOWN.row(session, mobile_number=mobile_number)
    if number is None:
        return Known("")
    return Known(
        messages.words_for_block(number.block),
        number.opted_out_at,
        number.last_outcome or "",
        number.last_outcome_at,
        number.failures_in_a_row,
        number.marketing_consent,
    )


_KNOWN = Prepared(
    select(*PhoneNumber.__table__.c, messages.block_in_sql().label("block")).where(
        PhoneNumber.mobile_number == bindparam("mobile_number")
    )
)


def observed(session: Session, mobile_number: str) -> PhoneNumber:
    """What is known of a number, its row locked."""
    first = {"mobile_number": mobile_number, "failures_in_a_row": 0, "marketing_consent": "not asked"}
    insert_once(session, PhoneNumber, [first])
    return session.get_one(PhoneNumber, mobile_number, with_for_update=True, populate_existing=True)


def opt_out(session: Session, mobile_number: str, *, now: datetime) -> None:
    """Nothing goes to this number any more, and what was planned for it is skipped."""
    number = observed(session, mobile_number)
    number.opted_out_at = number.opted_out_at or now
    _skip_planned(session, number, now)


def opt_in(session: Session, mobile_number: str, *, now: datetime) -> None:
    """Texts go to this number again, and so do the reminders that were skipped meanwhile and are still of use."""
    number = observed(session, mobile_number)
    number.opted_out_at, number.opted_in_at = None, now
    _plan_again(session, number, now)


def heard_from(session: Session, mobile_number: str, *, at: datetime, now: datetime) -> None:
    """Somebody texted from it, after it last failed: it is no landline, and no number out of use."""
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
    if not messages.why_unreachable(session, number.mobile_number):
        reminders.plan_again(session, Message.mobile_number == number.mobile_number, now=now)


def note_outcome(session: Session, mobile_number: str, outcome: Outcome, *, called_at: datetime, now: datetime) -> None:
    """Keep what the end of a call says about the number itself."""
    if isinstance(outcome, Refused) and outcome.fault in (Fault.NUMBER, Fault.OPTED_OUT):
        number = observed(session, mobile_number)
        number.last_outcome, number.last_outcome_at = "refused", now
        _note_fault(session, number, outcome.fault, outcome.code, called_at, now)


def note_report(
    session: Session, mobile_number: str, reported: Reported, *, called_at: datetime | None, now: datetime
) -> None:
    """Keep what became of a text, as far as it says something about the number."""
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
        number.opted_out_at = number.opted_out_at or now
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
    reason = messages.why_unreachable(session, number.mobile_number)
    messages.skip_planned(session, Message.mobile_number == number.mobile_number, reason, now=now)
