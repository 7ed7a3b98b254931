"""When the imported bookings were made, and who of their guests came: as if staff had marked them at the door."""

from datetime import datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event
from db.types import AnyRow
from db.writes import update_each
from venue import clock
from venue.profile import venue_of

# Out of a hundred: events whose guests were marked, guests who came, and those of them who came with fewer.
MARKED, CAME, CAME_WITH_FEWER = 88, 92, 6
MEAN_DAYS_BEFORE, MOST_DAYS_BEFORE = 9, 55


def write(session: Session, random: Random, *, made_by: datetime, now: datetime) -> None:
    """Spread the bookings over the days before their events, all before `made_by`, and mark the guests of events that
    are over. The journal says nothing of it: it is as if it had been so when they were imported."""
    update_each(session, Booking, _made(session, random, made_by))
    update_each(session, Booking, _marked(session, random, now))


def _made(session: Session, random: Random, now: datetime) -> list[dict[str, Any]]:
    return [
        {"id": row.id, "created_at": made, "updated_at": made}
        for row in _bookings(session)
        if (made := _made_at(row, random, now))
    ]


def _made_at(row: AnyRow, random: Random, now: datetime) -> datetime:
    days = min(random.expovariate(1 / MEAN_DAYS_BEFORE), MOST_DAYS_BEFORE)
    before: datetime = min(row.starts_at - timedelta(hours=4), now)
    return (before - timedelta(days=days)).replace(second=random.randrange(60), microsecond=0)


def _marked(session: Session, random: Random, now: datetime) -> list[dict[str, Any]]:
    today = clock.start_of_today(now, venue_of(session).zone)
    over = [row for row in _bookings(session) if row.starts_at < today]
    rows = []
    for _, guests in groupby(over, key=lambda row: row.event_id):
        if random.randrange(100) < MARKED:
            rows += [_mark(row, random) for row in guests if row.seats]
    return rows


def _mark(row: AnyRow, random: Random) -> dict[str, Any]:
    came = random.randrange(100) < CAME
    fewer = came and row.seats > 1 and random.randrange(100) < CAME_WITH_FEWER
    at = row.starts_at + timedelta(minutes=random.randrange(-25, 40))
    return {
        "id": row.id,
        "arrived": came,
        "arrived_at": at if came else None,
        "arrived_seats": row.seats - fewer if came else None,
    }


def _bookings(session: Session) -> list[AnyRow]:
    """All bookings with the start of their event, in the same order each time."""
    query = select(Booking.id, Booking.event_id, Booking.seats, Event.starts_at)
    query = query.join_from(Booking, Event).join(Customer)
    return list(session.execute(query.order_by(Event.starts_at, Event.name, Customer.mobile_number, Customer.sort_key)))
