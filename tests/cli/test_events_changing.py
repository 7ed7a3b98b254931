"""`manage.py events list`, `edit` and `cancel`, also of all later events of a series."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Event, Message
from sms.texts import Kind
from tests.command_line import run
from tests.databases import ON_SQLITE
from tests.makers import IN_TWO_WEEKS, MANAGER, NOW, VIEWER, a_booking, a_customer, days
from venue import clock, waitlist
from venue.events import series
from venue.profile import Venue

pytestmark = ON_SQLITE
LABEL = "Every Friday from 29 January 2027"


@pytest.fixture
def ids(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of a series of three events. A guest is booked on the last two, and one cannot be texted."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with venue.transaction(MANAGER) as session:
        starts = [IN_TWO_WEEKS + days(7 * week) for week in range(3)]
        added = series.add(session, name="Quiz Night", starts=starts, now=NOW, capacity=4)
        jo = a_customer(session, first_name="Jo", last_name="Lee")
        a_booking(session, jo, added[1], seats=2)
        a_booking(session, jo, added[2], seats=4)
        waiting = a_customer(session)
        waitlist.join(session, event_id=added[2].id, customer_id=waiting.id, seats=2, now=NOW)
        return [str(event.id) for event in added]


def count(session: Session, kind: Kind) -> int | None:
    return session.scalar(select(func.count()).where(Message.kind == kind.value))


def starts(venue: Venue, ids: list[str]) -> list[str]:
    with venue.reading(VIEWER) as session:
        found = [session.get_one(Event, UUID(each)) for each in ids]
        return [clock.format_time(event.starts_at, venue.zone) for event in found]


def cancelled(venue: Venue, ids: list[str]) -> list[bool]:
    with venue.reading(VIEWER) as session:
        return [session.get_one(Event, UUID(each)).cancelled_at is not None for each in ids]


def test_the_list_says_which_series_an_event_is_of(venue: Venue, database_url: str, ids: list[str]) -> None:
    listed = run("events", "list", "--when", "upcoming", url=database_url).output.splitlines()
    assert listed[2] == f"{ids[2]}  Quiz Night, Fri 12 February 2027, 19:30: 4 of 4 seats taken, {LABEL}"
    rows = json.loads(run("events", "list", "--json", url=database_url).output)
    assert [row["id"] for row in rows] == ids
    assert {row["series"] for row in rows} == {LABEL}
    assert len({row["series_id"] for row in rows}) == 1


def test_this_and_all_later_ones_are_moved_after_a_look(venue: Venue, database_url: str, ids: list[str]) -> None:
    move = ("events", "edit", ids[1], "--time", "20:00", "--and-later")
    looked = run(*move, "--dry-run", url=database_url).output
    first, second, *_ = looked.splitlines()
    assert first == "Quiz Night: 2 events, Fri 5 February 2027 to Fri 12 February 2027"
    assert second == "2 guests texted, 4 reminders moved"
    assert run(*move, url=database_url, typed="n\n").exit_code == 1
    assert starts(venue, ids) == ["19:30", "19:30", "19:30"]
    assert run(*move, url=database_url, typed="y\n").output.endswith("Saved\n")
    assert starts(venue, ids) == ["19:30", "20:00", "20:00"]
    with venue.reading(VIEWER) as session:
        assert count(session, Kind.EVENT_MOVED) == 2


def test_one_event_of_a_series_is_changed_alone(venue: Venue, database_url: str, ids: list[str]) -> None:
    change = ("events", "edit", ids[0], "--name", "Big Quiz", "--capacity", "unlimited", "--date", "2027-01-30")
    assert run(*change, url=database_url).exit_code == 0
    with venue.reading(VIEWER) as session:
        first, second = (session.get_one(Event, UUID(each)) for each in ids[:2])
        assert (first.name, first.capacity, first.starts_at) == ("Big Quiz", None, IN_TWO_WEEKS + timedelta(days=1))
        assert (second.name, second.capacity) == ("Quiz Night", 4)


def test_this_and_all_later_ones_are_cancelled_after_a_look(venue: Venue, database_url: str, ids: list[str]) -> None:
    cancel = ("events", "cancel", ids[1], "--and-later")
    looked = run(*cancel, "--dry-run", url=database_url).output
    assert looked == (
        "Quiz Night: 2 events, Fri 5 February 2027 to Fri 12 February 2027: 2 bookings\n"
        "1 party on the waitlist, 0 with an offer, which ends\n"
    )
    assert cancelled(venue, ids) == [False, False, False]
    assert run(*cancel, "--no-text", "--yes", url=database_url).output == f"{looked}Cancelled\n"
    assert cancelled(venue, ids) == [False, True, True]
    with venue.reading(VIEWER) as session:
        assert count(session, Kind.EVENT_CANCELLED) == 0


REFUSED = [
    ((), 2, "give what to change"),
    (("--date", "2027-02-01", "--and-later"), 2, "--date is for one event"),
    (("--capacity", "lots"), 2, "give a number of seats, or unlimited"),
    (("--capacity", "0", "--and-later"), 1, "leave it empty for unlimited"),
    (("--name", " "), 1, "Enter the event's name"),
    (("--capacity", "3", "--and-later"), 1, "Change that event alone"),
]


@pytest.mark.parametrize(("arguments", "status", "words"), REFUSED, ids=[words for _, _, words in REFUSED])
def test_what_cannot_be_changed_is_said(
    ids: list[str], database_url: str, arguments: tuple[str, ...], status: int, words: str
) -> None:
    refused = run("events", "edit", ids[0], *arguments, url=database_url)
    assert (refused.exit_code, words in refused.output) == (status, True)
