"""Needs a call: the guests whom a text did not reach, why, and what to do next."""

from collections.abc import Sequence

import streamlit as st

from pages.messages import actions
from pages.messages.shown import LOOKS, why
from pages.parts.context import actor, now, reading
from pages.parts.device import is_phone
from pages.parts.format import number, plain, tel
from pages.parts.permissions import may
from venue.messages import log, needs_call
from venue.messages.labels import title
from venue.messages.needs_call import ToCall
from venue.messages.outbox import State
from venue.messages.rows import MessageRow
from venue.roles import Permission
from venue.wording import counted

ON_A_PAGE = 25


def draw_to_call() -> None:
    with reading(actor()) as session:
        page = st.session_state.get("page_of_calls") or 1
        people = needs_call.listing(session, now=now(), page=page, page_size=ON_A_PAGE)
        texts = log.listing(session, needs_person=True, now=now(), page_size=1).total
    if not people.rows:
        st.success("No calls needed. Guests whom a text did not reach are listed here.", icon=":material/check_circle:")
        return
    st.caption(f"{counted(people.total, 'guest')}, {counted(texts, 'text')}. Most recent failures first.")
    with st.grid("auto", min_column_width=340, gap="xsmall"):
        for person in people.rows:
            _draw_person(person)
    if people.pages > 1:
        st.pagination(people.pages, key="page_of_calls", max_visible_pages=5 if is_phone() else 9)


def _draw_person(person: ToCall) -> None:
    with st.container(border=True, gap="xsmall"):
        if person.customer_id:
            st.page_link(
                "customers/one.py",
                label=f"**{plain(person.name)}**",
                icon=":material/person:",
                query_params={"id": str(person.customer_id)},
                width="stretch",
            )
        _draw_number(person)
        for reason, texts in _by_reason(person.texts).items():
            st.markdown(plain(reason))
            for text in texts:
                _draw_lost(text)
        several = len(person.texts) > 1
        if may(Permission.TEXTS):
            st.button(
                "Mark as called" if not several else f"Mark all {len(person.texts)} as called",
                key=f"called.{person.customer_id}.{person.mobile_number}",
                icon=":material/done:",
                on_click=actions.mark_handled,
                args=([text.id for text in person.texts], "Marked as called"),
            )


def _draw_number(person: ToCall) -> None:
    shown, call = number(person.mobile_number), tel(person.mobile_number)
    if not call:
        st.markdown(f":material/call: {shown}")
        return
    st.link_button(f"Call {shown}", call, icon=":material/call:", type="primary" if is_phone() else "secondary")


def _by_reason(texts: Sequence[MessageRow]) -> dict[str, list[MessageRow]]:
    grouped: dict[str, list[MessageRow]] = {}
    for text in texts:
        grouped.setdefault(why(text), []).append(text)
    return grouped


def _draw_lost(text: MessageRow) -> None:
    about = f" · {plain(text.event_name)}" if text.event_name else ""
    st.page_link(
        "messages/one.py",
        label=f"{title(text)}{about}",
        icon=f":material/{LOOKS[State(text.state)][1]}:",
        query_params={"id": str(text.id)},
        width="stretch",
    )
