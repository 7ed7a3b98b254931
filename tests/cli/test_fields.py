"""`manage.py fields` and `manage.py customers set`."""

import json
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from cli import customers, fields
from tests.makers import MANAGER, a_customer
from tests.venue.fields.making import words_of
from venue import fields as rules
from venue.profile import Venue


@pytest.fixture
def customer_id(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> UUID:
    for module in (fields, customers):
        monkeypatch.setattr(module, "open_venue", lambda: venue)
    with venue.transaction(MANAGER) as session:
        return a_customer(session).id


def run(*arguments: object, status: int = 0, typed: str = "") -> Result:
    command = customers.customers if arguments[0] == "set" else fields.fields
    result = CliRunner().invoke(command, list(map(str, arguments)), input=typed)
    assert result.exit_code == status, result.output
    return result


def test_fields_are_made_changed_and_deleted(venue: Venue, customer_id: UUID) -> None:
    run("add", "Allergies")
    run("add", "Place", "--kind", "choice", "--choice", "Bar", "--choice", "Snug")
    run("set", customer_id, "allergies", "nuts")
    run("set", customer_id, "Place", "bar")
    assert run("list").output == "Allergies (text), 1 customer\nPlace (choice: Bar, Snug), 1 customer\n"
    run("rename", "Allergies", "Diet")
    run("move", "Place", 1)
    run("add-choice", "Place", "Roof")
    assert run("remove-choice", "Place", "BAR").output == "1 customer still has it\n"
    listed = json.loads(run("list", "--json").output)
    assert [(each["name"], each["kind"], each["customers"]) for each in listed] == [
        ("Place", "choice", 1),
        ("Diet", "text", 1),
    ]
    assert [(each["name"], each["retired"]) for each in listed[0]["choices"]] == [
        ("Bar", True), ("Snug", False), ("Roof", False),
    ]  # fmt: skip
    assert "with what 1 customer had in it?" in run("delete", "Diet", typed="n\n", status=1).output
    run("delete", "Diet", "--yes")
    with venue.reading(MANAGER) as session:
        assert words_of(session, customer_id) == {"Place": "Bar"}
    run("set", customer_id, "Place", "")
    with venue.reading(MANAGER) as session:
        assert rules.values_of(session, [customer_id]) == {}


def test_problems_are_sentences(customer_id: UUID) -> None:
    run("add", "Birthday", "--kind", "day")
    assert "There is a field ‘Birthday’ already" in run("add", "BIRTHDAY", status=1).output
    assert "Birthday is not a date" in run("set", customer_id, "Birthday", "soon", status=1).output
    assert "There is no field with this name" in run("set", customer_id, "Diet", "x", status=1).output
    assert "Birthday is not a choice" in run("add-choice", "Birthday", "x", status=1).output
    assert "Birthday has no choice ‘x’" in run("remove-choice", "Birthday", "x", status=1).output
