"""Texts by what became of them, and what they cost, by month and kind."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from db.models import TextTotal
from db.types import AnyRow
from sms.texts import Kind
from venue import clock
from venue.insight.period import Period
from venue.insight.usual import percent
from venue.messages.states import LOST, State
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.wording import counted

# The states that are counted (db/text_totals.py), in the order in which they are shown.
OUTCOMES = (State.DELIVERED, State.SENT, State.UNDELIVERED, State.FAILED, State.UNSURE, State.SKIPPED)

_totals = TextTotal.__table__.c


@dataclass(frozen=True)
class TextCount:
    """The texts of a kind in the days of a month within the period, by their state. `segments` are those that Twilio
    took and charges for; `cost` is their price in words, empty if the price of a segment is not set."""

    first: date
    last: date
    kind: Kind
    by_state: Mapping[State, int]
    segments: int
    cost: str

    @property
    def total(self) -> int:
        return sum(self.by_state.values())


@dataclass(frozen=True)
class Texts:
    """By month, and the kinds of a month by how many there are. `finding` says the result in a sentence or two."""

    period: Period
    counts: Sequence[TextCount]
    finding: str


def texts(session: Session, period: Period) -> Texts:
    """The texts that were sent, or never will be, on the days of the period in the venue's zone. Those that are still
    to be sent, replies and e-mails do not count."""
    require(session, Permission.READ)
    zone = venue_of(session).zone
    months = _months(period)
    first, end = period.bounds(zone)
    # The number of the month: each begins at another time in UTC.
    ends = [clock.day_bounds(last, zone)[1] for _, last in months]
    month = case(*((_totals.quarter < end, number) for number, end in enumerate(ends)))
    sums = [func.sum(_totals.texts).label("texts"), func.sum(_totals.segments).label("segments")]
    query = (
        select(month.label("month"), _totals.kind, _totals.state, *sums)
        .where(_totals.quarter >= first, _totals.quarter < end)
        .group_by("month", _totals.kind, _totals.state)
        .having(func.sum(_totals.texts) > 0)
    )
    found: dict[tuple[int, str], list[AnyRow]] = defaultdict(list)
    for row in session.execute(query):
        found[row.month, row.kind].append(row)
    counts = [_count(session, *months[number], kind, rows) for (number, kind), rows in found.items()]
    counts.sort(key=lambda each: (each.first, -each.total, each.kind))
    return Texts(period, counts, _finding(session, period, counts))


def _months(period: Period) -> Sequence[tuple[date, date]]:
    """The first and last day of each month within the period."""
    months = []
    first = period.first
    while first <= period.last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        months.append((first, min(following - timedelta(days=1), period.last)))
        first = following
    return months


def _count(session: Session, first: date, last: date, kind: str, rows: Sequence[AnyRow]) -> TextCount:
    by_state = {State(row.state): row.texts for row in rows}
    segments = sum(row.segments for row in rows)
    ordered = {state: by_state[state] for state in OUTCOMES if state in by_state}
    return TextCount(first, last, Kind(kind), ordered, segments, cost=_cost(session, segments))


def _cost(session: Session, segments: int) -> str:
    price = venue_of(session).bulk_texts.price
    return price.of(segments) if price else ""


def _finding(session: Session, period: Period, counts: Sequence[TextCount]) -> str:
    if not counts:
        return f"No texts from {period.in_words()}."
    totals = {state: sum(each.by_state.get(state, 0) for each in counts) for state in OUTCOMES}
    total, segments = sum(totals.values()), sum(each.segments for each in counts)
    delivered = percent(totals[State.DELIVERED], total) or f"{totals[State.DELIVERED]:,}"
    said = [f"{delivered} delivered"]
    said += [f"{lost:,} not delivered"] if (lost := sum(totals[state] for state in LOST)) else []
    said += [f"{totals[State.UNSURE]:,} unknown"] if totals[State.UNSURE] else []
    said += [f"{totals[State.SKIPPED]:,} skipped"] if totals[State.SKIPPED] else []
    cost, sent = _cost(session, segments), counted(segments, "SMS", "SMS")
    paid = f"{sent} cost {cost}." if cost else f"{sent} sent."
    return f"{counted(total, 'text')}: {', '.join(said)}. {paid}"
