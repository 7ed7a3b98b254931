"""How many of those who came for the first time came again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import CustomerVisits
from db.types import AnyRow
from venue import clock
from venue.customers.attendance import AGAIN_WITHIN
from venue.insight.period import Period
from venue.insight.usual import out_of
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.wording import counted

_visits = CustomerVisits.__table__.c


@dataclass(frozen=True)
class Month:
    """The days of a month within the period, in the venue's zone: how many customers first came on them, and how many
    of these `came_again` within 60 days. It `is_over` when those days are over for all of them."""

    first: date
    last: date
    first_timers: int
    came_again: int
    is_over: bool


@dataclass(frozen=True)
class Returning:
    """`finding` says the result in a sentence or two."""

    period: Period
    months: Sequence[Month]
    finding: str


def returning(session: Session, period: Period, *, now: datetime) -> Returning:
    """Who came for the first time in the period, by month, and came again. Visits are those that are stored for each
    customer (venue/customers/visit_counts.py)."""
    require(session, Permission.READ)
    today = clock.today(now, venue_of(session).zone)
    again = func.count().filter(_visits.returned_after <= AGAIN_WITHIN)
    query = select(_visits.first_day, func.count().label("first_timers"), again.label("came_again"))
    query = query.where(_visits.first_day >= period.first, _visits.first_day <= period.last)
    rows = session.execute(query.group_by(_visits.first_day).order_by(_visits.first_day)).all()
    by_month: dict[tuple[int, int], list[AnyRow]] = defaultdict(list)
    for row in rows:
        by_month[row.first_day.year, row.first_day.month].append(row)
    months = [_month(listed, period, today) for listed in by_month.values()]
    return Returning(period, months, _finding(period, rows, today))


def _month(rows: Sequence[AnyRow], period: Period, today: date) -> Month:
    first = rows[0].first_day.replace(day=1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    return Month(
        max(first, period.first),
        min(next_month - timedelta(days=1), period.last),
        first_timers=sum(row.first_timers for row in rows),
        came_again=sum(row.came_again for row in rows),
        is_over=_is_over(rows[-1].first_day, today),
    )


def _is_over(day: date, today: date) -> bool:
    """Whether who first came on this day has had all of the time to come again."""
    return day + timedelta(days=AGAIN_WITHIN) < today


def _finding(period: Period, rows: Sequence[AnyRow], today: date) -> str:
    if not rows:
        return f"No one came for the first time from {period.in_words()}."
    over = [row for row in rows if _is_over(row.first_day, today)]
    rest = [row for row in rows if not _is_over(row.first_day, today)]
    sentences = []
    if over:
        first_timers, again = (sum(getattr(row, name) for row in over) for name in ("first_timers", "came_again"))
        sentences.append(f"{out_of(again, first_timers)} who came for the first time came again within 60 days.")
    if rest:
        first_timers, again = (sum(getattr(row, name) for row in rest) for name in ("first_timers", "came_again"))
        who = counted(first_timers, "first-timer")
        sentences.append(f"{who} came less than 60 days ago: {again:,} of them came again so far.")
    return " ".join(sentences)
