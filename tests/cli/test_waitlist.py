"""`manage.py waitlist`."""

import json
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from cli import waitlist as cli_waitlist
from tests.makers import MANAGER_AND_SCHEDULER, a_booking, a_customer, an_event, days
from venue import bookings, clock, events, waitlist
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql
BEFORE = clock.now()


@pytest.fixture
def full(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> dict[str, UUID]:
    """A full event of two seats, its booking, and a customer without one."""
    monkeypatch.setattr(cli_waitlist, "open_venue", lambda: venue)
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        event = an_event(session, now=BEFORE, starts_at=BEFORE + days(14), capacity=2)
        booking = a_booking(session, event=event, now=BEFORE)
        return {"event": event.id, "booking": booking.id, "ann": a_customer(session, first_name="Ann").id}


def run(*arguments: object, status: int = 0) -> Result:
    result = CliRunner().invoke(cli_waitlist.group, list(map(str, arguments)))
    assert result.exit_code == status, result.output
    return result


def joined(full: dict[str, UUID]) -> str:
    return run("join", full["event"], full["ann"], 2, "--notes", "High chair").output.split()[-1]


def test_a_party_joins_is_listed_and_leaves(full: dict[str, UUID]) -> None:
    entry = joined(full)
    assert f"{entry}  Ann Smith, 2 seats: no seats are free\n1 party. Freed seats" in run("list", full["event"]).output
    (party,) = json.loads(run("list", full["event"], "--json").output)
    assert (party["name"], party["seats"], party["state"]) == ("Ann Smith", 2, "waiting")
    assert "already on the waitlist" in run("join", full["event"], full["ann"], 1, status=1).output
    run("leave", entry)
    assert json.loads(run("list", full["event"], "--json").output) == []


def test_an_offer_is_taken_back_made_by_hand_and_accepted(
    full: dict[str, UUID], venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = joined(full)
    noon = BEFORE.replace(hour=12)
    monkeypatch.setattr(clock, "now", lambda: noon)
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        bookings.delete(session, full["booking"], now=BEFORE)
        waitlist.offer_next(session, full["event"], now=noon)
    assert "offered until" in run("list", full["event"]).output
    run("withdraw", entry, "--no-text")
    assert "taken back by staff" in run("list", full["event"]).output
    assert "Offered until" in run("offer", entry).output
    run("accept", entry)
    with venue.reading(MANAGER_AND_SCHEDULER) as session:
        assert events.seats_taken(session, full["event"]) == 2
    assert json.loads(run("list", full["event"], "--json").output) == []
