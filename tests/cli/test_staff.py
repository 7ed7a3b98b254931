"""`manage.py staff`."""

import json
import re

import pytest
from click.testing import CliRunner, Result

from cli import staff
from tests.makers import MANAGER
from tests.venue.staff.people import PASSWORD, Browser
from venue import clock
from venue.errors import Invalid
from venue.profile import Venue
from venue.roles import Role
from venue.staff import accounts
from venue.staff.sign_in import SignInRefused


@pytest.fixture
def venue(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> Venue:
    monkeypatch.setattr(staff, "open_venue", lambda: venue)
    monkeypatch.setenv("PUBLIC_URL", "https://desk.example.com")
    return venue


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(staff.staff, list(arguments))
    assert result.exit_code == status, result.output
    return result


def code_in(result: Result) -> str:
    (code,) = re.findall(r"(?:\w{4}-){3}\w{4}", result.output)
    return str(code)


def browser(venue: Venue) -> Browser:
    return Browser(venue, now=clock.now())


def test_the_first_manager_is_set_up_once(venue: Venue) -> None:
    first, second = run("set-up"), run("set-up")
    assert "https://desk.example.com/set-up" in second.output
    with pytest.raises(Invalid):
        browser(venue).set_up(code_in(first))
    browser(venue).set_up(code_in(second))
    assert "There are accounts already" in run("set-up", status=1).output
    assert run("set-up", "--if-new").output == ""


def test_links_have_the_port_that_is_set(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUBLIC_URL")
    assert "http://localhost:8501/set-up" in run("set-up").output
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", "8600")
    assert "http://localhost:8600/set-up" in run("set-up").output


def test_a_person_is_added_and_chooses_a_password_by_the_link(venue: Venue) -> None:
    added = run("add", "Sam", "--role", "staff", "--email", "sam@example.com")
    assert "https://desk.example.com/choose-password#" in added.output
    browser(venue).choose_password(code_in(added))
    browser(venue).password()

    reset = run("reset", "SAM")
    browser(venue).choose_password(code_in(reset), "four little teapots")
    with pytest.raises(SignInRefused):
        browser(venue).password("Sam", PASSWORD)


def test_accounts_are_listed_disabled_enabled_and_given_a_role(venue: Venue) -> None:
    assert "No accounts yet" in run("list").output
    run("add", "Max", "--role", "manager")
    run("add", "Sam", "--role", "viewer")
    run("role", "Sam", "staff")
    run("disable", "Sam")
    assert run("list").output == "Max, manager, no password yet\nSam, staff, disabled\n"
    run("enable", "Sam")
    rows = {row["name"]: row for row in json.loads(run("list", "--json").output)}
    assert (rows["Sam"]["role"], rows["Sam"]["disabled_at"], rows["Sam"]["email"]) == ("staff", None, "")
    with venue.transaction(MANAGER) as session:
        assert accounts.named(session, "Sam").role == Role.STAFF


@pytest.mark.parametrize(
    ("arguments", "sentence", "status"),
    [
        (("disable", "Max"), "Max is the only manager", 1),
        (("role", "Max", "viewer"), "Max is the only manager", 1),
        (("add", "max", "--role", "staff"), "already an account with this name", 1),
        (("add", "Sam", "--role", "owner"), "Invalid value", 2),
        (("reset", "Sam"), "There is no account with the name Sam", 1),
    ],
)
def test_what_cannot_be_done_is_said(venue: Venue, arguments: tuple[str, ...], sentence: str, status: int) -> None:
    run("add", "Max", "--role", "manager")
    assert sentence in run(*arguments, status=status).output
