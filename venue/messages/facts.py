"""The data that decides whether a message is sent, and what it says."""

from typing import Any

from sqlalchemy import ScalarSelect, and_, case, exists, false, func, select
from sqlalchemy.orm import aliased

from db.models import Booking, Customer, Event, HouseholdMember, Message, PhoneNumber, WaitlistEntry
from db.types import AnyRow, AnySelect
from sms.texts import Facts, Kind
from venue import masking
from venue.messages import channels, full_events, numbers, outbox, planning
from venue.messages.causes import Cause, Reason
from venue.messages.states import REMINDERS
from venue.profile import Venue

TEMPLATE_ERROR = "This template has an error. Fix it, then resume the text."
# Kinds whose text is written when they are queued. All others are rendered when they are sent.
WRITTEN_WHEN_QUEUED = (Kind.MANUAL, Kind.CANCELLATION, Kind.CAMPAIGN, Kind.WAITLIST_OFFER, Kind.OFFER_WITHDRAWN)
# What guests are told about the event follows its booking to another customer, unlike what they are told about the
# booking.
ABOUT_THE_EVENT = (*REMINDERS, Kind.EVENT_MOVED, Kind.EVENT_CANCELLED, Kind.EVENT_ON_AGAIN)
MOVED = Reason(Cause.REPLACED, "the booking was moved to another customer")
# The message's own columns: those that `states.decide` reads, and the text if it is already written.
DECIDED_ON = (
    *(Message.id, Message.kind, Message.state, Message.fence, Message.useful_until, Message.lease_until),
    *(Message.claimed_at, Message.provider_status, Message.empty_looks, Message.polls, Message.retries),
    *(Message.resends, Message.erase_when_settled, Message.mobile_number, Message.body, Message.dedupe_key),
    *(Message.provider_id, Message.due_at, Message.next_step_at, Message.channel),
)
_NUMBER = func.coalesce(Customer.mobile_number, Message.mobile_number)


def _household(*, full: bool) -> ScalarSelect[Any]:
    """What only the members of a household with the same number have in common, beside that number: the household. For
    those who may not see numbers, two of which may look alike, it is the first of these members."""
    mine, theirs, member = aliased(HouseholdMember), aliased(HouseholdMember), aliased(Customer)
    household = select(mine.household_id).where(mine.customer_id == Customer.id).correlate(Customer)
    if full:
        return household.scalar_subquery()
    return (
        select(member.id)
        .join(theirs, theirs.customer_id == member.id)
        .where(theirs.household_id == household.scalar_subquery(), member.mobile_number == Customer.mobile_number)
        .order_by(member.id)
        .limit(1)
        .correlate(Customer)
        .scalar_subquery()
    )


# Whether the offer that a text makes was declined, taken back or ended while the text was on its way. Each offer has
# the instant of its text.
_OFFER_IS_OPEN = exists().where(
    and_(WaitlistEntry.event_id == Message.event_id, WaitlistEntry.customer_id == Message.customer_id),
    WaitlistEntry.state == "offered",
    WaitlistEntry.offered_at == Message.created_at,
)
_OFFER_IS_OVER = case((Message.kind == Kind.WAITLIST_OFFER.value, ~_OFFER_IS_OPEN), else_=false())


# The current data that `why_not` and rendering read.
_FACTS = (
    *(Customer.id.label("customer_id"), Customer.first_name, Customer.last_name),
    *(_NUMBER.label("number_now"), Customer.email.label("email_now"), Booking.id.label("booking_id"), Booking.seats),
    Booking.customer_id.label("booked_by"),
    *(Event.id.label("event_id"), Event.name, Event.short_name, Event.starts_at),
    *(Event.schedule_rev, Event.cancelled_at, numbers.block_in_sql().label("blocked")),
    _OFFER_IS_OVER.label("offer_is_over"),
    # Only texts to guests without seats depend on it.
    case((Booking.seats == 0, full_events.is_full_in_sql()), else_=false()).label("is_full"),
)


def with_facts(*, full: bool, emails: bool = False) -> AnySelect:
    """A query for messages with everything that decides whether they are sent and what they say. Sender and previews
    both use it. `full` is whether numbers are shown in full, as the sender needs them. `emails` is whether the venue
    sends e-mails."""
    masked: dict[str, Any] = {"mobile_number": masking.number, "number_now": masking.number}
    masked |= {"body": masking.free_text, "email_now": masking.email}
    columns = (
        masked[column.key](column, full=full) if column.key in masked else column for column in (*DECIDED_ON, *_FACTS)
    )
    return (
        select(
            *columns,
            Customer.prefers_email,
            channels.by_email(emails=emails).label("by_email"),
            _household(full=full).label("shared_by"),
        )
        .outerjoin(Customer, Customer.id == Message.customer_id)
        .outerjoin(Booking, Booking.id == Message.booking_id)
        .outerjoin(Event, Event.id == Message.event_id)
        .outerjoin(PhoneNumber, PhoneNumber.mobile_number == _NUMBER)
    )


def to_say(venue: Venue, text: AnyRow) -> Facts:
    """What a text may say, from its row `with_facts`."""
    return Facts(
        first_name=text.first_name,
        last_name=text.last_name,
        event_name=text.short_name or text.name,
        event_starts_at=text.starts_at,
        seats=text.seats,
        venue_name=venue.name,
        venue_phone=venue.phone,
        is_full=bool(text.is_full),
    )


def why_not(text: AnyRow) -> Reason | None:
    """Why a message, a row of `with_facts`, must not be sent, or None."""
    if text.customer_id is None and not text.dedupe_key.startswith(outbox.TO_NUMBER):
        return Reason(Cause.CUSTOMER_DELETED)
    if is_moved(text):
        return MOVED
    if text.offer_is_over:
        return Reason(Cause.REPLACED, "the offer is over")
    blocked = None if text.by_email else numbers.reason_for_block(text.blocked)
    if blocked or has_fixed_body(text):
        return blocked
    if text.booking_id is None or text.event_id is None:
        return Reason(Cause.BOOKING_DELETED)
    if text.cancelled_at is not None and text.kind != Kind.EVENT_CANCELLED:
        return Reason(Cause.EVENT_CANCELLED)
    if text.cancelled_at is None and text.kind == Kind.EVENT_CANCELLED:
        return Reason(Cause.EVENT_ON_AGAIN)
    if text.kind in REMINDERS:
        key = planning.key(Kind(text.kind), text.booking_id, text.schedule_rev)
        return None if text.dedupe_key == key else Reason(Cause.REPLACED, "the event has moved")
    return None


def is_moved(text: AnyRow) -> bool:
    """Whether its booking was moved to another customer while the text was on its way: it is still of the first."""
    has_both = text.booking_id is not None and text.customer_id is not None
    return has_both and text.booked_by != text.customer_id


def has_fixed_body(text: AnyRow) -> bool:
    """Whether the message is sent as it was written when queued. All others are rendered for each call, also when they
    are resent: by then "tomorrow" may be today, or the event may have moved."""
    return text.body is not None and text.kind in WRITTEN_WHEN_QUEUED
