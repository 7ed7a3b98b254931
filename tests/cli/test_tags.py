"""`manage.py tags`, and `manage.py customers tag` and `untag`."""

import json
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from cli import customers, tagging, tags
from tests.makers import MANAGER, a_customer
from venue.profile import Venue


@pytest.fixture
def customer_id(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> UUID:
    for module in (tags, tagging):
        monkeypatch.setattr(module, "open_venue", lambda: venue)
    with venue.transaction(MANAGER) as session:
        return a_customer(session).id


def run(*arguments: object, status: int = 0, typed: str = "") -> Result:
    command = customers.customers if arguments[0] in ("tag", "untag") else tags.tags
    result = CliRunner().invoke(command, list(map(str, arguments)), input=typed)
    assert result.exit_code == status, result.output
    return result


def test_tags_are_made_put_on_and_changed(customer_id: UUID) -> None:
    run("add", "VIP")
    run("add", "Nut allergy", "--colour", "red", "--at-door")
    run("tag", customer_id, "vip")
    run("tag", customer_id, "Nut allergy", "--until", "2999-12-31")
    assert run("list").output == "Nut allergy (red, shown at the door), 1 customer\nVIP (gray), 1 customer\n"
    run("untag", customer_id, "VIP")
    run("rename", "VIP", "Friend")
    (_, friend) = sorted(json.loads(run("list", "--json").output), key=lambda tag: -tag["customers"])
    assert (friend["name"], friend["customers"], friend["at_door"]) == ("Friend", 0, False)


def test_merging_and_deleting_ask_first_with_the_number(customer_id: UUID) -> None:
    for name in ("VIP", "Friend"):
        run("add", name)
    run("tag", customer_id, "VIP")
    asked = run("merge", "VIP", "Friend", typed="n\n", status=1).output
    assert "Give 1 customer with VIP the tag Friend, and delete VIP?" in asked
    assert run("merge", "VIP", "Friend", "--yes").output == "VIP merged into Friend: 1 customer.\n"
    assert "Delete Friend, and take it off 1 customer?" in run("delete", "Friend", typed="y\n").output
    assert run("list").output == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "friend"), "There is a tag ‘Friend’ already"),
        (("add", "a;b"), "Leave out ‘;’"),
        (("rename", "VIP", "x"), "There is no tag with this name."),
        (("merge", "Friend", "Friend", "--yes"), "Choose another tag"),
        (("tag", UUID(int=1), "Friend"), "This customer no longer exists."),
    ],
)
def test_what_cannot_be_done_is_said(customer_id: UUID, arguments: tuple[object, ...], words: str) -> None:
    run("add", "Friend")
    assert words in run(*arguments, status=1).output


def test_a_last_day_in_the_past_is_refused(customer_id: UUID) -> None:
    run("add", "VIP")
    assert "in the past" in run("tag", customer_id, "VIP", "--until", "2020-01-01", status=1).output
