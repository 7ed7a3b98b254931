"""Until when an offer may be answered."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from venue.clock import Hours
from venue.waitlist.answer_times import answer_by, text_useful_until

LONDON = ZoneInfo("Europe/London")
HOURS = Hours(time(9), time(21))
FAR = "2027-03-01 19:30"


def at(typed: str) -> datetime:
    return datetime.fromisoformat(typed).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "starts_at", "ends"),
    [
        ("2027-01-15 12:00", FAR, "2027-01-15 14:00"),
        ("2027-01-15 12:01", FAR, "2027-01-15 14:05"),
        ("2027-01-15 19:00", FAR, "2027-01-15 21:00"),
        # The night does not count.
        ("2027-01-15 20:30", FAR, "2027-01-16 10:30"),
        ("2027-01-15 20:59", FAR, "2027-01-16 11:00"),
        # In the night the clocks go forward, and back.
        ("2027-03-27 20:00", "2027-05-01 19:30", "2027-03-28 10:00"),
        ("2027-10-30 20:00", "2027-12-01 19:30", "2027-10-31 10:00"),
        # Half an hour before the start at the latest.
        ("2027-01-15 18:00", "2027-01-15 19:30", "2027-01-15 19:00"),
        ("2027-01-15 18:50", "2027-01-15 19:30", None),
        ("2027-01-15 19:45", "2027-01-15 19:30", None),
        # Before a start in the morning or in the night, by closing on the day before.
        ("2027-01-15 20:00", "2027-01-16 08:00", "2027-01-15 21:00"),
        ("2027-01-15 20:50", "2027-01-16 08:00", None),
        ("2027-01-15 20:00", "2027-01-15 23:00", "2027-01-15 21:00"),
    ],
)
def test_an_offer_never_ends_in_the_night_or_too_near_the_start(now: str, starts_at: str, ends: str | None) -> None:
    answered_by = answer_by(at(now), at(starts_at), zone=LONDON, hours=HOURS)
    assert answered_by == (at(ends) if ends else None)


def test_without_sending_hours_it_ends_after_two_hours() -> None:
    assert answer_by(at("2027-01-15 23:30"), at(FAR), zone=LONDON, hours=None) == at("2027-01-16 01:30")


def test_with_short_sending_hours_it_ends_at_closing_on_the_next_day() -> None:
    hours = Hours(time(12), time(12, 30))
    assert answer_by(at("2027-01-15 12:15"), at(FAR), zone=LONDON, hours=hours) == at("2027-01-16 12:30")


def test_the_text_goes_on_the_day_of_the_offer_only() -> None:
    now, ends = at("2027-01-15 20:30"), at("2027-01-16 10:30")
    assert text_useful_until(now, ends, zone=LONDON, hours=HOURS) == at("2027-01-15 21:00")
