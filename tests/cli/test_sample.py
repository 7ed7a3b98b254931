"""The sample venue's programme, whenever it is loaded."""

import csv
from datetime import date, timedelta

import pytest

from cli.sample import files
from db.search import fold

WEEKS = [timedelta(weeks=weeks) for weeks in (0, 1, 2, 5, 10, 20, 30, 45, 52, 60, 104, 300)]


def programme() -> list[tuple[str, date]]:
    with open(files.FOLDER / "events.csv", encoding="utf-8-sig") as file:
        return [(row["Event"], date.fromisoformat(row["Date"])) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("year", "day"), [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28))])
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert files.easter(year) == date(year, *day)


@pytest.mark.parametrize("by", WEEKS)
def test_named_days_stay_on_their_day_and_all_else_on_its_weekday(by: timedelta) -> None:
    for event, on in programme():
        day = files.moved_day(event, on, by)
        if event in files.NAMED_DAYS:
            assert day == files.NAMED_DAYS[event](day.year)
        else:
            assert day == on + by
        assert (day < files.SEEN_FROM + by) == (on < files.SEEN_FROM), "what was to come is to come"


def test_unmoved_the_sample_is_as_it_is_written() -> None:
    for event, on in programme():
        assert files.moved_day(event, on, timedelta()) == on


def test_every_event_whose_name_is_a_day_is_known() -> None:
    names = {event for event, _ in programme()}
    assert set(files.NAMED_DAYS) <= names
    of_a_day = {name for name in names if set(fold(name).split()) & {"eve", "day", "halloween", "burns", "clocks"}}
    assert of_a_day == set(files.NAMED_DAYS)
