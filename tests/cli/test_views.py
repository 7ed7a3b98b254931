"""`manage.py views`, and the export of a view."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from cli.customers import customers
from cli.views import views
from db.models import SavedView
from db.session import open_database
from tests.makers import IN_TWO_WEEKS, MANAGER, a_customer, a_venue
from venue import clock
from venue import views as saved
from venue.profile import Venue


@pytest.fixture
def venue(new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Venue:
    url = new_database("sqlite")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setattr(clock, "now", lambda: IN_TWO_WEEKS)
    venue = a_venue(open_database(url))
    with venue.transaction(MANAGER) as session:
        for last_name in ("Smith", "Smythe", "Jones"):
            a_customer(session, last_name=last_name)
        query = {"q": "sm", "sort": "Last name, Z first"}
        saved.save(session, name="Smiths", query=query, columns=["notes"], shared=True, now=IN_TWO_WEEKS)
    return venue


def run(*arguments: str, status: int = 0) -> Result:
    group = {"views": views, "customers": customers}[arguments[0]]
    result = CliRunner().invoke(group, arguments[1:])
    assert result.exit_code == status, result.output
    return result


def test_shared_views_are_listed(venue: Venue) -> None:
    assert run("views", "list").output == "Smiths: q=sm sort=Last name, Z first\n"
    (view,) = json.loads(run("views", "list", "--json").output)
    assert (view["name"], view["query"]["q"], view["columns"]) == ("Smiths", "sm", ["notes"])


def test_a_view_is_deleted_by_its_name(venue: Venue) -> None:
    assert run("views", "delete", "SMITHS").output == "Smiths deleted\n"
    assert run("views", "list").output == ""
    assert "There is no view with this name" in run("views", "delete", "Smiths", status=1).output


def test_a_view_is_exported_in_its_order(venue: Venue) -> None:
    exported = run("customers", "export", "--view", "smiths").stdout_bytes.decode("utf-8-sig")
    assert [row["Last Name"] for row in csv.DictReader(io.StringIO(exported))] == ["Smythe", "Smith"]


def test_an_outdated_view_is_not_exported(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        session.query(SavedView).one().query = '{"colour": "red"}'
    refused = run("customers", "export", "--view", "Smiths", status=1).output
    assert "This view has a filter ‘colour’ that does not exist. Remove that filter, or delete the view." in refused
    assert run("views", "list").output == "Smiths: colour=red\n"


def test_a_view_is_not_mixed_with_other_filters(venue: Venue) -> None:
    refused = run("customers", "export", "--view", "Smiths", "--cannot-text", status=2).output
    assert "--view cannot be combined with other filters" in refused
