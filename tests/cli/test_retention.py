"""`manage.py privacy retention`."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from cli import privacy, retention
from db.models import Customer
from tests.makers import MANAGER, a_customer
from venue import clock
from venue.privacy import retention as rules
from venue.profile import Venue


@pytest.fixture
def old(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> set[UUID]:
    monkeypatch.setattr(retention, "open_venue", lambda: venue)
    with venue.transaction(MANAGER) as session:
        a_customer(session, first_name="New", now=clock.now())
        return {a_customer(session, now=clock.now() - timedelta(days=366 * 3)).id for _ in range(3)}


def run(*arguments: object, status: int = 0) -> Result:
    result = CliRunner().invoke(privacy.privacy, ["retention", *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result


def customers(venue: Venue) -> list[str]:
    with venue.reading(MANAGER) as session:
        return list(session.scalars(select(Customer.first_name)))


def test_it_only_lists_by_default(venue: Venue, old: set[UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PAGE", 2)
    output = run().output
    assert "3 customers not heard of for 24 months." in output
    assert "Jo Smith: no visit, added" in output
    shown: Any = json.loads(run("--json").output)
    assert {UUID(each["id"]) for each in shown["customers"]} == old
    assert (shown["erased"], {each["reason"] for each in shown["customers"]}) == (None, {"added"})
    assert "0 customers not heard of for 60 months." in run("--months", 60).output
    assert len(customers(venue)) == 4


@pytest.mark.usefixtures("old")
def test_it_erases_all_of_them_when_told_to(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_AT_ONCE", 2)
    refused = CliRunner().invoke(privacy.privacy, ["retention", "--erase"], input="n\n")
    assert "Erase 3 customers for good?" in refused.output
    assert (refused.exit_code, len(customers(venue))) == (1, 4)
    assert "3 customers erased." in run("--erase", "--yes").output
    assert customers(venue) == ["New"]


@pytest.mark.usefixtures("old")
def test_a_number_of_months_that_is_not_possible_is_refused() -> None:
    assert "Enter 6 to 120 months" in run("--months", 1, status=1).output
