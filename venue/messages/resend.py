"""Send a text again when staff ask for it. It is a new message, with `again_of_id` set to the one it replaces."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message, WaitlistEntry
from db.writes import insert_once
from sms.texts import Kind
from venue import clock, masking
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.messages import actions, facts, log, numbers, outbox, together, transitions
from venue.messages.causes import SENTENCES, Cause
from venue.messages.happenings import SettledByHand
from venue.messages.new_message import NewMessage
from venue.messages.states import MAY_GO_AGAIN, NOT_YET_GONE, WENT, State, decide
from venue.profile import venue_of
from venue.roles import Permission, require

STILL_GOOD = (*NOT_YET_GONE, *WENT)


@dataclass(frozen=True)
class ResendPreview:
    """The text that would be sent, and when it expires, in UTC; or why it cannot be. `may_be_duplicate`: the guest may
    have got the first one."""

    body: str
    useful_until: datetime
    may_be_duplicate: bool
    why_not: str = ""


def preview(session: Session, message_id: UUID, *, now: datetime) -> ResendPreview:
    """The text exactly as it would be sent now, with current data. Raises NotFound."""
    require(session, Permission.READ)
    again = _preview(session, message_id, now)
    return again if masking.sees_numbers(session) else replace(again, body=masking.hide_numbers(again.body))


def _preview(session: Session, message_id: UUID, now: datetime) -> ResendPreview:
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound("This message no longer exists.")
    tomorrow = now + timedelta(days=1)
    may_be_duplicate = message.state == State.UNSURE or message.cause == Cause.SENT_TOGETHER
    try:
        if _kind(session, message) == Kind.WAITLIST_OFFER:
            # Its seats may be promised to others by now, and staff answer for the guest.
            raise Invalid(body="An offer is not sent again: call them, and answer for them on the event's page")
        if _kind(session, message) == Kind.OFFER_WITHDRAWN and _has_offer(session, message):
            raise Invalid(body="They have a new offer since")
        if _kind(session, message) == Kind.CANCELLATION and _is_booked_again(session, message):
            raise Invalid(body="They are booked again: this text would say that they are not")
        if _kind(session, message) in facts.WRITTEN_WHEN_QUEUED:
            # These cannot be rendered again: their booking was deleted, or staff wrote them.
            return ResendPreview(_stored_text(session, message), tomorrow, may_be_duplicate)
        event, body = _rendered_text(session, message, now)
    except Invalid as problem:
        return ResendPreview(message.body or "", tomorrow, may_be_duplicate, str(problem))
    # The text may say "tomorrow", so it expires at the end of today.
    _, midnight = clock.day_bounds(clock.today(now, venue_of(session).zone), venue_of(session).zone)
    return ResendPreview(body, min(event.starts_at, midnight), may_be_duplicate)


@act(Act.TEXT_RESENT)
def send_again(session: Session, message_id: UUID, *, form_token: str, sure: bool = False, now: datetime) -> None:
    """Queue a text in place of one that did not arrive. A form token that was used before queues nothing.

    Raises NotFound, and Invalid(body=…) for a text that cannot be resent. Raises Invalid(sure=…) for one that may have
    arrived, unless `sure`: the customer may then get it twice.
    """
    actor = require(session, Permission.TEXTS)
    message = actions.locked(session, message_id)
    customer = session.get(Customer, message.customer_id) if message.customer_id else None
    key = f"{Kind.MANUAL}:{form_token}" if customer else f"{outbox.TO_NUMBER}{form_token}"
    if session.scalar(select(Message.id).where(Message.dedupe_key == key)):
        return
    _check_may_resend(session, message)
    again = _preview(session, message_id, now)
    if again.why_not:
        raise Invalid(body=again.why_not)
    if again.may_be_duplicate and not sure:
        raise Invalid(sure="They may already have this text: tick the box to send it anyway")
    # A manual text is sent at once, at any hour. With the same booking and event, whatever skips the first kind skips
    # it.
    second = NewMessage(
        kind=Kind.MANUAL,
        dedupe_key=key,
        customer_id=message.customer_id,
        booking_id=message.booking_id,
        event_id=message.event_id,
        again_of_id=message.id,
        mobile_number=customer.mobile_number if customer else message.mobile_number,
        body=again.body,
        due_at=now,
        useful_until=again.useful_until,
        now=now,
    )
    insert_once(session, Message, [second.columns()])
    instead = SettledByHand(False, f"Delivery unknown: {actor.name} sent another")
    transition = decide(message, instead, timing=venue_of(session).timing, now=now)
    before = message.state
    transitions.apply(message, transition, now)
    together.follow(session, message, before, transition, now=now)
    message.handled_at, message.handled_by = now, actor.name


def _check_may_resend(session: Session, message: Message) -> None:
    if message.state not in MAY_GO_AGAIN or message.direction != "out":
        raise Invalid(body="This text has not failed: there is nothing to send again")
    if _kind(session, message) is Kind.CAMPAIGN:
        raise Invalid(body="A bulk text is sent to each customer once: write a text of your own instead")
    # Locked, so that two people do not each send another of the same texts again.
    first = actions.locked(session, _first(session, message).id)
    again = select(Message.id).where(Message.id == first.id).cte("again", recursive=True)
    again = again.union(select(Message.id).where(Message.again_of_id == again.c.id))
    good = Message.state.in_([state.value for state in STILL_GOOD])
    if session.scalar(select(Message.id).where(Message.id.in_(select(again.c.id)), Message.id != message.id, good)):
        raise Invalid(body="It was already sent again: open that text to see its state")


def _stored_text(session: Session, message: Message) -> str:
    number = message.mobile_number
    if message.customer_id is not None:
        number = session.get_one(Customer, message.customer_id).mobile_number
    if message.erase_when_settled or not message.body or not number:
        raise Invalid(body="The text was deleted with the customer")
    _check_number(session, number)
    return message.body


def _rendered_text(session: Session, message: Message, now: datetime) -> tuple[Event, str]:
    customer = session.get(Customer, message.customer_id) if message.customer_id else None
    booking = session.get(Booking, message.booking_id) if message.booking_id else None
    event = session.get(Event, message.event_id) if message.event_id else None
    if customer is None:
        raise Invalid(body=SENTENCES[Cause.CUSTOMER_DELETED])
    _check_number(session, customer.mobile_number)
    if booking is None or event is None:
        raise Invalid(body="The booking was deleted: write a new text if there is something to say")
    if booking.customer_id != customer.id:
        raise Invalid(body="The booking was moved to another customer: write a new text if there is something to say")
    if event.starts_at <= now:
        raise Invalid(body="The event has begun: it is too late for this text")
    kind = _kind(session, message)
    if event.cancelled_at is not None and kind != Kind.EVENT_CANCELLED:
        raise Invalid(body=SENTENCES[Cause.EVENT_CANCELLED])
    if event.cancelled_at is None and kind == Kind.EVENT_CANCELLED:
        raise Invalid(body=SENTENCES[Cause.EVENT_ON_AGAIN])
    return event, outbox.render(session, kind, customer, event, booking.seats, now=now)


def _kind(session: Session, message: Message) -> Kind:
    """The kind of the original text, also for a text that was itself sent again."""
    return Kind(_first(session, message).kind)


def _has_offer(session: Session, message: Message) -> bool:
    theirs = WaitlistEntry.customer_id == message.customer_id, WaitlistEntry.event_id == message.event_id
    return session.scalar(select(WaitlistEntry.id).where(*theirs, WaitlistEntry.state == "offered")) is not None


def _is_booked_again(session: Session, message: Message) -> bool:
    return session.scalar(select(Message.id).where(Message.id == message.id, log.is_booked_again())) is not None


def _first(session: Session, message: Message) -> Message:
    while message.again_of_id is not None:
        message = session.get_one(Message, message.again_of_id)
    return message


def _check_number(session: Session, mobile_number: str) -> None:
    blocked = numbers.why_unreachable(session, mobile_number)
    if blocked:
        raise Invalid(body=f"This number cannot be texted. {blocked.words}")
