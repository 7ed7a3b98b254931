"""Waitlists as screens show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.models import Customer, Event, WaitlistEntry
from db.types import AnyRow
from venue import events, masking
from venue.errors import NotFound
from venue.roles import Permission, require
from venue.waitlist.states import GONE, OPEN, TO_CALL, PassedOver, State, words
from venue.wording import join_names

POLICY = (
    "Freed seats are offered to the first party that fits, in the order they joined. "
    "Larger parties that do not fit keep their place."
)


@dataclass(frozen=True)
class WaitingParty:
    """A party that waits, or has an offer until `answer_by` (UTC). `why` says, for staff, why it waits; `fits`, whether
    its seats are free for it."""

    id: UUID
    event_id: UUID
    event_name: str
    starts_at: datetime
    customer_id: UUID
    first_name: str
    last_name: str
    mobile_number: str
    seats: int
    notes: str
    state: str
    cause: str | None
    why: str
    joined_at: datetime
    answer_by: datetime | None
    fits: bool

    @property
    def name(self) -> str:
        """First and last name of the customer."""
        return join_names(self.first_name, self.last_name)

    @property
    def is_offered(self) -> bool:
        return self.state == State.OFFERED

    @property
    def needs_call(self) -> bool:
        """Whether they get no offer by text, so that staff should call them."""
        return self.state == State.WAITING and self.cause in TO_CALL


@dataclass(frozen=True)
class OpenOffers:
    """An event with offers to its waitlist that have no answer yet, and how many."""

    event_id: UUID
    event_name: str
    starts_at: datetime
    offers: int


def open_offers(session: Session) -> Sequence[OpenOffers]:
    """The events with open offers, soonest first."""
    require(session, Permission.READ)
    about = (Event.id, Event.name, Event.starts_at)
    query = select(*about, func.count()).join(WaitlistEntry, WaitlistEntry.event_id == Event.id)
    query = query.where(WaitlistEntry.state == State.OFFERED.value).group_by(*about)
    return [OpenOffers(*row) for row in session.execute(query.order_by(Event.starts_at, Event.id))]


def listed(session: Session, event_id: UUID) -> Sequence[WaitingParty]:
    """The parties on an event's waitlist, in the order in which they joined."""
    require(session, Permission.READ)
    return _parties(session, WaitlistEntry.event_id == event_id)


def get(session: Session, entry_id: UUID) -> WaitingParty:
    """One party that waits or has an offer. Raises NotFound."""
    require(session, Permission.READ)
    found = _parties(session, WaitlistEntry.id == entry_id)
    if not found:
        raise NotFound(GONE)
    return found[0]


def for_customer(session: Session, customer_id: UUID, *, now: datetime) -> Sequence[WaitingParty]:
    """The waitlists of upcoming events that a customer is on, soonest first."""
    require(session, Permission.READ)
    parties = _parties(session, WaitlistEntry.customer_id == customer_id, Event.starts_at > now)
    return sorted(parties, key=lambda party: (party.starts_at, party.joined_at))


def to_call(session: Session, *, now: datetime) -> Sequence[WaitingParty]:
    """The parties that get no text though their seats are free, so that staff call them: of the soonest events first,
    in the order in which they joined."""
    require(session, Permission.READ)
    no_text = WaitlistEntry.cause.in_([*TO_CALL, PassedOver.TOO_CLOSE])
    upcoming = Event.starts_at > now, Event.cancelled_at.is_(None)
    parties = _parties(session, WaitlistEntry.state == State.WAITING.value, no_text, *upcoming)
    return sorted((party for party in parties if party.fits), key=lambda party: (party.starts_at, party.joined_at))


def next_for(session: Session, event_id: UUID, seats: int) -> WaitingParty | None:
    """The party that would get the offer if this number of seats were free, or None."""
    require(session, Permission.READ)
    return first_that_fits(listed(session, event_id), seats)


def first_that_fits(parties: Sequence[WaitingParty], seats: int) -> WaitingParty | None:
    """Of parties in the order they joined, the first that waits for at most these seats and can be texted."""
    fits = (party for party in parties if not party.is_offered and not party.needs_call and party.seats <= seats)
    return next(fits, None)


def _parties(session: Session, *which: ColumnElement[bool]) -> list[WaitingParty]:
    full = masking.sees_numbers(session)
    entry, customer = WaitlistEntry, Customer.__table__.c
    rows = session.execute(
        select(
            *(entry.id, entry.event_id, Event.name.label("event_name"), Event.starts_at, Event.capacity),
            *(entry.customer_id, customer.first_name, customer.last_name),
            masking.number(customer.mobile_number, full=full),
            masking.free_text(WaitlistEntry.__table__.c.notes, full=full),
            *(entry.seats, entry.state, entry.cause, entry.joined_at, entry.answer_by),
        )
        .join(Event, Event.id == entry.event_id)
        .join(Customer.__table__, customer.id == entry.customer_id)
        .where(entry.state.in_(OPEN), *which)
        .order_by(entry.joined_at, entry.id)
    ).all()
    taken = {event_id: events.seats_taken(session, event_id) for event_id in {row.event_id for row in rows}}
    return [_party(row, taken[row.event_id]) for row in rows]


def _party(row: AnyRow, taken: int) -> WaitingParty:
    values = row._asdict()
    capacity = values.pop("capacity")
    # An event whose limit was removed has room for all.
    free = row.seats if capacity is None else max(0, capacity - taken)
    is_offered = row.state == State.OFFERED
    why = "" if is_offered else words(row.cause, seats=row.seats, free=free)
    return WaitingParty(**values, why=why, fits=is_offered or row.seats <= free)
