"""The outbox: queue texts, render them, and skip those that must not be sent. `log` lists them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message, MessageAttempt
from db.types import AnyRow
from db.writes import delete_where, insert_once, update_where
from sms import phone, segments, texts
from sms.texts import Facts, Kind
from venue import acts
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.messages import channels, full_events, numbers, stopped_numbers, templates
from venue.messages.causes import OF_THE_NUMBER, Reason
from venue.messages.new_message import NewMessage
from venue.messages.states import MAYBE_GONE, NOT_YET_GONE, REMINDERS, State, decide
from venue.profile import Venue, venue_of
from venue.roles import Permission, require
from venue.timing import Timing

__all__ = ["Kind", "State", "Timing", "decide", "preview", "queue", "text_customer", "text_number"]

# The start of the key of a text that is sent to a number without a customer.
TO_NUMBER = f"{Kind.MANUAL}:number:"

# What is erased of a message with its customer.
ERASED = ("mobile_number", "email", "subject", "body")


def about(
    kind: Kind,
    booking: Booking,
    event: Event | AnyRow,
    customer: Customer | AnyRow,
    *,
    now: datetime,
    body: str | None = None,
    skipped: Reason | None = None,
) -> dict[str, Any]:
    """The row to insert for a text about a booking. It is scheduled, or skipped if `skipped` gives a reason."""
    keys = {
        Kind.CANCELLATION: f"{kind}:{booking.id.hex}",
        # An event can be cancelled, restored and cancelled again: the version makes each of these texts a new one.
        Kind.EVENT_CANCELLED: f"{kind}:{booking.id.hex}:{event.version}",
        Kind.EVENT_ON_AGAIN: f"{kind}:{booking.id.hex}:{event.version}",
        Kind.EVENT_MOVED: f"{kind}:{booking.id.hex}:{event.schedule_rev}",
    }
    message = NewMessage(
        kind=kind,
        dedupe_key=keys.get(kind, f"{kind}:{booking.id.hex}:{booking.version}"),
        customer_id=customer.id,
        booking_id=booking.id,
        event_id=event.id,
        mobile_number=customer.mobile_number,
        due_at=now,
        useful_until=event.starts_at,
        now=now,
        body=body,
        skipped=skipped,
    )
    return message.columns()


def queue(
    session: Session,
    kind: Kind,
    booking: Booking,
    event: Event | AnyRow,
    customer: Customer | AnyRow,
    *,
    now: datetime,
    body: str | None = None,
    skipped: Reason | None = None,
) -> None:
    """Queue a text about a booking, in the transaction that makes the change it is about. It is idempotent."""
    require(session, Permission.BOOKINGS, Permission.EVENTS)
    skipped = skipped or channels.why_unreachable(session, customer)
    row = about(kind, booking, event, customer, now=now, body=body, skipped=skipped)
    queued = insert_once(session, Message, [row])
    acts.count(session, notified=queued if skipped is None else 0)


@act(Act.TEXT_QUEUED)
def text_customer(session: Session, *, customer_id: UUID, body: str, form_token: str, now: datetime) -> None:
    """Queue a text written by staff. A form token that was used before queues nothing. Raises NotFound, Invalid."""
    require(session, Permission.TEXTS)
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("This customer no longer exists.")
    key = f"{Kind.MANUAL}:{form_token}"
    _queue_manual(session, customer.mobile_number, body, key=key, customer_id=customer.id, now=now)


@act(Act.TEXT_QUEUED)
def text_number(session: Session, *, mobile_number: str, body: str, form_token: str, now: datetime) -> None:
    """Queue a text written by staff to a number that need not be a customer's. A form token that was used before queues
    nothing. Raises Invalid for a number that cannot be texted, or a text that cannot be sent."""
    require(session, Permission.TEXTS)
    venue = venue_of(session)
    try:
        number = phone.normalise(mobile_number, region=venue.region, allow_fictional=venue.fictional_numbers)
    except phone.InvalidPhone as problem:
        raise Invalid(mobile_number=str(problem)) from problem
    stopped_numbers.block_again(session, [number])
    _queue_manual(session, number, body, key=f"{TO_NUMBER}{form_token}", customer_id=None, now=now)


def _queue_manual(
    session: Session, mobile_number: str, body: str, *, key: str, customer_id: UUID | None, now: datetime
) -> None:
    body = segments.straighten(body).replace("\t", " ").strip()
    if not body:
        raise Invalid(body="Enter the text")
    if texts.has_control_characters(body):
        raise Invalid(body="The text contains an invisible control character: retype it")
    if segments.count(body).segments > texts.MOST_SEGMENTS:
        raise Invalid(body=f"This is longer than {texts.MOST_SEGMENTS} texts: shorten it")
    blocked = numbers.why_unreachable(session, mobile_number)
    if blocked:
        raise Invalid(body=f"This number cannot be texted. {blocked.words}")
    message = NewMessage(
        kind=Kind.MANUAL,
        dedupe_key=key,
        customer_id=customer_id,
        mobile_number=mobile_number,
        due_at=now,
        useful_until=now + timedelta(days=1),
        now=now,
        body=body,
    )
    insert_once(session, Message, [message.columns()])


# Rendering


def preview(session: Session, kind: Kind, *, customer_id: UUID, event_id: UUID, seats: int, now: datetime) -> str:
    """The text exactly as it would be sent now. Raises NotFound and BadTemplate."""
    require(session, Permission.READ)
    customer = session.get(Customer, customer_id)
    event = session.get(Event, event_id)
    if customer is None or event is None:
        raise NotFound("The customer or the event no longer exists.")
    return render(session, Kind(kind), customer, event, seats, now=now)


def render(
    session: Session, kind: Kind, customer: Customer | AnyRow, event: Event | AnyRow, seats: int, *, now: datetime
) -> str:
    """A text of this kind with current data. Previews and sending both use it. Raises BadTemplate."""
    facts = facts_of(session, customer, event, seats)
    return render_template(venue_of(session), kind, templates.body_of(session, kind), facts, now=now)


def facts_of(session: Session, customer: Customer | AnyRow, event: Event | AnyRow, seats: int) -> Facts:
    """What a text about a booking may say."""
    require(session, Permission.READ)
    venue = venue_of(session)
    return Facts(
        first_name=customer.first_name,
        last_name=customer.last_name,
        event_name=event.short_name or event.name,
        event_starts_at=event.starts_at,
        seats=seats,
        venue_name=venue.name,
        venue_phone=venue.phone,
        is_full=seats == 0 and full_events.is_full(session, event.id),
    )


def render_template(venue: Venue, kind: Kind, template: str, facts: Facts, *, now: datetime) -> str:
    """The words of a template, which need not be saved yet. Raises BadTemplate for one that never could be."""
    # A cancellation is rendered when it is queued, and may be sent on a later day, so it must not say "today".
    return texts.render(template, facts, now=now, zone=venue.zone, by_date=kind == Kind.CANCELLATION)


# Skipping and deleting


def skip_planned(session: Session, which: ColumnElement[bool], reason: Reason, *, now: datetime) -> int:
    """Skip the matching texts that are scheduled or on hold, and return how many."""
    require(session, Permission.BOOKINGS, Permission.EVENTS, Permission.TEXTS, Permission.DELIVERY)
    skipped = {"state": State.SKIPPED.value, "cause": reason.cause.value, "reason": reason.words, "final_at": now}
    not_yet_gone = and_(which, Message.state.in_(NOT_YET_GONE))
    return update_where(session, Message, not_yet_gone, {**skipped, "updated_at": now, "next_step_at": None})


def of_deleted_booking() -> ColumnElement[bool]:
    """A SQL condition: the text says that a booking was cancelled. It goes whatever becomes of the event."""
    return and_(Message.booking_id.is_(None), Message.kind.in_((Kind.CANCELLATION.value, Kind.MANUAL.value)))


def erase_customer(session: Session, customer_id: UUID, *, numbers: Sequence[str] = (), now: datetime) -> None:
    """Delete the customer's queued texts, and erase number and text from the rest of their log. Texts whose delivery is
    still being checked are erased once that ends. `numbers` are theirs alone: texts of no customer to or from these are
    theirs, too."""
    require(session, Permission.DELETE)
    by_number = and_(Message.customer_id.is_(None), Message.mobile_number.in_(numbers))
    mine = or_(Message.customer_id == customer_id, by_number)
    delete_where(session, Message, and_(mine, Message.state.in_(NOT_YET_GONE)))
    # Texts without a next step are no longer checked with the provider, so they are erased now.
    is_looked_for = and_(Message.state.in_(MAYBE_GONE), Message.next_step_at.is_not(None))
    update_where(session, Message, and_(mine, is_looked_for), {"erase_when_settled": True})
    settled = and_(mine, not_(is_looked_for))
    ids = select(Message.id).where(settled)
    update_where(session, MessageAttempt, MessageAttempt.message_id.in_(ids), {"detail": ""})
    update_where(
        session,
        Message,
        settled,
        {"mobile_number": None, "email": None, "subject": None, "body": None, "updated_at": now},
    )
    # Last: another act about one of these texts has ended by now.
    acts.erase_customer(session, customer_id)


def renumber(session: Session, customer_id: UUID, mobile_number: str) -> None:
    """Move the customer's queued texts, and reminders skipped for the old number, to their new number."""
    require(session, Permission.CUSTOMERS)
    # Only reminders are scheduled again once a number is unblocked. For other skipped texts the log keeps the number
    # that was blocked.
    reminders = and_(skipped_for_its_number(), Message.kind.in_([kind.value for kind in REMINDERS]))
    not_gone = or_(Message.state.in_(NOT_YET_GONE), reminders)
    update_where(session, Message, and_(Message.customer_id == customer_id, not_gone), {"mobile_number": mobile_number})


def skipped_for_its_number() -> ColumnElement[bool]:
    """A SQL condition: the text was skipped only because of its number, by us or by the provider after a STOP."""
    return and_(Message.state == State.SKIPPED.value, Message.cause.in_(OF_THE_NUMBER))


def count_scheduled(session: Session, customer_id: UUID) -> int:
    """The number of a customer's texts that are scheduled or on hold."""
    return (
        session.scalar(select(func.count()).where(Message.customer_id == customer_id, Message.state.in_(NOT_YET_GONE)))
        or 0
    )
