"""What is known about a phone number, and why no message can be sent to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, or_, select
from sqlalchemy.orm import Session

from db.models import Customer, Message, PhoneNumber
from db.types import Id
from sms import error_codes
from venue.messages.causes import Cause, Reason
from venue.roles import Permission, require

_columns = PhoneNumber.__table__.c


def why_unreachable(session: Session, mobile_number: str) -> Reason | None:
    """Why no text can be sent to a number, or None."""
    return reason_for_block(session.scalar(_BLOCK_OF, {"mobile_number": mobile_number}))


def reason_for_block(block: str | None) -> Reason | None:
    """Why no text can be sent, from the value of `block_in_sql`, or None."""
    if not block:
        return None
    if block in (Cause.OPTED_OUT, Cause.STOPPED_BY_STAFF):
        return Reason(Cause(block))
    return Reason(Cause.CANNOT_RECEIVE, error_codes.explain(block))


def block_in_sql() -> ColumnElement[str | None]:
    """A SQL expression for `reason_for_block`: a cause, the provider's error code, or NULL. The query must join
    PhoneNumber."""
    opted_out = _columns.opted_out_at.is_not(None)
    return case(
        (opted_out & _columns.opted_out_by.is_(None), Cause.OPTED_OUT.value),
        (opted_out, Cause.STOPPED_BY_STAFF.value),
        else_=_columns.unreachable_code,
    )


def is_blocked() -> ColumnElement[bool]:
    """A SQL condition on PhoneNumber: no text can be sent to it. It is indexed by `ix_phone_numbers_no_texts`."""
    return or_(_columns.opted_out_at.is_not(None), _columns.unreachable_code.is_not(None))


_BLOCK_OF = select(block_in_sql()).where(_columns.mobile_number == bindparam("mobile_number"))


@dataclass(frozen=True)
class NumberDetails:
    """What is known about a number. `blocked` is why no text can be sent to it, or None."""

    blocked: Reason | None = None
    opted_out_at: datetime | None = None
    # The member of staff who stopped the texts; None if the guest texted STOP.
    opted_out_by: str | None = None
    last_outcome: str = ""
    last_outcome_at: datetime | None = None
    failures_in_a_row: int = 0

    @property
    def cannot_text(self) -> str:
        """`blocked` as a sentence, or an empty string."""
        return self.blocked.words if self.blocked else ""


def details(session: Session, customer_id: UUID) -> NumberDetails:
    """What is known about a customer's number; the defaults if nothing is."""
    require(session, Permission.READ)
    number = session.execute(_DETAILS, {"customer_id": customer_id}).first()
    if number is None:
        return NumberDetails()
    return NumberDetails(
        reason_for_block(number.block),
        number.opted_out_at,
        number.opted_out_by,
        number.last_outcome or "",
        number.last_outcome_at,
        number.failures_in_a_row,
    )


_DETAILS = (
    select(*_columns, block_in_sql().label("block"))
    .join(Customer.__table__, Customer.mobile_number == _columns.mobile_number)
    .where(Customer.id == bindparam("customer_id", type_=Id()))
)


def is_opted_out(session: Session, mobile_number: str) -> bool:
    """Whether the guest has texted STOP."""
    number = session.get(PhoneNumber, mobile_number)
    return number is not None and number.opted_out_at is not None and number.opted_out_by is None


def is_stopped_by_staff(session: Session, mobile_number: str) -> bool:
    number = session.get(PhoneNumber, mobile_number)
    return number is not None and number.opted_out_by is not None


def stopped(session: Session, message_ids: Iterable[UUID]) -> dict[UUID, str | None]:
    """Those of the messages whose number gets no texts any more, with the name of the member of staff who stopped it,
    or None if the guest texted STOP."""
    require(session, Permission.READ)
    rows = session.execute(
        select(Message.id, PhoneNumber.opted_out_by)
        .join(PhoneNumber, PhoneNumber.mobile_number == Message.mobile_number)
        .where(Message.id.in_(list(message_ids)), PhoneNumber.opted_out_at.is_not(None))
    )
    return {row.id: row.opted_out_by for row in rows}
