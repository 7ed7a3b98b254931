"""`manage.py customers export` takes every filter of the list on screen."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from cli.customers import export_customers, set_email
from db.session import open_database
from tests.makers import IN_TWO_WEEKS, MANAGER, NOW, a_booking, a_customer, a_venue, an_event, an_opt_out
from venue import clock, customers, fields, tags
from venue.customers import CustomerFilter

RUN = CliRunner()


@pytest.fixture
def url(new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> str:
    url = new_database("sqlite")
    monkeypatch.setenv("DATABASE_URL", url)
    return url


def export(tmp_path: Path, *options: str) -> Result:
    return RUN.invoke(export_customers, [*options, "--output", str(tmp_path / "out.csv")])


def first_names(tmp_path: Path, *options: str) -> list[str]:
    assert export(tmp_path, *options).exit_code == 0
    return [line.split(",")[0] for line in (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()[1:]]


def test_an_export_has_a_filter_for_each_field() -> None:
    options = {parameter.name for parameter in export_customers.params}
    assert {field.name for field in dataclasses.fields(CustomerFilter)} <= options


def test_an_address_is_set_cleared_and_refused_in_words(url: str) -> None:
    with a_venue(open_database(url)).transaction(MANAGER) as session:
        customer_id = str(a_customer(session).id)

    def stored() -> str:
        with a_venue(open_database(url)).reading(MANAGER) as session:
            return customers.row(session, UUID(customer_id)).email

    assert RUN.invoke(set_email, [customer_id, "Jo@Example.com"]).exit_code == 0
    assert stored() == "Jo@example.com"
    refused = RUN.invoke(set_email, [customer_id, "jo"])
    assert (refused.exit_code, stored()) == (1, "Jo@example.com")
    assert "This is not an e-mail address" in refused.output
    assert RUN.invoke(set_email, [customer_id, ""]).exit_code == 0
    assert stored() == ""


def test_each_filter_leaves_out_the_others(url: str, tmp_path: Path) -> None:
    with a_venue(open_database(url)).transaction(MANAGER) as session:
        booked = a_customer(session, first_name="Booked", last_name="A")
        stopped = a_customer(session, first_name="Stopped", last_name="B", email="b@example.com")
        a_customer(session, first_name="Later", last_name="C", now=IN_TWO_WEEKS)
        event = an_event(session)
        a_booking(session, booked, event)
        an_opt_out(session, stopped.mobile_number)
        for name in ("VIP", "Regular"):
            tag = tags.add(session, name=name, now=NOW)
            tags.put_on(session, booked.id, tag.id, now=NOW)
        tags.put_on(session, stopped.id, tag.id, now=NOW)
        food = fields.add(session, name="Allergies", kind="text", now=NOW).id
        customers.update(session, stopped.id, version=1, own={food: "Nuts"}, now=NOW)

    day = f"{clock.today(NOW, a_venue(open_database(url)).zone)}"
    assert first_names(tmp_path) == ["Booked", "Stopped", "Later"]
    assert first_names(tmp_path, "--event", str(event.id)) == ["Booked"]
    assert first_names(tmp_path, "--tag", "regular") == ["Booked", "Stopped"]
    assert first_names(tmp_path, "--tag", "regular", "--tag", "VIP") == ["Booked"]
    assert first_names(tmp_path, "--without-tags") == ["Later"]
    assert first_names(tmp_path, "--cannot-text") == ["Stopped"]
    assert first_names(tmp_path, "--email", "with") == ["Stopped"]
    assert first_names(tmp_path, "--email", "without") == ["Booked", "Later"]
    assert first_names(tmp_path, "--field", "allergies=NUT") == ["Stopped"]
    assert "There is no field with this name." in export(tmp_path, "--field", "Diet=vegan").output
    assert "Say what to look for in Allergies" in export(tmp_path, "--field", "Allergies").output
    assert first_names(tmp_path, "--added-to", day) == ["Booked", "Stopped"]
    assert first_names(tmp_path, "--added-from", day, "--search", "late") == ["Later"]


def test_a_tag_that_does_not_exist_is_refused_in_words(url: str, tmp_path: Path) -> None:
    finished = export(tmp_path, "--tag", "VIP")
    assert finished.exit_code == 1
    assert "There is no tag with this name." in finished.output


@pytest.mark.parametrize("typed", ["yesterday", "2026-02-30", "0001-01-01"])
def test_a_day_that_is_none_is_refused_in_words(url: str, tmp_path: Path, typed: str) -> None:
    finished = export(tmp_path, "--added-from", typed)
    assert finished.exit_code == 2
    assert "give a day like 2026-12-30" in finished.stderr
