"""`manage.py privacy consent`."""

import json
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from cli import consents, privacy
from tests.makers import MANAGER, a_customer
from venue.profile import Venue


@pytest.fixture
def customer_id(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> UUID:
    monkeypatch.setattr(consents, "open_venue", lambda: venue)
    with venue.transaction(MANAGER) as session:
        return a_customer(session).id


def run(*arguments: object, status: int = 0) -> Result:
    result = CliRunner().invoke(privacy.privacy, ["consent", *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result


def test_an_answer_is_recorded_and_shown(customer_id: UUID) -> None:
    assert "not asked: news and offers may not be sent" in run("show", customer_id).output
    run("record", customer_id, "--basis", "consent", "--how", "On paper", "--wording", "Offers by text?")
    assert "consent: news and offers may be sent" in run("show", customer_id).output
    shown = json.loads(run("show", customer_id, "--json").output)
    assert (shown["basis"], shown["may_market"]) == ("consent", True)
    assert [(line["how"], line["wording"], line["actor"]) for line in shown["lines"]] == [
        ("On paper", "Offers by text?", "command line")
    ]


def test_agreement_without_proof_is_refused(customer_id: UUID) -> None:
    assert "Enter the wording" in run("record", customer_id, "--basis", "consent", "--how", "x", status=1).output
