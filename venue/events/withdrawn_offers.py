"""The news that an offer of the waitlist is off, for guests who hold a text that asks them to answer it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum, auto
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from db.models import Customer, Event, Message, WaitlistEntry
from db.types import AnyRow
from db.writes import insert_once
from sms import texts
from sms.texts import Facts, Kind
from venue import acts
from venue.messages import numbers, outbox, templates
from venue.messages.new_message import NewMessage
from venue.messages.states import NOT_YET_GONE, WENT
from venue.profile import venue_of
from venue.roles import Permission, require


class Why(StrEnum):
    """Why offers are off."""

    WITHDRAWN = auto()
    EVENT_MOVED = auto()
    EVENT_CANCELLED = auto()


def holders(session: Session, event_id: UUID, *, entry_id: UUID | None = None) -> Sequence[AnyRow]:
    """The customers with an open offer whose text went, or may have, each with the seats that they were offered. Those
    whose offer is off already, but who were not told yet, are among them. `entry_id` is for one of them."""
    require(session, Permission.READ)
    entry, offer, news = WaitlistEntry, aliased(Message), aliased(Message)
    went = exists().where(
        offer.kind == Kind.WAITLIST_OFFER.value,
        *(offer.event_id == entry.event_id, offer.customer_id == entry.customer_id),
        # Each offer has the instant of its text.
        offer.created_at == entry.offered_at,
        offer.state.in_(WENT),
    )
    not_told = exists().where(
        news.kind == Kind.OFFER_WITHDRAWN.value,
        *(news.event_id == entry.event_id, news.customer_id == entry.customer_id),
        news.state.in_(NOT_YET_GONE),
    )
    open_offer = entry.state == "offered"
    return session.execute(
        select(entry.id, entry.version, entry.seats, *_OF_CUSTOMER)
        .join(Customer, Customer.id == entry.customer_id)
        .where(
            entry.event_id == event_id,
            went,
            or_(open_offer, and_(entry.state == "waiting", not_told)),
            *(() if entry_id is None else (entry.id == entry_id,)),
        )
        .order_by(entry.joined_at, entry.id)
    ).all()


_OF_CUSTOMER = (Customer.id.label("customer_id"), Customer.first_name, Customer.last_name, Customer.mobile_number)


def tell(session: Session, event: Event, those: Sequence[AnyRow], why: Why, *, now: datetime) -> None:
    """Queue the text for those `holders`. The event must be locked."""
    require(session, Permission.BOOKINGS, Permission.EVENTS)
    for row in those:
        blocked = numbers.why_unreachable(session, row.mobile_number)
        message = NewMessage(
            kind=Kind.OFFER_WITHDRAWN,
            dedupe_key=f"{Kind.OFFER_WITHDRAWN}:{row.id.hex}:{row.version}:{event.version}",
            customer_id=row.customer_id,
            event_id=event.id,
            mobile_number=row.mobile_number,
            due_at=now,
            useful_until=event.starts_at,
            now=now,
            body=words(session, event, row, why, now=now),
            skipped=blocked,
        )
        queued = insert_once(session, Message, [message.columns()])
        acts.count(session, notified=0 if blocked else queued)


def words(session: Session, event: Event, row: AnyRow, why: Why, *, now: datetime) -> str:
    """The text for one of the `holders`."""
    require(session, Permission.READ)
    venue = venue_of(session)
    facts = Facts(
        first_name=row.first_name,
        last_name=row.last_name,
        event_name=event.short_name or event.name,
        event_starts_at=event.starts_at,
        seats=row.seats,
        venue_name=venue.name,
        venue_phone=venue.phone,
        reason=_reason(session, event, why, now=now),
    )
    template = templates.body_of(session, Kind.OFFER_WITHDRAWN)
    return outbox.render_template(venue, Kind.OFFER_WITHDRAWN, template, facts, now=now)


def _reason(session: Session, event: Event, why: Why, *, now: datetime) -> str:
    zone = venue_of(session).zone
    if why is Why.EVENT_CANCELLED:
        return "it is cancelled"
    if why is Why.EVENT_MOVED:
        day = texts.event_day(event.starts_at, now=now, zone=zone, by_date=True)
        return f"it is now {day} at {texts.event_time(event.starts_at, zone=zone)}. {texts.STAYS}"
    return texts.SEATS_ARE_GONE
