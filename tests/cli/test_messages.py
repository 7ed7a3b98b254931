"""The JSON of `messages list` and `messages replies`."""

import json

import pytest
from click.testing import CliRunner

from channels.gateway import ProviderMessage
from cli import messages
from db.models import Booking, Customer
from tests.makers import MANAGER, MANAGER_AND_SCHEDULER, NOW, a_booking
from venue import clock, events
from venue.delivery import inbound
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


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_unanswered_replies_are_listed_with_what_they_ask_for(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        booking = a_booking(session)
        number = session.get_one(Customer, booking.customer_id).mobile_number
        for count, body in enumerate(["we'll be 4 now", "is there parking?", "stop"]):
            text = ProviderMessage(f"SM{count}", "+447700900999", body, "received", "inbound", NOW, None, number)
            inbound.store(session, text, now=NOW)
    monkeypatch.setattr(messages, "open_venue", lambda: venue)
    monkeypatch.setattr(clock, "now", lambda: NOW)

    result = CliRunner().invoke(messages.list_replies, ["--json"])

    assert result.exit_code == 0, result.output
    proposed = {row["body"]: row["proposal"] for row in json.loads(result.output)}
    assert set(proposed) == {"we'll be 4 now", "is there parking?"}
    assert proposed["is there parking?"] is None
    assert proposed["we'll be 4 now"]["label"] == "Change to 4 seats"
    assert "They may want 4 seats for Quiz Night" in CliRunner().invoke(messages.list_replies).output

    def act(reply: str, *options: str) -> str:
        return CliRunner().invoke(messages.act_on_reply, [replies[reply], *options]).output

    replies = {row["body"]: row["id"] for row in json.loads(result.output)}
    assert "It is not an unanswered reply that asks for something" in act("is there parking?")
    assert "add --in-doubt to do that" in act("we'll be 4 now")
    assert act("we'll be 4 now", "--in-doubt").startswith("Change to 4 seats: done (journal entry ")
    assert "It is not an unanswered reply" in act("we'll be 4 now", "--in-doubt")
    with venue.reading(MANAGER) as session:
        assert session.get_one(Booking, booking.id).seats == 4
