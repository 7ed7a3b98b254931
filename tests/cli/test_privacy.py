"""`manage.py privacy export`, `erase` and `scan`."""

import zipfile
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from cli import privacy
from db.models import Customer
from tests.makers import MANAGER, a_booking, a_customer
from venue.acts import Act
from venue.journal import entries, sentences
from venue.profile import Venue


@pytest.fixture
def customer_id(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> UUID:
    monkeypatch.setattr(privacy, "open_venue", lambda: venue)
    with venue.transaction(MANAGER) as session:
        customer = a_customer(session, first_name="Zoë", last_name="Quartermaine", mobile_number="07700 900123")
        a_customer(session, first_name="Ann", notes="Sister of Zoe Quartermaine")
        a_booking(session, customer)
        return customer.id


def run(*arguments: object, status: int = 0, typed: str = "") -> Result:
    result = CliRunner().invoke(privacy.privacy, list(map(str, arguments)), input=typed)
    assert result.exit_code == status, result.output
    return result


def names(venue: Venue) -> set[str]:
    with venue.reading(MANAGER) as session:
        return set(session.scalars(select(Customer.first_name)))


def test_everything_that_is_held_is_exported(venue: Venue, customer_id: UUID, tmp_path: Path) -> None:
    file = tmp_path / "zoe.zip"
    run("export", customer_id, "--output", file)
    with zipfile.ZipFile(file) as archive:
        assert "Zoë Quartermaine" in archive.read("letter.html").decode()
    with venue.reading(MANAGER) as session:
        (entry,) = entries.page(session, act=Act.CUSTOMER_EXPORTED).rows
    assert sentences.of(entry) == "command line downloaded all that is held about a customer"


def test_a_dry_run_shows_the_plan_and_erases_nothing(venue: Venue, customer_id: UUID) -> None:
    output = run("erase", customer_id, "--dry-run").output
    assert "goes: 1 booking" in output
    assert "mentions are replaced: notes of 1 customer" in output
    assert names(venue) == {"Zoë", "Ann"}


def test_a_customer_is_erased_after_a_yes(venue: Venue, customer_id: UUID) -> None:
    run("erase", customer_id, typed="n\n", status=1)
    assert names(venue) == {"Zoë", "Ann"}
    run("erase", customer_id, typed="y\n")
    assert names(venue) == {"Ann"}
    assert "no longer exists" in run("erase", customer_id, "--yes", status=1).output


@pytest.mark.parametrize("text", ["zoe quartermaine", "Quartermaine", "07700 900123", "+447700900123"])
def test_a_scan_says_where_a_name_or_number_is_left(customer_id: UUID, text: str) -> None:
    assert "customers." in run("scan", text, status=1).output
    run("erase", customer_id, "--yes")
    assert run("scan", text).output == "Nothing was found.\n"


def test_who_does_not_exist_cannot_be_exported(customer_id: UUID, tmp_path: Path) -> None:
    run("export", uuid4(), "--output", tmp_path / "x.zip", status=1)
