"""The history of a text gives each reason once: one that an attempt gave is not repeated."""

from types import SimpleNamespace
from typing import Any

import pytest

from pages.messages.history import lines
from sms import error_codes
from tests.makers import NOW, minutes
from venue.messages.states import State

ENDED = NOW + minutes(1)
LATER = NOW + minutes(2)


def a_story(outcome: str, detail: str, **text: Any) -> Any:
    attempt = SimpleNamespace(
        started_at=NOW, ended_at=ENDED, outcome=outcome, detail=detail, error_code=None, provider_id=None
    )
    empty = dict.fromkeys(("handled_at", "handled_by", "provider_status", "next_step_at", "final_at", "due_at"))
    empty["campaign_id"] = None
    message = SimpleNamespace(
        direction="out", created_at=NOW, **{**empty, "channel": "text", "updated_at": ENDED, **text}
    )
    return SimpleNamespace(message=message, attempts=[attempt], again=[])


def said(story: Any) -> list[str]:
    return [words for _, words in lines(story)][2:]


@pytest.mark.parametrize("state", [State.FAILED, State.SKIPPED])
def test_the_reason_of_a_refusal_is_the_attempts(state: State) -> None:
    words = error_codes.explain("21610")
    story = a_story("refused", words, state=state, reason=words, final_at=ENDED)
    assert said(story) == [f"Refused by Twilio: {words}"]


def test_what_is_skipped_after_an_attempt_that_did_not_leave_says_why() -> None:
    story = a_story("notsent", "Busy", state=State.SKIPPED, reason="The event is cancelled", final_at=LATER)
    assert said(story)[0] == "Not sent: Busy"
    assert said(story)[1].endswith("The event is cancelled")


def test_delivery_is_unknown_while_twilio_is_checked_and_then_the_reason_says_what_was_found() -> None:
    asking = a_story("unknown", "Timed out", state=State.UNSURE, reason="Timed out", next_step_at=LATER)
    assert said(asking)[:2] == ["Timed out", "Delivery unknown"]
    given_up = a_story("unknown", "Timed out", state=State.UNSURE, reason="It could not be found", next_step_at=None)
    assert said(given_up) == ["Timed out", "It could not be found"]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("sent", "Accepted by the mail server"),
        ("refused", "Refused by the mail server: No"),
        ("notsent", "Not sent: No"),
    ],
)
def test_the_history_of_an_e_mail_never_speaks_of_twilio(outcome: str, words: str) -> None:
    story = a_story(outcome, "No", state=State.SENT, reason="", channel="email", provider_status="sent")
    assert said(story) == [words]
