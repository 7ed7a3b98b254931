"""How a text is shown: what it is, what became of it, and what to do next."""

from typing import Any

import streamlit as st

from pages.parts.desk import now
from pages.parts.words import near, plain
from venue.messages import Kind, State

KINDS = {
    Kind.CONFIRMATION: "Confirmation",
    Kind.CHANGE: "Change",
    Kind.CANCELLATION: "Cancellation",
    Kind.REMINDER_7_DAY: "Reminder, a week before",
    Kind.REMINDER_24_HOUR: "Reminder, a day before",
    Kind.EVENT_MOVED: "Event moved",
    Kind.EVENT_CANCELLED: "Event cancelled",
    Kind.MANUAL: "Written by staff",
    Kind.INBOUND: "From the customer",
}
STATES = {
    State.PLANNED: ("Planned", "blue", "schedule"),
    State.HELD: ("Held", "orange", "pause_circle"),
    State.SENDING: ("Sending", "blue", "send"),
    State.SENT: ("Sent", "green", "done"),
    State.DELIVERED: ("Delivered", "green", "done_all"),
    State.UNDELIVERED: ("Not delivered", "red", "error"),
    State.FAILED: ("Failed", "red", "error"),
    State.UNSURE: ("Unsure", "orange", "help"),
    State.SKIPPED: ("Not sent", "gray", "block"),
    State.RECEIVED: ("Received", "violet", "inbox"),
}
TO_DO = {
    State.FAILED: "Call them if it matters.",
    State.UNDELIVERED: "Call them if it matters.",
    State.UNSURE: "Nobody knows whether it went: ask the customer before texting again.",
}


def kind_words(kind: str) -> str:
    return KINDS.get(Kind(kind), kind)


def state_words(state: str) -> str:
    return STATES[State(state)][0]


def state_badge(state: str) -> str:
    words, colour, icon = STATES[State(state)]
    return f":{colour}-badge[:material/{icon}: {words}]"


def moment(text: Any) -> str:
    """When it went, or when it is to go."""
    instant = text.sent_at or (text.due_at if text.state in (State.PLANNED, State.HELD) else None)
    return near(instant or text.final_at or text.created_at, now())


def draw_text(text: Any, *, with_customer: bool = False) -> None:
    """One text as a card."""
    with st.container(border=True, gap="xsmall"):
        about = f" · {plain(text.event_name)}" if text.event_name else ""
        name = f"{plain(text.first_name)} {plain(text.last_name)}" if text.first_name else "Somebody no longer here"
        label = f"**{name}** · {kind_words(text.kind)}" if with_customer else f"**{kind_words(text.kind)}**{about}"
        st.page_link("message.py", label=label, query_params={"id": str(text.id)}, width="stretch")
        st.markdown(f"{state_badge(text.state)} {moment(text)}{about if with_customer else ''}")
        if text.reason:
            st.caption(f"{plain(text.reason)}. {TO_DO.get(State(text.state), '')}".replace(r"\.. ", r"\. "))
        if text.body:
            st.text(text.body)
