"""By which channel a message goes: as a text, or as an e-mail instead. It is decided each time it is claimed.

A message is claimed again only if it certainly did not go, so the guest never gets both.
"""

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, or_, select, true
from sqlalchemy.orm import Session

from db.models import Customer, Message, PhoneNumber
from sms.texts import Kind
from venue.errors import NotFound
from venue.messages import numbers
from venue.messages.causes import Reason
from venue.messages.states import NOT_YET_GONE
from venue.profile import venue_of
from venue.roles import Permission, require


class Channel(StrEnum):
    """How a message reaches the guest. Stored with each message."""

    TEXT = auto()
    EMAIL = auto()


class Why(StrEnum):
    """Why a message goes as an e-mail. Stored with each that does."""

    PREFERRED = auto()
    NO_TEXTS = auto()


WORDS = {
    Why.PREFERRED: "By e-mail: they prefer it",
    Why.NO_TEXTS: "By e-mail: the number gets no texts",
}
# What guests are told about their bookings. What staff write, and bulk texts, are texts.
KINDS = (
    *(Kind.CONFIRMATION, Kind.CHANGE, Kind.CANCELLATION, Kind.REMINDER_7_DAY, Kind.REMINDER_24_HOUR),
    *(Kind.EVENT_MOVED, Kind.EVENT_CANCELLED, Kind.EVENT_ON_AGAIN),
)
_IS_ABOUT_BOOKINGS = Message.kind.in_([kind.value for kind in KINDS])
_HAS_ADDRESS = Customer.email != ""


def by_email(*, emails: bool) -> ColumnElement[bool]:
    """A SQL expression: the message goes as an e-mail. The query must join Customer, and PhoneNumber of their number.
    `emails` is whether the venue sends any."""
    if not emails:
        return false()
    return and_(_IS_ABOUT_BOOKINGS, _HAS_ADDRESS, or_(Customer.prefers_email, numbers.is_blocked()))


def goes_by(*, emails: bool) -> ColumnElement[str]:
    """A SQL expression: the channel by which a message goes as things are, or went. The query must join Customer."""
    blocked = select(PhoneNumber).where(PhoneNumber.mobile_number == Customer.mobile_number, numbers.is_blocked())
    prefers = or_(Customer.prefers_email, blocked.exists())
    waits_as_text = Message.state.in_(NOT_YET_GONE)
    waits = and_(waits_as_text, _IS_ABOUT_BOOKINGS, _HAS_ADDRESS, prefers) if emails else false()
    return case((waits, Channel.EMAIL.value), (waits_as_text, Channel.TEXT.value), else_=Message.channel).label(
        "goes_by"
    )


def only_by_text(session: Session) -> ColumnElement[bool]:
    """A SQL condition: the message cannot go as an e-mail if its number gets no texts."""
    if not venue_of(session).sends_email:
        return true()
    has_address = select(Customer.id).where(Customer.id == Message.customer_id, _HAS_ADDRESS).exists()
    return ~and_(_IS_ABOUT_BOOKINGS, has_address)


def why_unreachable(session: Session, customer: Any) -> Reason | None:
    """Why no message about a booking can reach a customer, an object or row with `mobile_number` and `email`; or
    None."""
    if customer.email and venue_of(session).sends_email:
        return None
    return numbers.why_unreachable(session, customer.mobile_number)


@dataclass(frozen=True)
class Way:
    """How a message about a booking would reach a customer: `why_email` is why it goes as an e-mail, None for a text;
    `blocked` is why it cannot go at all."""

    why_email: Why | None = None
    blocked: Reason | None = None


def way_to(session: Session, customer_id: UUID) -> Way:
    """How a message about a booking would reach this customer now. Raises NotFound."""
    require(session, Permission.READ)
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("This customer no longer exists.")
    blocked = numbers.why_unreachable(session, customer.mobile_number)
    if not (customer.email and venue_of(session).sends_email):
        return Way(blocked=blocked)
    if customer.prefers_email:
        return Way(Why.PREFERRED)
    return Way(Why.NO_TEXTS) if blocked else Way()


def in_words(channel_cause: str | None) -> str:
    """Why a message goes as an e-mail, as a sentence; empty for a text."""
    return WORDS[Why(channel_cause)] if channel_cause else ""
