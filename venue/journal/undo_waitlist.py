"""Undo what an act did on a waitlist: joining, leaving, an answer, an offer taken back."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import WaitlistEntry
from venue import acts
from venue.acts import Act
from venue.errors import NotFound
from venue.journal import entries
from venue.journal.entries import EntryRow, Value
from venue.roles import Permission, require
from venue.waitlist import undo
from venue.waitlist.states import State
from venue.wording import ERASED

KINDS = frozenset({Act.WAITLIST_JOINED, Act.WAITLIST_LEFT, Act.WAITLIST_ANSWERED, Act.WAITLIST_WITHDRAWN})
# In the details of an undo: it was of one of these.
WAITLIST = "waitlist"
# A customer and an event.
Place = tuple[UUID, UUID]


def is_one(entry: EntryRow) -> bool:
    """Whether the entry is such an act, or undid one."""
    return entry.act in KINDS or WAITLIST in entry.details


def look(session: Session, entry: EntryRow, *, now: datetime) -> tuple[list[str], list[str]]:
    """What undoing the entry would do, and what it would leave, as sentences."""
    require(session, Permission.READ)
    return _each(session, entry, lambda done: undo.look(session, done, now=now))


def carry_out(session: Session, entry: EntryRow, *, now: datetime) -> tuple[list[str], list[str]]:
    """Undo the entry, in the act in progress. Returns what `look` does."""
    require(session, Permission.BOOKINGS)
    acts.details(session, **{WAITLIST: True})
    return _each(session, entry, lambda done: undo.carry_out(session, done, now=now))


def look_at_places(
    session: Session, entry: EntryRow, *, booked: Collection[Place] = (), now: datetime
) -> tuple[list[str], list[str]]:
    """As `look`, for an act on bookings that took parties off the list, and is undone by the rules of bookings.
    `booked` are the customers and events whose bookings stay."""
    require(session, Permission.READ)
    only = partial(_was_booked, besides=booked)
    return _each(session, entry, lambda done: undo.look_at_place(session, done, now=now), only=only)


def give_places_back(
    session: Session, entry: EntryRow, *, booked: Collection[Place] = (), now: datetime
) -> tuple[list[str], list[str]]:
    """What `look_at_places` says, in the act in progress, once the bookings are undone."""
    require(session, Permission.BOOKINGS)
    only = partial(_was_booked, besides=booked)
    return _each(session, entry, lambda done: undo.give_place_back(session, done, now=now), only=only)


def _was_booked(value: Value, *, besides: Collection[Place]) -> bool:
    return (value.after or {}).get("state") == State.BOOKED and (value.customer_id, value.event_id) not in besides


def _each(
    session: Session,
    entry: EntryRow,
    undone: Callable[[undo.Done], undo.Plan],
    *,
    only: Callable[[Value], bool] | None = None,
) -> tuple[list[str], list[str]]:
    """Undo each party of the entry, with its booking; or `only` some, whose bookings are undone by other rules."""
    parties = entries.values_of(session, entry.id, tables=[WaitlistEntry.__tablename__])
    booked = entries.values_of(session, entry.id, tables=["bookings"]) if only is None else []
    restores, leaves = [], []
    for value in parties:
        if only is not None and not only(value):
            continue
        name = _name(entry, value)
        done = _done(entry, value, booked)
        if done is None:
            leaves.append(f"{name}: the old values were erased")
            continue
        try:
            plan = undone(done)
        except NotFound as problem:
            plan = undo.Plan(why_not=str(problem))
        restores += [f"{name}: {plan.words}"] if plan.words else []
        leaves += [f"{name}: {plan.why_not}"] if plan.why_not else []
    return restores, leaves


def _done(entry: EntryRow, value: Value, booked: Sequence[Value]) -> undo.Done | None:
    if value.is_erased or value.after is None:
        return None
    booking = next((each for each in booked if not each.is_erased), None)
    return undo.Done(
        UUID(value.row_id),
        entry.at,
        value.before,
        value.after,
        booking_id=UUID(booking.row_id) if booking else None,
        booked=booking.before if booking else None,
        booked_as=booking.after if booking else None,
    )


def _name(entry: EntryRow, value: Value) -> str:
    customer = entry.customers.get(value.customer_id, "") if value.customer_id else ""
    event = entry.events.get(value.event_id, "") if value.event_id else ""
    return " at ".join(filter(None, [customer, event])) or ERASED
