"""The list and the calendar of 10,000 events, and the page of an event with 20 and with 2,000 bookings.

There are two events a day, as many before today as after it, with 4 bookings each. Two of the coming ones have more
bookings, with two texts each, of which every twentieth was not delivered.

ACCEPTANCE limits the screens (P4: 1.6); reading for them is measured to see where their time goes.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from time import process_time
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid5

from streamlit.testing.v1 import AppTest

from benchmarks import measure, people, venues
from benchmarks.lists import Bare, Rows
from benchmarks.measure import Figures, in_turns
from benchmarks.people import EVENT_NAMES, NOW, TODAY, Seat
from db import booking_totals
from pages.events import month as calendar
from pages.parts import context
from pages.parts.signed_in import SignedIn
from tests import signed_in
from tests.open_screen import open_screen, streamlit_read_once
from venue import bookings, clock, events
from venue.bookings import GuestCounts
from venue.events import EventFilter, When
from venue.events.filtered import FilteredEvents
from venue.page import Page
from venue.profile import Venue
from venue.roles import DESK

CUSTOMERS, MANY, FEW, USUAL = 2_000, 2_000, 20, 4
PAGE, GUESTS_PAGE = 24, 30
CATEGORIES = ("Quiz", "Music", "Food", "Talk", "")
MONTH = TODAY.date().replace(day=1)
SPACE = UUID("7d5b6a52-6d0e-4a0e-8f0e-5f1c2c4f6a11")
FAIR, SMALL_QUIZ = (uuid5(SPACE, name) for name in ("many", "few"))

TEXTS = (
    "id, dedupe_key, direction, kind, state, reason, priority, fence, empty_looks, polls, retries, resends, "
    "erase_when_settled, segments, due_at, sent_at, created_at, updated_at, channel, mobile_number, customer_id, "
    "event_id, booking_id, provider_id"
)
OFFERED = "(SELECT coalesce(sum(w.seats), 0) FROM waitlist_entries w WHERE w.event_id = e.id AND w.state = 'offered')"
WAITING = "(SELECT count(*) FROM waitlist_entries w WHERE w.event_id = e.id AND w.state = 'waiting')"
TAKEN = (
    f"(SELECT coalesce(sum(t.seats), 0) FROM booking_totals t WHERE t.event_id = e.id) + {OFFERED} + e.unnamed_seats"
)
EVENT = (
    "e.id, e.name, e.short_name, e.starts_at, e.capacity, e.category, e.notes, e.cancelled_at, e.series_id, "
    f"e.overbooked_reason, e.unnamed_seats, e.version, {TAKEN}, {OFFERED}, {WAITING}"
)
SOONEST, LATEST = "e.starts_at, e.name, e.id", "e.starts_at DESC, e.id"
GUEST = (
    "b.id, b.customer_id, c.first_name, c.last_name, c.mobile_number, b.seats, b.notes, b.arrived, b.arrived_seats, "
    "b.walked_in, b.late_since, b.late_minutes, b.version"
)
CAME = "coalesce(b.arrived_seats, b.seats)"
COUNTS = (
    "SELECT sum(CASE WHEN seats > 0 THEN 1 ELSE 0 END), sum(CASE WHEN seats = 0 THEN 1 ELSE 0 END), sum(seats), "
    f"sum(CASE WHEN arrived AND seats > 0 THEN {CAME} ELSE 0 END), "
    "sum(CASE WHEN NOT arrived THEN seats ELSE 0 END), "
    "sum(CASE WHEN late_since IS NOT NULL AND arrived IS NULL AND seats > 0 THEN 1 ELSE 0 END), "
    "sum(CASE WHEN walked_in AND seats > 0 THEN 1 ELSE 0 END), "
    f"sum(CASE WHEN NOT arrived THEN seats WHEN arrived AND {CAME} < seats THEN seats - {CAME} ELSE 0 END) "
    "FROM bookings b WHERE b.event_id = :event"
)
NAMED = "c.sort_key LIKE :words"


def filled(kind: str, how_many: int) -> Venue:
    """A new venue with this number of events."""
    venue = venues.empty(kind)
    made = [person for person, _ in people.people(CUSTOMERS)]
    ids = [person.id for person in made]
    venues.put(venue, "customers", venues.CUSTOMER_COLUMNS, map(venues.customer_row, made))
    listed = list(_events(how_many))
    venues.put(venue, "events", f"{venues.EVENT_COLUMNS}, capacity", iter(listed))
    seats = list(_seats([row[0] for row in listed], ids))
    venues.put(venue, "bookings", venues.BOOKING_COLUMNS, map(venues.booking_row, seats))
    texted = [seat for seat in seats if seat.event_id in (FAIR, SMALL_QUIZ)]
    venues.put(venue, "messages", TEXTS, _texts(texted))
    with venue.transaction(DESK) as session:
        booking_totals.tidy(session)
    venues.analyse(venue)
    return venue


def _events(how_many: int) -> Iterator[tuple[Any, ...]]:
    for number in range(how_many):
        day, is_evening = divmod(number - how_many // 2, 2)
        starts_at = TODAY + timedelta(days=day, hours=20 if is_evening else 13)
        special = {how_many // 2 + 6: (FAIR, "Fair"), how_many // 2 + 7: (SMALL_QUIZ, "Small quiz")}
        # A tenth are not of a series.
        usual = f"Party {number}" if number % 10 == 9 else EVENT_NAMES[number % len(EVENT_NAMES)]
        event_id, name = special.get(number, (uuid5(SPACE, str(number)), usual))
        category = CATEGORIES[number % len(CATEGORIES)]
        yield event_id, name, name, starts_at, category, "", 1, NOW, NOW, 1, 5_000


def _seats(event_ids: list[UUID], customer_ids: list[UUID]) -> Iterator[Seat]:
    for place, event_id in enumerate(event_ids):
        guests = {FAIR: MANY, SMALL_QUIZ: FEW}.get(event_id, USUAL)
        for number in range(guests):
            customer_id = customer_ids[(place * USUAL + number) % CUSTOMERS]
            yield Seat(uuid5(event_id, str(number)), customer_id, event_id, number % 5, NOW)


def _texts(seats: list[Seat]) -> Iterator[tuple[Any, ...]]:
    for number, seat in enumerate(seats):
        state = "undelivered" if number % 20 == 0 else "delivered"
        for kind in ("confirmation", "reminder_7_day"):
            key = f"{kind}:{seat.id.hex}:1"
            sent = ("out", kind, state, "", 2, 1, 0, 0, 0, 0, False, 1, NOW, NOW, NOW, NOW, "text")
            about = (f"+447700900{number % 1000:03}", seat.customer_id, seat.event_id, seat.id, key)
            yield uuid5(seat.id, kind), key, *sent, *about


class BareEvents(Bare):
    """The best queries for events and their guests."""

    def events(self, where: str, order: str = SOONEST, *, offset: int = 0, **values: Any) -> tuple[Rows, int]:
        on_page = f"SELECT e.id FROM events e WHERE {where} ORDER BY {order} LIMIT {PAGE} OFFSET {offset}"
        total = f"SELECT count(*) FROM events e WHERE {where}"
        sql = f"SELECT {EVENT}, ({total}) FROM events e WHERE e.id IN ({on_page}) ORDER BY {order}"
        rows = self.rows(sql, **values)
        return rows, int(rows[0][-1])

    def filtered(self, where: str, **values: Any) -> tuple[Rows, int, int]:
        found = f"SELECT e.id, {TAKEN} AS taken FROM events e WHERE {where}"
        ((total, seats),) = self.rows(f"SELECT count(*), sum(taken) FROM ({found}) f", **values)
        rows = self.rows(f"SELECT {EVENT} FROM events e WHERE {where} ORDER BY {SOONEST} LIMIT {PAGE}", **values)
        return rows, total, int(seats)

    def calendar(self, first: date, last: date) -> Rows:
        days = {"first": _midnight(first), "after": _midnight(last + timedelta(days=1))}
        where = "e.starts_at >= :first AND e.starts_at < :after"
        return self.rows(f"SELECT {EVENT} FROM events e WHERE {where} ORDER BY {SOONEST}", **days)

    def choices(self) -> tuple[list[str], int]:
        categories = self.rows("SELECT DISTINCT category FROM events WHERE category <> ''")
        bounds = "SELECT min(starts_at), max(starts_at) FROM events WHERE starts_at >= :today"
        ((first, last),) = self.rows(bounds, today=TODAY)
        (first_year, first_month), (last_year, last_month) = (_month_of(each) for each in (first, last))
        return sorted(row[0] for row in categories), (last_year - first_year) * 12 + last_month - first_month + 1

    def guests(self, event_id: UUID, words: str) -> tuple[Rows, int, tuple[int, ...]]:
        where = f"b.event_id = :event AND {NAMED}" if words else "b.event_id = :event"
        values = {"event": event_id, **({"words": f"%{words}%"} if words else {})}
        source = "bookings b JOIN customers c ON c.id = b.customer_id"
        rows = self.rows(
            f"SELECT {GUEST} FROM {source} WHERE {where} ORDER BY b.seats = 0, c.sort_key, b.id LIMIT {GUESTS_PAGE}",
            **values,
        )
        ((total,),) = self.rows(f"SELECT count(*) FROM {source if words else 'bookings b'} WHERE {where}", **values)
        (numbers,) = self.rows(COUNTS, event=event_id)
        return rows, total, tuple(map(int, numbers))


def _midnight(day: date) -> Any:
    return TODAY + timedelta(days=(day - TODAY.date()).days)


def _month_of(instant: Any) -> tuple[int, int]:
    return int(f"{instant}"[:4]), int(f"{instant}"[5:7])


class Ours:
    """What the screens call."""

    def __init__(self, venue: Venue):
        self.venue = venue

    def upcoming(self, page: int) -> Any:
        with self.venue.reading(DESK) as session:
            return events.upcoming_page(session, now=NOW, page=page, page_size=PAGE)

    def past(self) -> Any:
        with self.venue.reading(DESK) as session:
            return events.past(session, now=NOW, page_size=PAGE)

    def filtered(self, **conditions: Any) -> Any:
        with self.venue.reading(DESK) as session:
            return events.filtered(session, EventFilter(**conditions), when=When.UPCOMING, now=NOW, page_size=PAGE)

    def calendar(self, first: date, last: date) -> Any:
        with self.venue.reading(DESK) as session:
            return events.listed(session, EventFilter(first_day=first, last_day=last), now=NOW)

    def choices(self) -> tuple[list[str], int]:
        with self.venue.reading(DESK) as session:
            months = events.months(session, when=When.UPCOMING, now=NOW)
            return list(events.categories(session)), len(months)

    def guests(self, event_id: UUID, words: str) -> tuple[Page[Any], GuestCounts]:
        with self.venue.reading(DESK) as session:
            page = bookings.page_for_event(session, event_id, words=words, page_size=GUESTS_PAGE)
            return page, bookings.count_for_event(session, event_id)


def lists(venue: Venue, how_many: int) -> list[Figures]:
    """The list of events, its filters, and the calendar of a month."""
    ours, bare = Ours(venue), BareEvents(venue)
    coming = "e.starts_at >= :today"
    turns = partial(in_turns, limit="", said=_events_said)
    first, *_, last = calendar.days_of(MONTH)
    far = how_many // 2 // PAGE
    page, earlier = partial(bare.events, coming, today=TODAY), partial(bare.events, "e.starts_at < :today", LATEST)
    named = partial(bare.filtered, f"{coming} AND lower(e.name) LIKE :words", today=TODAY, words="%quiz%")
    of_category = partial(bare.filtered, f"{coming} AND e.category = :category", today=TODAY, category="Music")
    return [
        turns("first page, with total", partial(ours.upcoming, 1), page),
        turns(f"page {far}", partial(ours.upcoming, far), partial(page, offset=(far - 1) * PAGE)),
        turns("past events", ours.past, partial(earlier, today=TODAY)),
        turns("a category, with its seats", partial(ours.filtered, category="Music"), of_category),
        turns("“quiz”, with its seats", partial(ours.filtered, words="quiz"), named),
        turns("a month as a calendar", partial(ours.calendar, first, last), partial(bare.calendar, first, last)),
        in_turns("the categories and months to choose from", ours.choices, bare.choices, limit=""),
    ]


def _events_said(answer: Any) -> tuple[list[str], tuple[int, ...]]:
    """The ids in order, and the numbers that are said about all."""
    if isinstance(answer, Page):
        rows, numbers = answer.rows, (answer.total,)
    elif isinstance(answer, FilteredEvents):
        rows, numbers = answer.page.rows, (answer.page.total, answer.seats)
    else:
        rows, *numbers = answer if isinstance(answer, tuple) else (answer,)
    return [UUID(str(row[0])).hex for row in rows], tuple(numbers)


def guests(venue: Venue) -> list[Figures]:
    """The guests on the page of an event, and the numbers of all."""
    ours, bare = Ours(venue), BareEvents(venue)
    turns = partial(in_turns, limit="", said=_guests_said)
    wanted = {
        f"{FEW} bookings": (SMALL_QUIZ, ""),
        f"{MANY:,} bookings": (FAIR, ""),
        f"“smi” of {MANY:,}": (FAIR, "smi"),
    }
    return [turns(name, partial(ours.guests, *about), partial(bare.guests, *about)) for name, about in wanted.items()]


def _guests_said(answer: Any) -> tuple[list[str], int, tuple[int, ...]]:
    if len(answer) == 3:
        rows, total, numbers = answer
        return [UUID(str(row[0])).hex for row in rows], total, numbers
    page, counts = answer
    return [row.id.hex for row in page.rows], page.total, tuple(vars(counts).values())


def screens(venue: Venue) -> list[Figures]:
    """Whole runs of screens by AppTest, in processor time: many bookings, against few. On PostgreSQL this is without
    the server's."""
    token, staff = signed_in.sign_in(venue, now=NOW), SignedIn(venue)
    real, ahead = clock.now, NOW - clock.now()
    with (
        streamlit_read_once(),
        patch.object(context, "opened_venue", lambda: venue),
        patch.object(context, "signed_in", lambda: staff),
        patch.object(context, "session_token", lambda: token),
        patch.object(clock, "now", lambda: real() + ahead),
    ):
        turns = partial(in_turns, limit="1.6", said=len, seconds=6, timer=process_time)
        files = {"the page of an event": "events/one.py", "its door list": "events/door_list.py"}
        return [turns(name, _run(file, FAIR), _run(file, SMALL_QUIZ)) for name, file in files.items()]


def _run(file: str, event_id: UUID) -> Callable[[], Any]:
    app: AppTest = open_screen(file, id=event_id)

    def run() -> Any:
        app.run()
        assert app.title
        assert not app.exception
        return app.title

    return run


def main(sizes: list[tuple[str, int]]) -> None:
    for kind, how_many in sizes:
        venue = filled(kind, how_many)
        versions = measure.versions(kind, venues.bare(venue))
        parts = {
            f"Events: {how_many:,} on {kind}": (partial(lists, venue, how_many), "bare"),
            f"Guests of an event on {kind}": (partial(guests, venue), "bare"),
            f"Screens of an event with {MANY:,} bookings on {kind}, processor time": (
                partial(screens, venue),
                f"{FEW} bookings",
            ),
        }
        for heading, (part, beside) in parts.items():
            print(f"\n{heading}", flush=True)
            table = measure.table(part(), beside=beside)
            if how_many >= 10_000:
                measure.save(heading, table, command="python -m benchmarks.events", versions=versions)


SIZES = [("sqlite", 10_000), ("postgresql", 10_000)]
QUICK = [("sqlite", 500), ("postgresql", 500)]

if __name__ == "__main__":
    main(QUICK if "--quick" in sys.argv else SIZES)
