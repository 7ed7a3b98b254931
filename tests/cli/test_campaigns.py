"""`manage.py campaigns`: a bulk text from its draft to its end."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from cli.campaigns import campaigns
from db.models import Customer
from db.session import open_database
from tests.makers import MANAGER, NOW, a_customer, a_venue
from tests.venue.campaigns.people import who_agreed
from venue import clock
from venue.profile import Venue

BODY = "{venue_name}: Hi {first_name}, jazz on Sunday."


@pytest.fixture
def venue(new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Venue:
    url = new_database("sqlite")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("TEXT_PRICE", "£0.04")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    venue = a_venue(open_database(url))
    with venue.transaction(MANAGER) as session:
        who_agreed(session, 2)
        a_customer(session)
    return venue


def run(*arguments: str, status: int | None = 0, typed: str = "") -> Result:
    result = CliRunner().invoke(campaigns, arguments, input=typed)
    assert status in (result.exit_code, None), result.output
    return result


def test_a_bulk_text_is_written_checked_confirmed_and_stopped(venue: Venue) -> None:
    campaign_id = run("add", "Jazz", BODY, "--everyone", "--until", "2027-01-16").stdout.strip()
    checked = run("check", campaign_id).stdout
    assert "3 customers in the audience\n2 texts, 2 segments, £0.08\n  1 left out: Never asked" in checked
    assert "The Anchor: Hi Jo, jazz on Sunday. Reply STOP to opt out." in checked
    assert "Type 2" in run("confirm", campaign_id, typed="3\n", status=1).output
    assert "2 texts queued." in run("confirm", campaign_id, typed="2\n").output
    run("pause", campaign_id)
    assert "Paused: 2 waiting" in run("show", campaign_id).output
    run("resume", campaign_id)
    run("stop", campaign_id)
    (row,) = json.loads(run("list", "--json").stdout)
    assert (row["state"], row["audience"], row["skipped"]) == ("stopped", 3, {"campaign_stopped": 2})
    assert "it stays" in run("delete", campaign_id, status=1).output


def test_a_draft_to_no_one_is_not_confirmed(venue: Venue) -> None:
    campaign_id = run("add", "Jazz", BODY, "--search", "Zzyzx").stdout.strip()
    assert "No one in this audience" in run("check", campaign_id, status=1).output
    assert "Nothing was sent" in run("confirm", campaign_id, "--yes", status=1).output
    run("delete", campaign_id)
    assert run("list").output == ""
    assert "Say who" in run("add", "Jazz", BODY, status=2).output


def test_a_draft_to_some_customers_by_their_ids(venue: Venue) -> None:
    with venue.reading(MANAGER) as session:
        first, second = session.scalars(select(Customer.id).order_by(Customer.id).limit(2))
    campaign_id = run("add", "Jazz", BODY, "--customer", str(first), "--customer", str(second)).stdout.strip()
    assert "2 customers in the audience" in run("check", campaign_id, status=None).stdout
    assert "There is no customer" in run("add", "Jazz", BODY, "--customer", str(uuid4()), status=1).output
