"""The JSON of `messages list`."""

import json

import pytest
from click.testing import CliRunner

from cli import messages
from tests.makers import MANAGER, NOW, a_booking
from venue import events
from venue.profile import Venue


def test_a_skipped_message_has_its_cause_as_a_value_and_others_have_none(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    with venue.transaction(MANAGER) as session:
        events.cancel(session, a_booking(session).event_id, now=NOW)
    monkeypatch.setattr(messages, "open_venue", lambda: venue)

    result = CliRunner().invoke(messages.list_messages, ["--json"])

    assert result.exit_code == 0, result.output
    listed = {row["kind"]: (row["state"], row["cause"], row["reason"]) for row in json.loads(result.output)}
    assert listed["reminder_7_day"] == ("skipped", "event_cancelled", "The event is cancelled")
    assert listed["event_cancelled"] == ("planned", None, "")
