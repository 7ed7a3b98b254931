"""The list of events: search, filters and the calendar of a month."""

from urllib.parse import parse_qsl

import pytest

from tests.pages.conftest import cards, field, links, said, sections
from venue import clock, events
from venue.roles import DESK


@pytest.fixture
def programme(add_event):
    """The tests' today is Tuesday 2 March 2027."""
    add_event("Quiz Night", days=1, category="Quiz", capacity=10)
    add_event("Grand Quiz", days=40, category="Quiz")
    add_event("Jazz", days=3, category="Music")
    add_event("Old Quiz", days=-3, category="Quiz")


def titles(app):
    return [card["title"] for card in cards(app)]


def link(app, label):
    return next(each["address"] for part in sections(app) for each in part.get("links", ()) if each["label"] == label)


def test_events_are_found_by_parts_of_their_name_among_the_upcoming_or_the_past(programme, screen):
    app = screen("events/list.py")
    field(app, "Search events").set_value("QUÍZ").run()
    assert titles(app) == ["Quiz Night", "Grand Quiz"]
    assert link(app, "Past") == "events?event_name=QU%C3%8DZ&which=Past"
    assert titles(screen("events/list.py", which="Past", event_name="quiz")) == ["Old Quiz"]


def test_category_and_month_narrow_the_list_and_live_in_the_address(programme, screen):
    app = screen("events/list.py", category="Quiz")
    assert titles(app) == ["Quiz Night", "Grand Quiz"]
    field(app, "Month").set_value("April 2027").run()
    assert titles(app) == ["Grand Quiz"]
    assert link(app, "Category: Quiz") == "events?month=April+2027"
    # The next view has no month of the other one, and keeps the category.
    assert link(app, "Past") == "events?category=Quiz&which=Past"
    assert titles(screen("events/list.py", category="Quiz", month="April 2027")) == ["Grand Quiz"]
    assert titles(screen("events/list.py", category="Quiz", month="soon")) == ["Quiz Night", "Grand Quiz"]


def test_a_bar_says_how_full_an_event_is_and_words_say_it_too(programme, screen, venue, add_customer, book):
    with venue.reading(DESK) as session:
        quiz, jazz, _ = events.upcoming(session, now=clock.now())
    book(add_customer(), quiz, seats=4)
    shown = {card["title"]: card for card in cards(screen("events/list.py"))}
    assert (shown["Quiz Night"]["bar"], shown["Quiz Night"]["lines"][-1]) == ("40%", "4 of 10 seats")
    assert "bar" not in shown[jazz.name]


def calendar(app):
    (days,) = [section["days"] for section in sections(app) if "days" in section]
    return days


def test_the_calendar_has_whole_weeks_from_monday_with_today_marked(programme, screen):
    app = screen("events/list.py", which="Calendar")
    days = calendar(app)
    assert (days[0]["label"], days[-1]["label"], len(days)) == ("Mon 1 March", "Sun 4 April", 35)
    assert [day["label"] for day in days if "today" in day.get("looks", "")] == ["Tue 2 March"]
    assert [day["number"] for day in days if "outside" in day.get("looks", "")] == ["1", "2", "3", "4"]
    on = {day["label"]: [card["title"] for card in day["cards"]] for day in days if "cards" in day}
    assert on == {"Wed 3 March": ["Quiz Night"], "Fri 5 March": ["Jazz"]}
    assert "March 2027" in said(app)


def test_the_calendar_turns_by_links_which_keep_the_filters(programme, screen):
    app = screen("events/list.py", which="Calendar", category="Quiz")
    assert link(app, "Next month") == "events?which=Calendar&category=Quiz&month=April+2027"
    assert "This month" not in links(app)
    app = screen("events/list.py", which="Calendar", category="Quiz", month="April 2027")
    assert titles_of(calendar(app)) == ["Grand Quiz"]
    assert link(app, "Previous month") == "events?which=Calendar&category=Quiz&month=March+2027"
    assert "This month" in links(app)


def titles_of(days):
    return [card["title"] for day in days for card in day.get("cards", ())]


def test_a_crowded_day_shows_some_and_links_to_all(add_event, screen):
    for number in range(6):
        add_event(f"Sitting {number}", days=1)
    days = calendar(screen("events/list.py", which="Calendar"))
    (day,) = [day for day in days if "cards" in day]
    assert len(day["cards"]) == 4
    assert (day["more"]["label"], day["more"]["address"]) == ("2 more", "events?from=2027-03-03&until=2027-03-03")


def test_the_rest_of_a_crowded_day_is_filtered_as_the_calendar_is(add_event, screen):
    for number in range(6):
        add_event(f"Sitting {number}", days=1, category="Dinner")
    add_event("Sitting with jazz", days=1, category="Music")
    app = screen("events/list.py", which="Calendar", category="Dinner", event_name="sitting", month="March 2027")
    (day,) = [day for day in calendar(app) if "cards" in day]
    assert day["more"]["label"] == "2 more"
    page, query = day["more"]["address"].split("?")
    assert (page, dict(parse_qsl(query))) == (
        "events",
        {"event_name": "sitting", "category": "Dinner", "from": "2027-03-03", "until": "2027-03-03"},
    )


def test_without_events_the_list_has_no_empty_choices(screen):
    app = screen("events/list.py")
    assert [box.label for box in app.selectbox] == []
    assert "No upcoming events." in said(app)
