"""One booking as it stands on a customer's page."""

from typing import Any

import streamlit as st

from pages.parts import visit
from pages.parts.texts import kind_words, moment, state_badge
from pages.parts.words import plain, seats, when
from venue.messages import State


def draw_booking(booking: Any, texts: list[Any], *, past: bool = False) -> None:
    with st.container(border=True, gap="xsmall"):
        st.page_link(
            "event.py",
            label=f"**{plain(booking.event_name)}**",
            query_params={"id": str(booking.event_id)},
            width="stretch",
        )
        st.markdown(f"{when(booking.starts_at)} · {seats(booking)}{_marks(booking, past)}")
        if booking.notes:
            st.text(booking.notes)
        for text in sorted((text for text in texts if text.state != State.SKIPPED), key=lambda text: text.created_at):
            st.markdown(f":small[{kind_words(text.kind)} {state_badge(text.state)} {moment(text)}]")
        if not past:
            _buttons(booking)


def _marks(booking: Any, past: bool) -> str:
    if booking.cancelled_at is not None:
        return " :red-badge[Event cancelled]"
    arrived = getattr(booking, "arrived", None)
    if arrived is None:
        return ""
    return " :green-badge[Arrived]" if arrived else " :gray-badge[Did not come]"


def _buttons(booking: Any) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        st.button("Edit booking", key=f"edit.{booking.id}", on_click=visit.open_dialog, args=("edit", booking.id))
        st.button(
            "Delete booking",
            key=f"unbook.{booking.id}",
            type="tertiary",
            on_click=visit.open_dialog,
            args=("unbook", booking.id),
        )
