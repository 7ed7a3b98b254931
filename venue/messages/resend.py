"""Sending a text once more, because somebody decided to: a text of its own, which says what it stands in for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message
from db.writes import insert_once
from sms.texts import Kind
from venue import clock
from venue.errors import Invalid, NotFound
from venue.messages import actions, facts, numbers, outbox, transitions
from venue.messages.causes import SENTENCES, Cause
from venue.messages.happenings import SettledByHand
from venue.messages.new_message import NewMessage
from venue.messages.states import MAY_GO_AGAIN, MAYBE_GONE, NOT_YET_GONE, State, decide
from venue.profile import venue_of
from venue.roles import Permission, require

STILL_GOOD = (*NOT_YET_GONE, *MAYBE_GONE, State.SENT, State.DELIVERED)


@dataclass(frozen=True)
class Again:
    """What would go, and until when it is of use; or why it cannot. `repeats` = it might be the second they get."""

    body: str
    useful_until: datetime
    repeats: bool
    why_not: str = ""


def foresee(session: Session, message_id: UUID, *, now: datetime) -> Again:
    """The words exactly as they would go now, from what is true now."""
    require(session, Permission.READ)
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound("This message no longer exists.")
    tomorrow = now + timedelta(days=1)
    repeats = message.state == State.UNSURE
    try:
        if _kind(session, message) in facts.WORDED_WHEN_QUEUED:
            # They cannot be made afresh: the booking they speak of is gone, or a person wrote them.
            return Again(_old_words(session, message), tomorrow, repeats)
        event, body = _fresh_words(session, message, now)
    except Invalid as problem:
        return Again(message.body or "", tomorrow, repeats, str(problem))
    # They may say "tomorrow": no later than today does that stay true.
    _, midnight = clock.day_bounds(clock.today(now, venue_of(session).zone), venue_of(session).zone)
    return Again(body, min(event.starts_at, midnight), repeats)


def send_again(session: Session, message_id: UUID, *, form_token: str, sure: bool = False, now: datetime) -> None:
    """Queue a text in place of one that did not arrive. The same form token again queues nothing more.

    Raises Invalid(sure=…) for one that may have arrived, unless `sure`: only that can make a customer get two.
    """
    actor = require(session, Permission.TEXTS)
    message = actions.locked(session, message_id)
    customer = session.get(Customer, message.customer_id) if message.customer_id else None
    key = f"{Kind.MANUAL}:{form_token}" if customer else f"{outbox.TO_NUMBER}{form_token}"
    if session.scalar(select(Message.id).where(Message.dedupe_key == key)):
        return
    _refuse_needless(session, message)
    again = foresee(session, message_id, now=now)
    if again.why_not:
        raise Invalid(body=again.why_not)
    if again.repeats and not sure:
        raise Invalid(sure="They may have this text already: tick that it may go again")
    # Of a kind that is sent at once at any hour; what concerns the booking and event of the first concerns it too.
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
    instead = SettledByHand(False, f"Nobody knew whether it went: {actor.name} sent another")
    transitions.apply(message, decide(message, instead, timing=venue_of(session).timing, now=now), now)
    message.handled_at, message.handled_by = now, actor.name


def _refuse_needless(session: Session, message: Message) -> None:
    if message.state not in MAY_GO_AGAIN or message.direction != "out":
        raise Invalid(body="This text has not failed: there is nothing to send again")
    # Locked, so that two people do not each send another of the same texts again.
    first = actions.locked(session, _first(session, message).id)
    again = select(Message.id).where(Message.id == first.id).cte("again", recursive=True)
    again = again.union(select(Message.id).where(Message.again_of_id == again.c.id))
    good = Message.state.in_([state.value for state in STILL_GOOD])
    if session.scalar(select(Message.id).where(Message.id.in_(select(again.c.id)), Message.id != message.id, good)):
        raise Invalid(body="It was sent again already: open that text to see what became of it")


def _old_words(session: Session, message: Message) -> str:
    number = message.mobile_number
    if message.customer_id is not None:
        number = session.get_one(Customer, message.customer_id).mobile_number
    if message.erase_when_settled or not message.body or not number:
        raise Invalid(body="The customer was deleted, and the words with them")
    _refuse_blocked(session, number)
    return message.body


def _fresh_words(session: Session, message: Message, now: datetime) -> tuple[Event, str]:
    customer = session.get(Customer, message.customer_id) if message.customer_id else None
    booking = session.get(Booking, message.booking_id) if message.booking_id else None
    event = session.get(Event, message.event_id) if message.event_id else None
    if customer is None:
        raise Invalid(body=SENTENCES[Cause.CUSTOMER_DELETED])
    _refuse_blocked(session, customer.mobile_number)
    if booking is None or event is None:
        raise Invalid(body="The booking was deleted: write a new text if there is something to say")
    if event.starts_at <= now:
        raise Invalid(body="The event has begun: it is too late for this text")
    kind = _kind(session, message)
    if event.cancelled_at is not None and kind != Kind.EVENT_CANCELLED:
        raise Invalid(body=SENTENCES[Cause.EVENT_CANCELLED])
    if event.cancelled_at is None and kind == Kind.EVENT_CANCELLED:
        raise Invalid(body=SENTENCES[Cause.EVENT_ON_AGAIN])
    return event, outbox.rendered(session, kind, customer, event, booking.seats, now=now)


def _kind(session: Session, message: Message) -> Kind:
    """What was to be said at first, for a text that was sent again already."""
    return Kind(_first(session, message).kind)


def _first(session: Session, message: Message) -> Message:
    while message.again_of_id is not None:
        message = session.get_one(Message, message.again_of_id)
    return message


def _refuse_blocked(session: Session, mobile_number: str) -> None:
    blocked = numbers.why_unreachable(session, mobile_number)
    if blocked:
        raise Invalid(body=f"This number cannot be texted. {blocked.words}")
