"""The screen Insight: its days, and the chart of seats by day. It is a Tuesday at noon."""

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest

from db.models import Event
from pages.insight.seats import BOOKED_ONLY
from tests.pages.conftest import field, rows, said
from venue import clock
from venue.roles import DESK


@pytest.fixture
def four_weeks_of_quizzes(venue, add_event, add_customer, book):
    """The latest is today and has 3 seats."""
    for weeks, seats in enumerate((3, 10, 20, 30)):
        book(
            add_customer(mobile_number=f"07700 90000{weeks}"),
            add_event(days=-7 * weeks),
            seats=seats,
            reason="Kept on paper",
        )


def chart(app):
    (found,) = app.get("vega_lite_chart")
    return found.proto


def test_each_row_of_the_table_equals_the_list_it_opens(screen, four_weeks_of_quizzes):
    shown = rows(screen("insight/home.py"), "Seats by day")

    assert [row["cells"][1] for row in shown] == ["3 seats so far", "10 seats", "20 seats", "30 seats"]
    for row in shown:
        page, _, query = row["address"].partition("?")
        assert page == "events"
        seats = row["cells"][1].removesuffix(" so far")
        assert f"1 event, {seats}" in said(screen("events/list.py", **dict(parse_qsl(query))))


def test_a_day_with_walk_ins_says_how_many_of_its_seats_are_compared(venue, screen, four_weeks_of_quizzes):
    assert BOOKED_ONLY not in said(screen("insight/home.py"))
    with venue.transaction(DESK) as session:
        today = clock.start_of_today(clock.now(), venue.zone)
        session.query(Event).where(Event.starts_at > today).one().unnamed_seats = 2

    app = screen("insight/home.py")

    assert rows(app, "Seats by day")[0]["cells"][1] == "5 seats so far, 3 booked"
    assert BOOKED_ONLY in said(app)


def test_the_finding_is_the_name_of_the_chart(screen, four_weeks_of_quizzes):
    app = screen("insight/home.py")

    finding = (
        "60 seats on 3 days with events. Too few days before to say what is usual. Tue 2 March is not over: 3 seats"
    )
    assert chart(app).alt.startswith(finding)


def test_the_days_are_in_the_address(screen, venue, four_weeks_of_quizzes):
    app = screen("insight/home.py", **{"from": "2027-02-16", "until": "2027-02-16"})
    assert [row["cells"][0] for row in rows(app, "Seats by day")] == ["Tue 16 Feb 2027"]

    app = field(app, "From").set_value("09/02/2027").run()

    assert app.query_params["from"] == "2027-02-09"
    assert len(rows(app, "Seats by day")) == 2

    app = next(each for each in app.pills if each.key == "insight.preset").set_value("4 weeks").run()
    today = clock.today(clock.now(), venue.zone)
    assert app.query_params["from"] == (today - timedelta(days=27)).isoformat()


def test_without_events_there_is_no_chart(screen):
    app = screen("insight/home.py")

    assert "No events from 9 December 2026 to 2 March 2027." in said(app).replace("\\", "")
    assert not app.get("vega_lite_chart")
