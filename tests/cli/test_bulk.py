"""`manage.py customers tag-all`, `untag-all` and `set-all`."""

from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from cli import bulk, customers
from tests.makers import MANAGER, NOW, a_customer
from venue import fields, tags
from venue.profile import Venue


@pytest.fixture
def people(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Two Lees and a Fox, a tag and a field."""
    monkeypatch.setattr(bulk, "open_venue", lambda: venue)
    with venue.transaction(MANAGER) as session:
        tags.add(session, name="VIP", now=NOW)
        fields.add(session, name="Visits", kind="number", now=NOW)
        return [a_customer(session, last_name=name).id for name in ("Lee", "Lee", "Fox")]


def run(*arguments: str, status: int = 0, answer: str = "") -> Result:
    result = CliRunner().invoke(customers.customers, arguments, input=answer)
    assert result.exit_code == status, result.output
    return result


def tagged(venue: Venue) -> int:
    with venue.reading(MANAGER) as session:
        return tags.count(session, tags.named(session, "VIP").id, today=NOW.date())


def test_all_who_match_are_tagged_and_untagged(venue: Venue, people: list[UUID]) -> None:
    assert "2 customers match. Nothing was changed." in run("tag-all", "vip", "--search", "lee", "--dry-run").output
    assert tagged(venue) == 0
    assert "Tag 2 customers ‘vip’?" in run("tag-all", "vip", "--search", "lee", answer="n\n", status=1).output
    assert tagged(venue) == 0
    assert "2 customers changed, 0 were so already." in run("tag-all", "vip", "--search", "lee", "--yes").output
    assert "1 customer changed, 2 were so already." in run("tag-all", "vip", "--everyone", "--yes").output
    assert tagged(venue) == 3
    assert "3 customers changed" in run("untag-all", "VIP", "--tag", "VIP", answer="y\n").output
    assert tagged(venue) == 0


def test_a_field_is_set_and_cleared_for_all_who_match(venue: Venue, people: list[UUID]) -> None:
    run("set-all", "visits", "3", "--search", "lee", "--yes")
    with venue.reading(MANAGER) as session:
        stored = fields.values_of(session, people)
        visits = fields.named(session, "Visits").id
    assert [stored.get(each, {}).get(visits) is not None for each in people] == [True, True, False]
    assert "2 customers changed" in run("set-all", "Visits", "", "--field", "Visits=3", "--yes").output
    with venue.reading(MANAGER) as session:
        assert fields.values_of(session, people) == {}


def test_problems_are_sentences(venue: Venue, people: list[UUID]) -> None:
    assert "There is no tag with this name." in run("tag-all", "Regular", "--everyone", "--yes", status=1).output
    assert "is not a number" in run("set-all", "Visits", "many", "--everyone", "--yes", status=1).output
    for which in ([], ["--everyone", "--search", "lee"]):
        assert "Say who: by filters, by --view, or --everyone" in run("tag-all", "VIP", *which, status=2).output
    assert "0 customers match" in run("tag-all", "VIP", "--search", "quartermaine", "--yes").output
