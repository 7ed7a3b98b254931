"""What is known of a phone number, and why no message can be sent to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, or_, select
from sqlalchemy.orm import Session

from db.models import PhoneNumber
from sms import error_codes
from venue.messages.causes import Cause, Reason
from venue.roles import Permission, require

_columns = PhoneNumber.__table__.c


def why_unreachable(session: Session, mobile_number: str) -> Reason | None:
    """Why texts cannot reach a number, or None when they can."""
    return reason_for_block(session.scalar(_BLOCK_OF, {"mobile_number": mobile_number}))


def reason_for_block(block: str | None) -> Reason | None:
    """The same from what `block_in_sql` gives for a number."""
    if not block:
        return None
    if block in (Cause.OPTED_OUT, Cause.STOPPED_BY_STAFF):
        return Reason(Cause(block))
    return Reason(Cause.CANNOT_RECEIVE, error_codes.explain(block))


def block_in_sql() -> ColumnElement[str | None]:
    """What `reason_for_block` reads, in a query that has joined the number: a cause, or the provider's error code."""
    opted_out = _columns.opted_out_at.is_not(None)
    return case(
        (opted_out & _columns.opted_out_by.is_(None), Cause.OPTED_OUT.value),
        (opted_out, Cause.STOPPED_BY_STAFF.value),
        else_=_columns.unreachable_code,
    )


def is_blocked() -> ColumnElement[bool]:
    """Whether no text can be sent to a number, in a query of numbers; `ix_phone_numbers_no_texts` has those."""
    return or_(_columns.opted_out_at.is_not(None), _columns.unreachable_code.is_not(None))


_BLOCK_OF = select(block_in_sql()).where(_columns.mobile_number == bindparam("mobile_number"))


@dataclass(frozen=True)
class Known:
    """What is known of a number; `blocked` says why no text can be sent to it, if none can."""

    blocked: Reason | None = None
    opted_out_at: datetime | None = None
    # Who of the staff stopped the texts; nobody when the guest texted STOP.
    opted_out_by: str | None = None
    last_outcome: str = ""
    last_outcome_at: datetime | None = None
    failures_in_a_row: int = 0
    marketing_consent: str = "not asked"

    @property
    def cannot_text(self) -> str:
        """The same in words, or nothing."""
        return self.blocked.words if self.blocked else ""


def known(session: Session, mobile_number: str) -> Known:
    """What is known of a number, which may be nothing yet."""
    require(session, Permission.READ)
    number = session.execute(_KNOWN, {"mobile_number": mobile_number}).first()
    if number is None:
        return Known()
    return Known(
        reason_for_block(number.block),
        number.opted_out_at,
        number.opted_out_by,
        number.last_outcome or "",
        number.last_outcome_at,
        number.failures_in_a_row,
        number.marketing_consent,
    )


_KNOWN = select(*_columns, block_in_sql().label("block")).where(PhoneNumber.mobile_number == bindparam("mobile_number"))


def is_opted_out(session: Session, mobile_number: str) -> bool:
    """Whether the guest has texted STOP."""
    number = session.get(PhoneNumber, mobile_number)
    return number is not None and number.opted_out_at is not None and number.opted_out_by is None


def is_stopped_by_staff(session: Session, mobile_number: str) -> bool:
    number = session.get(PhoneNumber, mobile_number)
    return number is not None and number.opted_out_by is not None


def stopped(session: Session, mobile_numbers: Iterable[str]) -> dict[str, str | None]:
    """Which of these numbers get no texts, and who of the staff stopped them; None when the guest did."""
    require(session, Permission.READ)
    found = session.execute(
        select(PhoneNumber.mobile_number, PhoneNumber.opted_out_by).where(
            PhoneNumber.mobile_number.in_(set(mobile_numbers)), PhoneNumber.opted_out_at.is_not(None)
        )
    )
    return {row.mobile_number: row.opted_out_by for row in found}
