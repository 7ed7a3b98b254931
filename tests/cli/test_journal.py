"""`journal list` and `journal verify`."""

import functools
import json

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from cli import journal
from sms.texts import Kind
from tests.makers import MANAGER, NOW, a_booking, an_event, days, texts_to
from venue import acts, bookings, clock, events
from venue.journal import seals
from venue.profile import Venue
from venue.roles import SCHEDULER


@pytest.fixture
def sealed(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> Venue:
    monkeypatch.setattr(journal, "open_venue", lambda: venue)
    with venue.transaction(MANAGER) as session:
        a_booking(session)
    seals.seal_all(functools.partial(venue.transaction, SCHEDULER), now=NOW)
    return venue


def run(*arguments: str) -> Result:
    return CliRunner().invoke(journal.journal, list(arguments))


def test_entries_are_listed_as_sentences_and_as_json(sealed: Venue) -> None:
    assert "Max booked Jo Smith onto Quiz Night (2 seats) and notified them" in run("list").output
    (latest,) = json.loads(run("list", "--limit", "1", "--json").output)
    assert latest["act"] == "booking.added"
    assert latest["values"][0]["after"] == {"notes": "", "seats": 2, "walked_in": False} | {
        name: latest["values"][0][name] for name in ("customer_id", "event_id")
    }


def test_verifying_ends_with_status_1_if_something_was_changed(sealed: Venue) -> None:
    result = run("verify")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "No changes were found.")
    assert run("verify", "--seal", "AAAA-AAAA").exit_code == 1
    with sealed.transaction(MANAGER) as session:
        session.execute(text("UPDATE journal_entries SET actor = 'Another' WHERE id = 2"))
    result = run("verify", "--json")
    assert result.exit_code == 1
    problems = json.loads(result.output)["problems"]
    assert problems == [{"damage": "edited", "entry_id": 2, "sentence": "Entry 2 was changed"}]


def test_an_entry_is_undone_by_its_number(sealed: Venue) -> None:
    with sealed.transaction(MANAGER) as session:
        booking = a_booking(session, seats=2)
        bookings.update(session, booking.id, version=1, seats=6, now=clock.now())
        entry_id = str(acts.last_entry(session))
    assert "Would be restored:\n  Jo Smith at Quiz Night: seats 6 → 2" in run("undo", entry_id, "--dry-run").output
    assert run("undo", entry_id).output == "Restored:\n  Jo Smith at Quiz Night: seats 6 → 2\n"
    again = run("undo", entry_id)
    assert (again.exit_code, again.output) == (1, "Error: This was already undone.\n")


@pytest.mark.parametrize(("options", "texted"), [((), 1), (("--no-text",), 0)])
def test_who_was_texted_about_it_is_texted_again(sealed: Venue, options: tuple[str, ...], texted: int) -> None:
    with sealed.transaction(MANAGER) as session:
        booking = a_booking(session, now=clock.now(), event=an_event(session, starts_at=clock.now() + days(3)))
        events.cancel(session, booking.event_id, now=clock.now())
        entry_id = str(acts.last_entry(session))
        (told,) = texts_to(session, booking.customer_id, Kind.EVENT_CANCELLED)
        told.state, told.provider_id = "sent", "SM1"
    said = "Quiz Night: 1 guest got a text that it is cancelled"
    planned = run("undo", entry_id, "--dry-run", *options).output
    assert (f"Would be texted again:\n  {said}" in planned) == bool(texted)
    assert (f"Not restored:\n  {said}: let them know" in run("undo", entry_id, *options).output) == (not texted)
    with sealed.reading(MANAGER) as session:
        assert len(texts_to(session, booking.customer_id, Kind.EVENT_ON_AGAIN)) == texted
