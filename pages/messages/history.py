"""What happened to a text, first to last, in plain words."""

from datetime import datetime
from typing import Any

import streamlit as st

from pages.messages.shown import state_words
from pages.parts.context import venue
from pages.parts.format import day, plain
from sms import error_codes
from venue import clock
from venue.messages.states import NOT_YET_GONE, State

PROVIDER_SAYS = {
    "accepted": "has taken it",
    "scheduled": "keeps it for later",
    "queued": "has it, waiting to go",
    "sending": "is sending it",
    "sent": "has handed it to the network",
    "delivered": "says that it arrived",
    "read": "says that it was read",
    "undelivered": "says that it did not arrive",
    "failed": "says that it failed",
    "canceled": "says that it was cancelled",
}
OUTCOMES = {
    "sent": "The provider took it",
    "refused": "The provider refused it",
    "notsent": "It did not leave",
    "unknown": "The answer was lost",
}
Line = tuple[datetime, str]


def draw_story(story: Any) -> None:
    st.subheader("What happened", anchor=False)
    shown = None
    for at, words in lines(story):
        if shown != clock.today(at, venue().zone):
            shown = clock.today(at, venue().zone)
            st.caption(day(at))
        local = at.astimezone(venue().zone)
        st.markdown(f"**{local:%H:%M:%S}** {plain(words)}")


def lines(story: Any) -> list[Line]:
    """Each step with its moment; what is still to come stands last."""
    text = story.message
    if text.direction == "in":
        told = [(text.created_at, "They texted this")]
    else:
        told = [(text.created_at, "Put into the outbox"), *_attempts(story), *_end(story)]
    if text.handled_at:
        told.append((text.handled_at, f"Dealt with by {text.handled_by}"))
    told += [(again.created_at, "Another was sent in its place") for again in story.again]
    # Sorting keeps what happened in one moment in the order above.
    return sorted(told, key=lambda line: line[0]) + _to_come(story)


def _attempts(story: Any) -> list[Line]:
    told: list[Line] = []
    several = len(story.attempts) > 1
    for place, attempt in enumerate(story.attempts, 1):
        which = f", try {place}" if several else ""
        told.append((attempt.started_at, f"The scheduler began to send it{which}"))
        if attempt.ended_at is None:
            told.append((attempt.started_at, "How that ended was never written down"))
            continue
        told.append((attempt.ended_at, _outcome(attempt)))
    return told


def _outcome(attempt: Any) -> str:
    words = OUTCOMES.get(attempt.outcome, attempt.outcome)
    if attempt.outcome == "sent":
        return f"{words}, as {attempt.provider_id}" if attempt.provider_id else words
    if attempt.outcome == "unknown" and attempt.detail:
        return str(attempt.detail)
    detail = attempt.detail or (error_codes.explain(attempt.error_code) if attempt.error_code else "")
    code = f" (code {attempt.error_code})" if attempt.error_code else ""
    return f"{words}{code}: {detail}" if detail else f"{words}{code}"


def _end(story: Any) -> list[Line]:
    text, last = story.message, story.attempts[-1] if story.attempts else None
    if text.state in (*NOT_YET_GONE, State.SENDING):
        return []
    if last is not None and last.outcome == "refused" and last.ended_at == text.final_at:
        # The line of the attempt has given the reason.
        return []
    says = PROVIDER_SAYS.get(text.provider_status or "", "")
    if text.state == State.SENT:
        return [(text.updated_at, f"The provider {says}")] if says else []
    if text.state == State.UNSURE:
        # While the provider is still to be asked, the reason is that of the attempt.
        asking = last is not None and last.outcome == "unknown" and text.next_step_at is not None
        return [(text.updated_at, "Nobody knows whether it went" if asking or not text.reason else text.reason)]
    ended = text.final_at or text.updated_at
    if text.state in (State.DELIVERED, State.UNDELIVERED) and says:
        return [(ended, f"The provider {says}" + (f". {text.reason}" if text.reason else ""))]
    return [(ended, f"{state_words(text.state)}: {text.reason}" if text.reason else state_words(text.state))]


def _to_come(story: Any) -> list[Line]:
    text = story.message
    if text.state == State.PLANNED and text.due_at:
        words = "It is to be tried again" if story.attempts else "It is to go. Nobody has tried to send it yet"
        return [(max(text.due_at, text.next_step_at or text.due_at), words)]
    if text.state == State.HELD and text.due_at:
        return [(text.due_at, "It would go then: it is held")]
    if text.state == State.UNSURE and text.next_step_at:
        return [(text.next_step_at, "The provider is asked whether it has it")]
    if text.state == State.SENT and text.next_step_at:
        return [(text.next_step_at, "The provider is asked what became of it")]
    return []
