"""Preview a template that is being edited: for a real upcoming booking, and with the longest names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event
from sms import segments, texts
from sms.texts import Kind
from venue import reminders
from venue.errors import Invalid, NotFound
from venue.messages import outbox, planning
from venue.messages.rows import PreviewRow
from venue.profile import venue_of
from venue.roles import Permission, require

EXAMPLES = 25
# How long after the example of an offer its answer is due.
EXAMPLE_OF_ANSWER = timedelta(hours=2)


@dataclass(frozen=True)
class Preview:
    """A rendered text and its length."""

    words: str
    length: segments.Count


def problems(session: Session, body: str, *, kind: Kind) -> list[str]:
    """The errors that must be fixed before this template can be saved, as sentences."""
    venue, variables = venue_of(session), texts.variables_of(kind)
    straight = segments.straighten(body).strip()
    return texts.check(straight, variables=variables, venue_name=venue.name, venue_phone=venue.phone)


def examples(session: Session, *, now: datetime) -> Sequence[PreviewRow]:
    """Bookings of the next events, to preview a template for."""
    require(session, Permission.READ)
    return session.execute(
        select(
            Booking.id,
            Customer.first_name,
            Customer.last_name,
            Event.name.label("event_name"),
            Event.starts_at.label("event_starts_at"),
        )
        .join(Customer, Customer.id == Booking.customer_id)
        .join(Event, Event.id == Booking.event_id)
        .where(Event.starts_at > now, Event.cancelled_at.is_(None))
        .order_by(Event.starts_at, Customer.sort_key, Booking.id)
        .limit(EXAMPLES)
    ).all()


def on_booking(session: Session, kind: Kind, *, body: str, booking_id: UUID, now: datetime) -> Preview:
    """The text that this booking's customer would get: a reminder as of when it is due, anything else as of now.

    Raises Invalid(body=…) for a template with an error, and NotFound.
    """
    require(session, Permission.READ)
    booking = session.get(Booking, booking_id)
    if booking is None:
        raise NotFound("This booking no longer exists.")
    customer, event = session.get_one(Customer, booking.customer_id), session.get_one(Event, booking.event_id)
    at = now
    if kind in reminders.KINDS:
        at = max(now, planning.due_in(venue_of(session), kind, event.starts_at))
    body, venue = _checked(session, kind, body), venue_of(session)
    facts = outbox.facts_of(session, customer, event, booking.seats)
    if kind is Kind.WAITLIST_OFFER:
        facts = replace(facts, seats=max(1, booking.seats), answer_by=at + EXAMPLE_OF_ANSWER)
    if kind is Kind.OFFER_WITHDRAWN:
        facts = replace(facts, seats=max(1, booking.seats), reason=texts.SEATS_ARE_GONE)
    return _preview(outbox.render_template(venue, kind, body, facts, now=at))


def longest(session: Session, kind: Kind, *, body: str) -> Preview:
    """The text with the longest possible names of customer and event. Raises Invalid(body=…)."""
    require(session, Permission.READ)
    venue = venue_of(session)
    facts = texts.Facts(**{**texts.LONGEST.__dict__, "venue_name": venue.name, "venue_phone": venue.phone})
    long_before = facts.event_starts_at - timedelta(days=330)
    return _preview(texts.render_longest(_checked(session, kind, body), facts, now=long_before, zone=venue.zone))


def _checked(session: Session, kind: Kind, body: str) -> str:
    wrong = problems(session, body, kind=kind)
    if wrong:
        raise Invalid(body=" ".join(wrong))
    return segments.straighten(body).strip()


def _preview(words: str) -> Preview:
    return Preview(words, segments.count(words))
