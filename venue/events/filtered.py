"""The list of events by name, days or category."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.models import Event
from db.search import fold
from db.types import AnySelect
from venue import clock
from venue.customers.names import match
from venue.events.find import SEATS_TAKEN_OF_EVENT, When, every
from venue.filters import Filter, condition, read_yes
from venue.page import Page, nearest_page, offset_of
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.rows import EventRow

_event = Event.__table__.c


# Of one month there are never more.
MOST_LISTED = 1_000


@dataclass(frozen=True)
class EventFilter(Filter):
    """Matches events that meet all conditions that are set. Days are in the venue's zone, both included. Events
    `with_capacity` have a limit of seats. `words` are parts of the name, in any order."""

    first_day: date | None = condition("from", clock.read_day)
    last_day: date | None = condition("until", clock.read_day)
    category: str = condition("category", str, default="")
    without_category: bool = condition("uncategorised", read_yes, default=False)
    with_capacity: bool = condition("with_capacity", read_yes, default=False)
    not_cancelled: bool = condition("not_cancelled", read_yes, default=False)
    words: str = condition("event_name", str.strip, default="")


@dataclass(frozen=True)
class FilteredEvents:
    """A page of the events that match, the first ones first, and the `seats` taken at all of them."""

    page: Page[EventRow]
    seats: int


def filtered(
    session: Session, where: EventFilter, *, when: When | None = None, now: datetime, page: int = 1, page_size: int = 50
) -> FilteredEvents:
    """The events that match, or those of them that are upcoming, or past, in the order of their list. A page number
    that is too high returns the last page."""
    require(session, Permission.READ)
    query = matching(session, where, when=when, now=now)
    each = query.with_only_columns(SEATS_TAKEN_OF_EVENT.label("seats")).order_by(None).subquery()
    total, seats = session.execute(
        select(func.count(), func.coalesce(func.sum(each.c.seats), 0)).select_from(each)
    ).one()
    page = nearest_page(page, total, page_size)
    rows = session.execute(query.limit(page_size).offset(offset_of(page, page_size))).all()
    return FilteredEvents(Page(rows, total, page, page_size), seats)


def matching(session: Session, where: EventFilter, *, when: When | None = None, now: datetime) -> AnySelect:
    """A query for the events that match, or for the upcoming or past ones of them, in the order of their list."""
    require(session, Permission.READ)
    return every(session, when=when, now=now).where(*_conditions(session, where))


def listed(session: Session, where: EventFilter, *, now: datetime) -> Sequence[EventRow]:
    """The first thousand events that match, the first ones first."""
    require(session, Permission.READ)
    return session.execute(matching(session, where, now=now).limit(MOST_LISTED)).all()


def categories(session: Session) -> Sequence[str]:
    """The categories that events have, in the order of the alphabet."""
    require(session, Permission.READ)
    used = session.scalars(select(_event.category).where(_event.category != "").distinct())
    return sorted(used, key=fold)


def months(session: Session, *, when: When, now: datetime) -> Sequence[date]:
    """The first days of the months, in the venue's zone, from the first to the last of the upcoming or past events, in
    the order of their list."""
    require(session, Permission.READ)
    zone = venue_of(session).zone
    among = every(session, when=when, now=now).with_only_columns(_event.starts_at).order_by(None).subquery()
    first, last = session.execute(select(func.min(among.c.starts_at), func.max(among.c.starts_at))).one()
    if first is None:
        return []
    begins, ends = (clock.today(instant, zone).replace(day=1) for instant in (first, last))
    found = [begins]
    while found[-1] < ends:
        found.append((found[-1] + timedelta(days=31)).replace(day=1))
    return found if when is When.UPCOMING else found[::-1]


def _conditions(session: Session, where: EventFilter) -> list[ColumnElement[bool]]:
    zone = venue_of(session).zone
    found: list[ColumnElement[bool]] = []
    if where.first_day:
        found.append(_event.starts_at >= clock.start_of(where.first_day, zone))
    if where.last_day:
        found.append(_event.starts_at < clock.day_bounds(where.last_day, zone)[1])
    if where.category:
        found.append(_event.category == where.category)
    if where.without_category:
        found.append(_event.category == "")
    if where.with_capacity:
        found.append(_event.capacity.is_not(None))
    if where.not_cancelled:
        found.append(_event.cancelled_at.is_(None))
    if where.words:
        found.append(_event.name.in_(_names(session, where.words)))
    return found


def _names(session: Session, words: str) -> list[str]:
    """The names that match, compared here as those of customers are. The events of a series share theirs."""
    return [name for name in session.scalars(select(_event.name).distinct()) if match(name, words)]
