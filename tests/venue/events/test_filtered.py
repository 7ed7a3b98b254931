"""Finding events by name, category and days."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.makers import IN_TWO_WEEKS, NOW, an_event, days
from venue import events
from venue.events import EventFilter, When

pytestmark = pytest.mark.plain_sql


def names(session: Session, where: EventFilter, when: When | None = None) -> list[str]:
    return [row.name for row in events.filtered(session, where, when=when, now=NOW).page.rows]


def test_a_name_is_found_by_its_parts_without_accents(session: Session) -> None:
    an_event(session, name="Café Québec Quiz")
    an_event(session, name="Quiz Night", starts_at=IN_TWO_WEEKS + days(1))
    assert names(session, EventFilter(words="quiz quebec")) == ["Café Québec Quiz"]
    assert names(session, EventFilter(words="QUIZ")) == ["Café Québec Quiz", "Quiz Night"]
    assert names(session, EventFilter(words="jazz")) == []


def test_a_filter_is_of_the_upcoming_or_the_past_in_the_order_of_their_list(session: Session) -> None:
    for day in (-9, -2, 3, 8):
        an_event(session, name=f"Quiz {day}", starts_at=NOW + days(day))
    assert names(session, EventFilter(words="quiz"), When.PAST) == ["Quiz -2", "Quiz -9"]
    assert names(session, EventFilter(words="quiz"), When.UPCOMING) == ["Quiz 3", "Quiz 8"]


def test_the_months_to_choose_are_those_of_the_venue_from_the_first_to_the_last_event(session: Session) -> None:
    assert events.months(session, when=When.UPCOMING, now=NOW) == []
    an_event(session, starts_at=NOW + days(1))
    # In London it is April already.
    an_event(session, starts_at=NOW.replace(month=3, day=31, hour=23, minute=30))
    an_event(session, starts_at=NOW - days(40))
    assert events.months(session, when=When.UPCOMING, now=NOW) == [date(2027, month, 1) for month in (1, 2, 3, 4)]
    assert events.months(session, when=When.PAST, now=NOW) == [date(2026, 12, 1)]


def test_the_categories_to_choose_are_those_in_use(session: Session) -> None:
    for category in ("quiz", "Éclair", "", "Music", "quiz"):
        an_event(session, category=category)
    assert events.categories(session) == ["Éclair", "Music", "quiz"]
