"""`manage.py households`."""

import json
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from cli import households
from tests.makers import MANAGER, a_customer
from venue.profile import Venue


@pytest.fixture
def people(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> dict[str, UUID]:
    monkeypatch.setattr(households, "open_venue", lambda: venue)
    with venue.transaction(MANAGER) as session:
        return {
            name: a_customer(session, first_name=name, last_name="Lee", mobile_number=f"07700 90032{place}").id
            for place, name in enumerate(("Ann", "Bob", "Cy", "Di"))
        }


def run(*arguments: object, status: int = 0) -> Result:
    result = CliRunner().invoke(households.households, list(map(str, arguments)))
    assert result.exit_code == status, result.output
    return result


def test_households_are_joined_listed_and_left(people: dict[str, UUID]) -> None:
    run("join", people["Bob"], people["Ann"], people["Cy"])
    run("leave", people["Cy"])
    assert run("list").output == (f"Ann Lee, 07700 900320 ({people['Ann']}), Bob Lee, 07700 900321 ({people['Bob']})\n")
    (household,) = json.loads(run("list", "--json").output)
    assert [member["name"] for member in household["members"]] == ["Ann Lee", "Bob Lee"]
    assert household["members"][0]["mobile_number"] == "+447700900320"
    run("leave", people["Ann"])
    assert run("list").output == ""


def test_two_households_are_united_only_if_asked(people: dict[str, UUID]) -> None:
    run("join", people["Ann"], people["Bob"])
    run("join", people["Cy"], people["Di"])
    refused = run("join", people["Bob"], people["Cy"], status=1)
    assert "Make them all one household?" in refused.output
    run("join", people["Bob"], people["Cy"], "--unite")
    (household,) = json.loads(run("list", "--json").output)
    assert len(household["members"]) == 4


def test_one_customer_is_refused(people: dict[str, UUID]) -> None:
    assert "at least two customers" in run("join", people["Ann"], status=1).output
