"""Series: events that repeat. Each is an event of its own; adding, changing or cancelling them together is one act."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from db.models import Booking, Event
from venue import acts, clock, concurrent_edits
from venue.acts import Act, act
from venue.customers import booking_status
from venue.errors import Invalid, Overbooked
from venue.events import edit, repeats
from venue.events.edit import MovePreview
from venue.events.find import LISTING
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.rows import EventRow


@dataclass(frozen=True)
class Coming:
    """An event and all coming ones of its series, soonest first. `versions` are by event; `booked` is how many bookings
    they have."""

    events: Sequence[EventRow]
    versions: Mapping[UUID, int]
    booked: int


@act(Act.SERIES_ADDED)
def add(
    session: Session, *, starts: Collection[datetime], now: datetime, form_token: str | None = None, **fields: Any
) -> Sequence[Event]:
    """Add an event at each of these starts, with the same fields as `edit.add`: a series. A form token that was used
    before returns the series it added. Raises Invalid with every problem at once."""
    require(session, Permission.EVENTS)
    before = session.scalar(select(Event).where(Event.form_token == form_token)) if form_token else None
    if before is not None:
        return _of(session, before)
    if not 2 <= len(set(starts)) <= repeats.MOST_EVENTS:
        raise Invalid(until=f"Choose 2 to {repeats.MOST_EVENTS} dates")
    same = {**edit.check(**{"short_name": "", **fields}), "series_id": uuid4(), "now": now}
    first_start, *later_starts = sorted(set(starts))
    first = edit.add_checked(session, **same, starts_at=first_start, form_token=form_token)
    if first.series_id != same["series_id"]:
        return _of(session, first)  # Added by another tap at the same moment.
    added = [first, *(edit.add_checked(session, **same, starts_at=start) for start in later_starts)]
    acts.details(session, events=len(added))
    return added


def listed(session: Session, event_id: UUID) -> Sequence[EventRow]:
    """All events of this event's series as rows of `LISTING`, in order, also cancelled ones; empty without a series."""
    event = edit.get(session, event_id)
    if event.series_id is None:
        return []
    order = (Event.starts_at, Event.id)
    return session.execute(LISTING.where(Event.series_id == event.series_id).order_by(*order)).all()


def labels(session: Session) -> Mapping[UUID, str]:
    """What lists call each series, by its id: like "Every Wednesday from 6 January 2027". A series of which only one
    event is left has none."""
    require(session, Permission.READ)
    zone = venue_of(session).zone
    days: dict[UUID, list[date]] = defaultdict(list)
    dates = select(Event.series_id, Event.starts_at).where(Event.series_id.is_not(None)).order_by(Event.starts_at)
    for series_id, starts_at in session.execute(dates):
        if series_id is not None:
            days[series_id].append(clock.today(starts_at, zone))
    return {series_id: f"{repeats.pattern(of)} from {of[0]:%-d %B %Y}" for series_id, of in days.items() if len(of) > 1}


def coming(session: Session, event_id: UUID, *, now: datetime) -> Coming:
    """What "this and all coming ones" are: this event and the later ones of its series that are not over or cancelled.
    Raises NotFound."""
    event = edit.get(session, event_id)
    rows = session.execute(LISTING.where(_coming(session, event, now)).order_by(Event.starts_at, Event.id)).all()
    booked = session.scalar(select(func.count()).where(Booking.event_id.in_([row.id for row in rows]))) or 0
    return Coming(rows, {row.id: row.version for row in rows}, booked)


def preview_move(session: Session, event_id: UUID, *, at: time, now: datetime) -> MovePreview:
    """What moving this event and all coming ones of its series to this local time of day would do: the sums of
    `edit.preview_move`. Raises NotFound."""
    zone = venue_of(session).zone
    moves = [
        edit.preview_move(session, row.id, starts_at=_moved(row.starts_at, at, session), now=now)
        for row in coming(session, event_id, now=now).events
        if row.starts_at.astimezone(zone).time() != at
    ]
    unreachable = dict.fromkeys(name for move in moves for name in move.unreachable)
    return MovePreview(
        sum(move.guests_texted for move in moves),
        list(unreachable),
        sum(move.reminders_replaced for move in moves),
        sum(move.offers_taken_back for move in moves),
    )


@act(Act.SERIES_CHANGED)
def update_coming(
    session: Session,
    event_id: UUID,
    *,
    version: int,
    versions: Mapping[UUID, int],
    now: datetime,
    was: Mapping[str, Any] | None = None,
    at: time | None = None,
    tell_customers: bool = True,
    **fields: Any,
) -> Sequence[Event]:
    """Change the given fields of this event and of all coming ones of its series; `at` is a new local time of day. For
    this event `version` and `was` are as in `edit.update`; `versions` are those of `coming`.

    Nothing is written if one of them cannot be: raises NotFound, Conflict for this event, and Invalid that names the
    dates of others that were changed since, or that have more seats booked than a new capacity.
    """
    require(session, Permission.EVENTS)
    events = _locked(session, event_id, now)
    others = [event for event in events if event.id != event_id]
    _refuse_changed_since(session, others, versions)
    values = edit.check(**fields)
    if at is not None:
        lock(session, events)
    for event in events:
        own = values if at is None else {**values, "starts_at": _moved(event.starts_at, at, session)}
        if own.get("short_name") == "":
            own = {**own, "short_name": edit.short_name_of(own.get("name", event.name))}
        known = {"version": version, "was": was} if event.id == event_id else {"version": event.version}
        changed = concurrent_edits.to_write(event, own, **known)
        _write(session, event, changed, now=now, tell_customers=tell_customers)
    acts.details(session, events=len(events))
    return events


@act(Act.SERIES_CANCELLED)
def cancel_coming(session: Session, event_id: UUID, *, now: datetime, tell_customers: bool = True) -> Sequence[Event]:
    """Cancel this event and all coming ones of its series, each as `edit.cancel` does. Raises NotFound."""
    require(session, Permission.EVENTS)
    events = _locked(session, event_id, now)
    lock(session, events)
    for event in events:
        edit.cancel(session, event.id, now=now, tell_customers=tell_customers)
    acts.details(session, events=len(events))
    return events


def lock(session: Session, events: Sequence[Event]) -> None:
    """Lock these events, in the order of their ids, and then their customers: one event after the other could be a
    deadlock with others."""
    require(session, Permission.EVENTS)
    ids = [event.id for event in events]
    _lock_events(session, Event.id.in_(ids))
    booking_status.lock_customers_of(session, ids)


def _of(session: Session, event: Event) -> Sequence[Event]:
    wanted = Event.id == event.id if event.series_id is None else Event.series_id == event.series_id
    return session.scalars(select(Event).where(wanted).order_by(Event.starts_at, Event.id)).all()


def _coming(session: Session, event: Event, now: datetime) -> ColumnElement[bool]:
    if event.series_id is None:
        return Event.id == event.id
    today = clock.start_of_business_day(now, venue_of(session).zone)
    later = and_(Event.series_id == event.series_id, Event.starts_at >= max(event.starts_at, today))
    return or_(Event.id == event.id, and_(later, Event.cancelled_at.is_(None)))


def _locked(session: Session, event_id: UUID, now: datetime) -> Sequence[Event]:
    """The event and all coming ones of its series, locked, soonest first."""
    locked = _lock_events(session, _coming(session, edit.get(session, event_id), now))
    return sorted(locked, key=lambda event: (event.starts_at, event.id))


def _lock_events(session: Session, which: ColumnElement[bool]) -> Sequence[Event]:
    wanted = select(Event).where(which).order_by(Event.id).with_for_update(key_share=True)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def _moved(starts_at: datetime, at: time, session: Session) -> datetime:
    """The same local day at this time."""
    zone = venue_of(session).zone
    return clock.at_wall_clock(clock.today(starts_at, zone), at, zone)


def _refuse_changed_since(session: Session, events: Sequence[Event], versions: Mapping[UUID, int]) -> None:
    changed = [_day(session, event) for event in events if versions.get(event.id) != event.version]
    if changed:
        days = ", ".join(changed)
        raise Invalid(event_id=f"Someone else changed {days} while you were editing. Open the event again, then save")


def _write(session: Session, event: Event, changed: Mapping[str, Any], *, now: datetime, tell_customers: bool) -> None:
    try:
        edit.write(session, event, changed, now=now, tell_customers=tell_customers)
    except Overbooked as problem:
        raise Invalid(capacity=f"{_day(session, event)}: {problem}. Change that event alone") from problem


def _day(session: Session, event: Event) -> str:
    return clock.format_day(event.starts_at, venue_of(session).zone)
