"""`manage.py duplicates`."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select

from cli.duplicates import duplicates
from db.models import DuplicatePair
from db.session import open_database
from tests.makers import IN_TWO_WEEKS, MANAGER, a_customer, a_venue, hours
from venue import clock
from venue.duplicates import marks
from venue.profile import Venue
from venue.roles import SCHEDULER


@pytest.fixture
def venue(new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Venue:
    url = new_database("sqlite")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setattr(clock, "now", lambda: IN_TWO_WEEKS)
    venue = a_venue(open_database(url))
    with venue.transaction(MANAGER) as session:
        for first_name in ("Bob", "Robert"):
            a_customer(session, first_name=first_name, mobile_number="+447700900801")
    return venue


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(duplicates, arguments)
    assert result.exit_code == status, result.output
    return result


def test_pairs_are_listed_and_decided(venue: Venue) -> None:
    (pair,) = json.loads(run("list", "--json").output)
    assert pair["reasons"] == "Same number, one first name is short for the other, same last name"
    assert {pair["first"]["first_name"], pair["second"]["first_name"]} == {"Bob", "Robert"}
    assert "Bob Smith, 07700 900801" in run("list").output
    run("decide", pair["second"]["id"], pair["first"]["id"], "not_same")
    assert run("list").output == "0 pairs to decide\n"
    with venue.reading(MANAGER) as session:
        assert session.scalars(select(DuplicatePair.decided_by)).all() == ["command line"]


def test_all_are_looked_for(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        session.execute(delete(DuplicatePair))
    assert run("find").output == "1 pair to decide\n"
    assert "1 pair to decide" in run("list").output


def test_two_passes_are_not_made_at_once(venue: Venue) -> None:
    with venue.transaction(SCHEDULER) as session:
        leased = marks.Mark(pass_began_at=IN_TWO_WEEKS, lease_until=IN_TWO_WEEKS + hours(1))
        marks.write(session, leased, now=IN_TWO_WEEKS)
    assert run("find", status=1).output.startswith("Error: The scheduler is looking for duplicates now")


def test_a_mistyped_answer_or_id_is_refused_in_words(venue: Venue) -> None:
    (pair,) = json.loads(run("list", "--json").output)
    ids = pair["first"]["id"], pair["second"]["id"]
    assert "'not_same', 'household', 'later'" in run("decide", *ids, "same", status=2).output
    gone = "00000000-0000-4000-8000-000000000000"
    assert run("decide", ids[0], gone, "later", status=1).output == "Error: One of these customers no longer exists.\n"
