"""The Monday letter: last week and the coming one on one page, to be printed or read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from db.models import Customer, CustomerVisits
from venue import clock
from venue.customers.visit_counts import REGULAR_FROM
from venue.events import EventFilter, filtered
from venue.insight.no_shows import no_shows
from venue.insight.pace import Pace, pace
from venue.insight.period import Period
from venue.insight.seats_by_day import seats_by_day
from venue.insight.texts import texts
from venue.insight.usual import out_of, percent
from venue.messages.states import LOST, State
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.rows import EventRow
from venue.wording import counted, full_name, in_words

# More names than this would not fit on the page.
MOST_NAMES = 25
MOST_EVENTS = 40

_customers, _visits = Customer.__table__.c, CustomerVisits.__table__.c


@dataclass(frozen=True)
class Section:
    """A heading, sentences, and perhaps a table: `rows` are its cells as text, below its `columns`."""

    heading: str
    sentences: Sequence[str]
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Letter:
    title: str
    as_of: str
    sections: Sequence[Section]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def letter(session: Session, *, week: date, now: datetime) -> Letter:
    """The letter of the week in which this day is: about the week before, and what is coming. Days are the venue's.

    Names of guests are only in it for those who may change customers."""
    require(session, Permission.READ)
    monday = monday_of(week)
    last = Period(monday - timedelta(days=7), monday - timedelta(days=1))
    coming = Period(monday, monday + timedelta(days=6))
    return Letter(
        f"{venue_of(session).name}: week of {monday:%-d %B %Y}",
        f"As of {clock.format_instant(now, venue_of(session).zone)}",
        [
            _last_week(session, last, now),
            _coming(session, coming, now),
            _guests(session, last, now),
            _missed(session, last, now),
            _texts(session, last),
        ],
    )


def _last_week(session: Session, last: Period, now: datetime) -> Section:
    found = seats_by_day(session, last, now=now)
    names = {day.day: [row.name for row in _events(session, Period(day.day, day.day), now)] for day in found.days}
    rows = [
        (
            f"{day.day:%a %-d %b}",
            in_words(names[day.day]),
            f"{day.seats:,}",
            "not known" if day.usual is None else f"{day.usual:,}",
        )
        for day in found.days
    ]
    return Section(f"Last week, {last.in_words()}", [found.finding], ("Day", "Events", "Seats", "Usual"), rows)


def _coming(session: Session, coming: Period, now: datetime) -> Section:
    zone = venue_of(session).zone
    rows = []
    for event in _events(session, coming, now):
        taken = f"{event.seats_taken:,}" if event.capacity is None else out_of(event.seats_taken, event.capacity)
        usual = _usual(pace(session, event.id, now=now)) if event.starts_at > now else "begun"
        starts_at = event.starts_at.astimezone(zone)
        rows.append((f"{starts_at:%a %-d %b, %H:%M}", event.name, taken, usual))
    said = [] if rows else ["No events."]
    return Section(f"This week, {coming.in_words()}", said, ("When", "Event", "Seats", "Usually booked by now"), rows)


def _usual(found: Pace) -> str:
    if found.usual_by_now is None:
        return "not known"
    return percent(found.usual_by_now, found.full) if found.full else f"{found.usual_by_now:,}"


def _events(session: Session, period: Period, now: datetime) -> Sequence[EventRow]:
    where = EventFilter(period.first, period.last, not_cancelled=True)
    return filtered(session, where, page_size=MOST_EVENTS, now=now).page.rows


def _guests(session: Session, last: Period, now: datetime) -> Section:
    """Who came for the first time, and the regulars who count as gone quiet since last week."""
    first = and_(_visits.first_day >= last.first, _visits.first_day <= last.last)
    today = clock.start_of_business_day(now, venue_of(session).zone)
    quiet = and_(
        _visits.quiet_from >= last.first,
        _visits.quiet_from <= last.last,
        _visits.visits >= REGULAR_FROM,
        or_(_customers.active_until.is_(None), _customers.active_until < today),
    )
    return Section(
        "Guests",
        [
            _named(session, first, "first-timer", "first-timers"),
            _named(session, quiet, "regular gone quiet", "regulars gone quiet"),
        ],
    )


def _named(session: Session, which: ColumnElement[bool], one: str, several: str) -> str:
    """How many they are and, for those who may see it, who."""
    joined = Customer.__table__.join(CustomerVisits.__table__, _visits.customer_id == _customers.id)
    number = session.scalar(select(func.count()).select_from(joined).where(which)) or 0
    said = counted(number, one, several)
    if not number or not require(session, Permission.READ).may(Permission.CUSTOMERS):
        return f"{said}."
    query = select(_customers.first_name, _customers.last_name).select_from(joined).where(which)
    rows = session.execute(query.order_by(_customers.sort_key, _customers.id).limit(MOST_NAMES)).all()
    names = [full_name(row) for row in rows]
    more = [f"{number - len(names):,} more"] if number > len(names) else []
    return f"{said}: {in_words([*names, *more])}."


def _missed(session: Session, last: Period, now: datetime) -> Section:
    found = no_shows(session, last, now=now)
    rows = [
        (event.name, out_of(event.no_shows, event.marked) if event.marked else "no marks", f"{event.cancelled_late:,}")
        for event in found.events
    ]
    return Section("No-shows", [found.finding], ("Event", "No-shows", "Cancelled late") if rows else (), rows)


def _texts(session: Session, last: Period) -> Section:
    found = texts(session, last)
    lost = sum(each.by_state.get(state, 0) for each in found.counts for state in (*LOST, State.UNSURE))
    called = f" {counted(lost, 'text')} may need a call." if lost else ""
    return Section("Texts", [f"{found.finding}{called}"])


def as_text(written: Letter) -> str:
    """The letter for a terminal."""
    lines = [written.title, written.as_of]
    for section in written.sections:
        lines += ["", section.heading, *section.sentences]
        if section.rows:
            table = [section.columns, *section.rows]
            widths = [max(len(row[place]) for row in table) for place in range(len(section.columns))]
            lines += [_line(row, widths) for row in table]
    return "\n".join(lines) + "\n"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
