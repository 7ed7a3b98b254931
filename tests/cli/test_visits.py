"""`manage.py visits`."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result

from cli import visits
from db.models import Event
from tests.makers import MANAGER, a_booking, a_customer, an_event
from venue import bookings, choices, clock
from venue.profile import Venue

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def today(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The ids of an event of today, a booking on it, and a customer without one."""
    monkeypatch.setattr(visits, "open_venue", lambda: venue)
    now = clock.now()
    with venue.transaction(MANAGER) as session:
        event = an_event(session, starts_at=now, now=now)
        booking = a_booking(session, a_customer(session, first_name="Ann", now=now), event, seats=4, now=now)
        walk_in = a_customer(session, first_name="Walt", now=now)
        return {"event": str(event.id), "booking": str(booking.id), "walk_in": str(walk_in.id)}


def test_a_no_show_of_more_than_a_year_ago_is_forgotten(today: dict[str, str], venue: Venue) -> None:
    run("mark", today["booking"], "no-show")
    assert ", no-show (" in run("guests", today["event"]).output
    with venue.transaction(MANAGER) as session:
        session.get_one(Event, UUID(today["event"])).starts_at = clock.now() - timedelta(days=366)
    assert ", unmarked (" in run("guests", today["event"]).output
    (guest,) = json.loads(run("guests", today["event"], "--json").output)["guests"]
    assert guest["mark"] == "unmarked"


@pytest.fixture
def reward(venue: Venue) -> None:
    """The venue gives a free pint for every second visit."""
    with venue.transaction(MANAGER) as session:
        for name, value in (("reward_name", "a free pint"), ("reward_every", "2")):
            choices.save(session, name, value, now=clock.now())
        venue.choices.read(session)


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(visits.visits, arguments)
    assert result.exit_code == status, result.output
    return result


def test_guests_are_marked_and_listed(today: dict[str, str]) -> None:
    run("late", today["booking"], "--minutes", "20")
    assert run("guests", today["event"]).output == (
        f"Ann Smith, 4 seats, unmarked, running late, about 20 min ({today['booking']})\n"
    )
    run("mark", today["booking"], "arrived", "--seats", "3")
    run("walk-in", today["event"], today["walk_in"], "2")
    listed = json.loads(run("guests", today["event"], "--json").output)["guests"]
    guests = {guest["name"]: guest for guest in listed}
    assert (guests["Ann Smith"]["mark"], guests["Ann Smith"]["arrived_seats"]) == ("arrived", 3)
    assert (guests["Walt Smith"]["walked_in"], guests["Walt Smith"]["arrived_seats"]) == (True, 2)
    run("count-walk-ins", today["event"], "5")
    run("count-walk-ins", today["event"], "2", "--take-back")
    assert json.loads(run("guests", today["event"], "--json").output)["walk_ins_without_number"] == 3
    assert run("guests", today["event"]).output.endswith("\n3 walk-ins without a number\n")
    refused = run("walk-in", today["event"], today["walk_in"], "2", status=1)
    assert "already booked" in refused.output


def test_a_reward_is_given_once_when_it_is_due(venue: Venue, today: dict[str, str], reward: None) -> None:
    assert "No reward is due" in run("give-reward", today["walk_in"], status=1).output
    run("walk-in", today["event"], today["walk_in"], "2")
    with venue.transaction(MANAGER) as session:
        other = an_event(session, name="Jazz", starts_at=clock.now(), now=clock.now())
        known = {"customer_id": UUID(today["walk_in"]), "seats": 1, "now": clock.now()}
        bookings.walk_in(session, other.id, **known)
    assert run("give-reward", today["walk_in"]).output == "Reward given: a free pint\n"
    assert "No reward is due" in run("give-reward", today["walk_in"], status=1).output
    assert "no longer exists" in run("give-reward", str(uuid4()), status=1).output
