"""The year before the sample's files: its events and bookings, as files to import, too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from cli.sample.files import CATEGORIES, NAMED_DAYS
from db.types import AnyRow

WEEKS = 44
# The name, its day of the week, every how many weeks it is held from which one on, its time and capacity.
PROGRAMME = (
    ("Quiz Night", 2, 1, 0, "20:00", 60),
    ("Open Mic", 3, 2, 0, "20:00", None),
    ("Sunday Jazz Lunch", 6, 2, 1, "12:30", 40),
    ("Cash Bingo", 2, 4, 0, "18:30", 50),
    ("Drag Cabaret Night", 4, 4, 1, "19:00", 50),
    ("Karaoke", 5, 4, 2, "21:30", None),
    ("Gin & Rum Tasting", 4, 6, 3, "19:30", 24),
)
SPECIAL = {
    "Halloween Party": ("20:00", 90),
    "New Year's Eve": ("21:00", 120),
    "Burns Night Supper": ("19:00", 36),
    "Mother's Day Tea": ("15:00", 44),
    "Clocks-go-forward Breakfast": ("09:00", 30),
}
# How full events are from January to December, in hundredths.
SEASON = (45, 52, 60, 62, 66, 60, 52, 50, 64, 72, 76, 88)
PARTIES = (1, 2, 2, 2, 2, 3, 4, 4, 5, 6)
NOTES = ("", "", "", "", "", "Near the stage", "High chair", "Vegetarian x2", "Birthday")
UNLIMITED = 55


@dataclass(frozen=True)
class Held:
    """An event of the past year. The day and time are the venue's; without a capacity its seats are unlimited."""

    name: str
    on: date
    at: str
    capacity: int | None


def events(monday: date) -> Sequence[Held]:
    """All events of the weeks before this Monday, first to last."""
    weeks = [monday - timedelta(weeks=WEEKS - number) for number in range(WEEKS)]
    regular = [
        Held(name, week + timedelta(days=day), at, capacity)
        for number, week in enumerate(weeks)
        for name, day, every, first, at, capacity in PROGRAMME
        if number % every == first % every
    ]
    return sorted([*regular, *_special(weeks[0], monday)], key=lambda each: (each.on, each.at))


def _special(first: date, until: date) -> Iterator[Held]:
    for name, (at, capacity) in SPECIAL.items():
        for year in range(first.year, until.year + 1):
            day = NAMED_DAYS[name](year)
            if first <= day < until:
                yield Held(name, day, at, capacity)


def event_rows(held: Sequence[Held]) -> list[dict[str, Any]]:
    """The rows of a file of events."""
    return [
        {
            "Event": each.name,
            "Date": each.on.isoformat(),
            "Time": each.at,
            "Capacity": each.capacity,
            "Category": CATEGORIES[each.name],
        }
        for each in held
    ]


def booking_rows(held: Sequence[Held], customers: Sequence[AnyRow], random: Random) -> list[dict[str, Any]]:
    """The rows of a file of bookings. Some customers come again and again, most now and then."""
    # The first ones are the regulars.
    weights = [12 / (1 + place / 6) + 0.4 for place in range(len(customers))]
    rows = []
    for each in held:
        full = each.capacity or UNLIMITED
        left = min(full, round(full * SEASON[each.on.month - 1] / 100 * random.uniform(0.7, 1.25)))
        # Some are drawn twice: then the party is larger.
        guests = dict.fromkeys(random.choices(customers, weights, k=full))
        for guest in guests:
            seats = min(random.choice(PARTIES), left)
            if not seats:
                break
            left -= seats
            rows.append(_row(each, guest, seats, random.choice(NOTES)))
    return rows


def _row(held: Held, guest: AnyRow, seats: int, notes: str) -> dict[str, Any]:
    return {
        "Mobile": guest.mobile_number,
        "First Name": guest.first_name,
        "Last Name": guest.last_name,
        "Event": held.name,
        "Event Date": held.on.isoformat(),
        "Seats": seats,
        "Notes": notes,
    }
