"""What happened to a text, in order."""

from datetime import datetime

import streamlit as st

from pages.parts.context import venue
from pages.parts.format import day, plain
from sms import error_codes
from venue import clock
from venue.messages.channels import Channel
from venue.messages.labels import state_words, waits_its_turn
from venue.messages.log import Story
from venue.messages.rows import AttemptRow
from venue.messages.states import NOT_YET_GONE, State

PROVIDER_SAYS = {
    "accepted": "Accepted by Twilio",
    "scheduled": "Scheduled by Twilio",
    "queued": "Queued by Twilio",
    "sending": "Being sent by Twilio",
    "sent": "Passed to the phone network",
    "delivered": "Delivered",
    "read": "Read",
    "undelivered": "Not delivered",
    "failed": "Failed",
    "canceled": "Cancelled by Twilio",
}
OUTCOMES = {
    "sent": "Accepted by {provider}",
    "refused": "Refused by {provider}",
    "notsent": "Not sent",
    "unknown": "No answer from {provider}",
}
# Who takes the messages of each channel.
PROVIDERS = {Channel.TEXT: "Twilio", Channel.EMAIL: "the mail server"}
Line = tuple[datetime, str]


def draw_story(story: Story) -> None:
    st.subheader("History", anchor=False)
    shown = None
    for at, words in lines(story):
        if shown != clock.today(at, venue().zone):
            shown = clock.today(at, venue().zone)
            st.caption(day(at))
        local = at.astimezone(venue().zone)
        st.markdown(f"**{local:%H:%M:%S}** {plain(words)}")


def lines(story: Story) -> list[Line]:
    """Each step with its time; steps still to come are last."""
    text = story.message
    if text.direction == "in":
        steps = [(text.created_at, "Received")]
    else:
        steps = [(text.created_at, "Queued"), *_attempts(story), *_end(story)]
    if text.handled_at:
        steps.append((text.handled_at, f"Done by {text.handled_by}"))
    steps += [(again.created_at, "Sent again") for again in story.again]
    # Sorting keeps steps of the same moment in the order above.
    return sorted(steps, key=lambda line: line[0]) + _to_come(story)


def _attempts(story: Story) -> list[Line]:
    steps: list[Line] = []
    several = len(story.attempts) > 1
    for place, attempt in enumerate(story.attempts, 1):
        which = f" (try {place})" if several else ""
        steps.append((attempt.started_at, f"Sending{which}"))
        if attempt.ended_at is None:
            steps.append((attempt.started_at, "Result not recorded"))
            continue
        steps.append((attempt.ended_at, _outcome(attempt, PROVIDERS[Channel(story.message.channel)])))
    return steps


def _outcome(attempt: AttemptRow, provider: str) -> str:
    outcome = attempt.outcome or "unknown"
    words = OUTCOMES.get(outcome, outcome).format(provider=provider)
    if outcome == "sent":
        return words
    if outcome == "unknown" and attempt.detail:
        return attempt.detail
    detail = attempt.detail or (error_codes.explain(attempt.error_code) if attempt.error_code else "")
    code = f" (code {attempt.error_code})" if attempt.error_code else ""
    return f"{words}{code}: {detail}" if detail else f"{words}{code}"


def _end(story: Story) -> list[Line]:
    text, last = story.message, story.attempts[-1] if story.attempts else None
    if text.state in (*NOT_YET_GONE, State.SENDING):
        return []
    if last is not None and last.outcome == "refused" and last.ended_at == text.final_at:
        # The attempt's own line gives the reason.
        return []
    says = PROVIDER_SAYS.get(text.provider_status or "", "")
    if text.state == State.SENT and text.channel == Channel.EMAIL:
        # The attempt's own line says it: nothing more is known of an e-mail.
        return []
    if text.state == State.SENT:
        return [(text.updated_at, says)] if says else []
    if text.state == State.UNSURE:
        # While Twilio is still to be checked, the attempt's own line gives the reason.
        asking = last is not None and last.outcome == "unknown" and text.next_step_at is not None
        return [(text.updated_at, "Delivery unknown" if asking or not text.reason else text.reason)]
    ended = text.final_at or text.updated_at
    if text.state in (State.DELIVERED, State.UNDELIVERED) and says:
        return [(ended, says + (f". {text.reason}" if text.reason else ""))]
    return [(ended, f"{state_words(text.state)}: {text.reason}" if text.reason else state_words(text.state))]


def _to_come(story: Story) -> list[Line]:
    text = story.message
    if waits_its_turn(text):
        return []
    if text.state == State.PLANNED and text.due_at:
        words = "Next try" if story.attempts else "Scheduled"
        return [(max(text.due_at, text.next_step_at or text.due_at), words)]
    if text.state == State.HELD and text.due_at:
        return [(text.due_at, "On hold (was due then)")]
    if text.state == State.UNSURE and text.next_step_at:
        return [(text.next_step_at, "Next check with Twilio")]
    if text.state == State.SENT and text.next_step_at:
        return [(text.next_step_at, "Next check with Twilio")]
    return []
