"""`manage.py events add`."""

import json

import pytest
from sqlalchemy import select

from db.models import Event
from tests.command_line import run
from tests.databases import ON_SQLITE
from tests.makers import MANAGER, VIEWER, a_booking, an_event
from venue.profile import Venue

pytestmark = ON_SQLITE
QUIZ = ("events", "add", "Quiz Night", "--date", "2027-03-17", "--time", "7.30pm")
WEEKLY = (*QUIZ, "--repeat", "weekly", "--until", "2027-03-31")


def added(venue: Venue) -> list[tuple[str, int | None, str]]:
    with venue.reading(VIEWER) as session:
        events = session.scalars(select(Event).order_by(Event.starts_at))
        return [(event.name, event.capacity, event.starts_at.isoformat()[:16]) for event in events]


def test_one_event_is_added_at_the_venues_own_time(venue: Venue, database_url: str) -> None:
    assert run(*QUIZ, "--capacity", "40", url=database_url).output == "Wed 17 March 2027\n1 event added\n"
    assert added(venue) == [("Quiz Night", 40, "2027-03-17T19:30")]


def test_a_series_is_looked_at_and_then_added_without_the_dates_left_out(venue: Venue, database_url: str) -> None:
    looked = run(*WEEKLY, "--except", "2027-03-24", "--dry-run", url=database_url)
    assert looked.output == "Wed 17 March 2027\nWed 31 March 2027\n2 events would be added\n"
    assert added(venue) == []
    rows = json.loads(run(*WEEKLY, "--except", "2027-03-24", "--json", url=database_url).output)
    assert [row["starts_at"][:16] for row in rows] == ["2027-03-17T19:30", "2027-03-31T18:30"]
    assert len(added(venue)) == 2


REFUSED = [
    ((*QUIZ, "--until", "2027-03-31"), 2, "need --repeat"),
    ((*QUIZ, "--repeat", "weekly"), 1, "Enter the last date"),
    ((*QUIZ, "--capacity", "0"), 1, "leave it empty for unlimited"),
    ((*QUIZ[:-1], "soon"), 2, "give a time like 19:30"),
    (("events", "add", "Late", "--date", "2027-03-28", "--time", "1:30"), 1, "use 02:30"),
]


@pytest.mark.parametrize(("arguments", "status", "words"), REFUSED, ids=[words for _, _, words in REFUSED])
def test_what_cannot_be_added_is_said(
    venue: Venue, database_url: str, arguments: tuple[str, ...], status: int, words: str
) -> None:
    refused = run(*arguments, url=database_url)
    assert (refused.exit_code, words in refused.output) == (status, True)
    assert added(venue) == []


def test_a_capacity_below_what_is_booked_needs_a_reason(venue: Venue, database_url: str) -> None:
    with venue.transaction(MANAGER) as session:
        event = an_event(session, capacity=5)
        a_booking(session, event=event, seats=5)
        event_id = str(event.id)
    refused = run("events", "capacity", event_id, "3", url=database_url)
    assert (refused.exit_code, "only be lower with a reason" in refused.output) == (1, True)
    done = run("events", "capacity", event_id, "3", "--reason", "Broken tables", url=database_url)
    assert done.output == "Quiz Night: 3 seats, 2 more booked than seats\n"
    assert run("events", "capacity", event_id, url=database_url).output == "Quiz Night: unlimited\n"
