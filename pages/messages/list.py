"""Every text, in and out, and its status."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from pages.customers.find_customer import say_if_hidden, searched
from pages.elements.calendar import day_field, read_day
from pages.messages import actions, pause_all, restored
from pages.messages.needs_call import draw_to_call
from pages.messages.replies import draw_replies
from pages.messages.shown import draw_texts_of_all
from pages.messages.upcoming import draw_coming_week
from pages.parts import dialog
from pages.parts.context import actor, reading
from pages.parts.device import is_phone
from pages.parts.download import draw_download_menu
from pages.parts.permissions import may
from venue.delivery import after_restore
from venue.messages import log
from venue.messages.channels import Channel
from venue.messages.filters import MessageFilter
from venue.messages.labels import KINDS, STATES
from venue.messages.outbox import Kind
from venue.messages.states import State
from venue.roles import Permission
from venue.wording import counted

ON_A_PAGE = 25
ORDER = "The latest to be planned or written come first, whenever they are sent."
NONE_YET = "No texts yet. Confirmations and reminders are listed here once guests are booked."
BY_KIND = {words: kind for kind, words in KINDS.items()}
BY_STATE = {words: state for state, words in STATES.items()}
# What the filters were once called, for older links.
RENAMED_STATES = {"Unsure": State.UNSURE, "Not sent": State.SKIPPED}
RENAMED_KINDS = {
    "Change": Kind.CHANGE,
    "Cancellation": Kind.CANCELLATION,
    "Reminder, a week before": Kind.REMINDER_7_DAY,
    "Reminder, a day before": Kind.REMINDER_24_HOUR,
    "Event moved": Kind.EVENT_MOVED,
    "Event on again": Kind.EVENT_ON_AGAIN,
    "Waitlist offer": Kind.WAITLIST_OFFER,
    "Offer taken back": Kind.OFFER_WITHDRAWN,
    "Written by staff": Kind.MANUAL,
    "From the customer": Kind.INBOUND,
}


def first_page() -> None:
    st.session_state["page"] = 1


def read_older_link() -> None:
    """Set the filters of an address that was written when they had other names."""
    state = RENAMED_STATES.get(st.query_params.get("state", ""))
    kind = RENAMED_KINDS.get(st.query_params.get("kind", ""))
    if state:
        st.session_state["state"] = STATES[state]
    if kind:
        st.session_state["kind"] = KINDS[kind]


def draw_all() -> None:
    read_older_link()
    where = draw_filters()
    with reading(actor()) as session:
        found = log.listing(session, where, page=st.session_state.get("page") or 1, page_size=ON_A_PAGE)
    if not found.rows:
        st.info("No texts found." if where.in_use() else NONE_YET, icon=":material/sms:")
        say_if_hidden(where.words)
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(
            f"{counted(found.total, 'text')}. Those written last are first, also if sent later.", width="content"
        )
        draw_download_menu("messages", **where.to_query())
    draw_texts_of_all(found.rows, key="texts_found")
    if found.pages > 1:
        st.pagination(found.pages, key="page", bind="query-params", max_visible_pages=5 if is_phone() else 9)


def draw_filters() -> MessageFilter:
    words = st.text_input(
        "Search texts",
        type="search",
        live=True,
        key="text_q",
        bind="query-params",
        on_change=first_page,
        placeholder=searched(),
    )
    with st.container(horizontal=not is_phone(), gap="xsmall"):
        state = _choice("Status", list(BY_STATE), "state")
        kind = _choice("Type", list(BY_KIND), "kind")
        with st.container(width="stretch" if is_phone() else 240, gap="xsmall"):
            bound = {"bind": "query-params", "on_change": first_page, "label_visibility": "collapsed"}
            typed = day_field("Day", key="on", placeholder="Any day", **bound)
            on = _day(typed)
    return replace(
        draw_linked_filters(),
        words=words or "",
        kind=BY_KIND.get(kind or ""),
        state=BY_STATE.get(state or ""),
        on=on,
    )


# Filters that links of other screens set, and what they are called.
LABELS: dict[str, Callable[[Any], str]] = {
    "first_day": lambda day: f"From {day:%-d %B %Y}",
    "last_day": lambda day: f"Until {day:%-d %B %Y}",
    "channel": lambda channel: {Channel.TEXT: "No e-mails", Channel.EMAIL: "E-mails only"}[channel],
}


def draw_linked_filters() -> MessageFilter:
    """The filters of LABELS in the address, each with a button that removes it."""
    keys = MessageFilter.keys()
    query = {keys[name]: st.query_params.get(keys[name], "") for name in LABELS}
    where = MessageFilter.from_query(query, skip_unreadable=True)
    if in_use := where.in_use():
        with st.container(horizontal=True, gap="xsmall"):
            for name, value in in_use.items():
                label = LABELS[name](value)
                st.button(label, key=f"off.{name}", icon=":material/close:", on_click=_remove, args=(keys[name],))
    return where


def _remove(key: str) -> None:
    st.query_params.pop(key, None)
    first_page()


def _day(typed: str) -> date | None:
    """The day that was typed. Anything else shows a problem under the field, and texts of all days."""
    try:
        return read_day(typed) if typed.strip() else None
    except ValueError as problem:
        st.error(str(problem), icon=":material/error:")
        return None


def _choice(label: str, options: list[str], key: str) -> str | None:
    return st.selectbox(
        label,
        options,
        index=None,
        placeholder=f"Any {label.lower()}",
        label_visibility="collapsed",
        key=key,
        bind="query-params",
        filter_mode=None,
        on_change=first_page,
    )


# The address has these names: with a count in them, an older link would stop working.
ALL, WEEK, CALL, REPLIES, RESTORED = "All", "Next 7 days", "Needs a call", "Replies", "Restored"
VIEWS = {
    ALL: draw_all,
    WEEK: draw_coming_week,
    CALL: draw_to_call,
    REPLIES: draw_replies,
    RESTORED: restored.draw_restored,
}

with reading(actor()) as session:
    held = after_restore.current(session) is not None
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Messages", width="content", anchor=False)
    if may(Permission.BULK):
        st.page_link("campaigns/list.py", label="Bulk texts", icon=":material/campaign:")
chosen = st.segmented_control(
    "Show",
    [view for view in VIEWS if view != RESTORED or held],
    default=ALL,
    required=True,
    key="texts",
    bind="query-params",
    label_visibility="collapsed",
    width="stretch" if is_phone() else "content",
    wrap=is_phone(),
)
VIEWS[chosen]()
dialog.draw({**actions.DIALOGS, **pause_all.DIALOGS, **restored.DIALOGS})
