"""One booking as it stands on a customer's page."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.parts import visit
from pages.parts.texts import moment, state_badge, title
from pages.parts.trouble import draw_trouble
from pages.parts.words import counted, plain, seats, when
from venue.messages import State

HISTORY_SHOWN = 5
HISTORY_ON_A_PAGE = 25


def draw_history(past: Sequence[Any]) -> None:
    """The latest at length, the rest as lines, a page of them at a time."""
    st.subheader("Booking history", anchor=False)
    if not past:
        st.caption("Nothing in the past yet.")
    for booking in past[:HISTORY_SHOWN]:
        draw_booking(booking, [], past=True)
    older = past[HISTORY_SHOWN:]
    if not older:
        return
    with st.expander(counted(len(older), "older booking")):
        pages = -(-len(older) // HISTORY_ON_A_PAGE)
        page = st.pagination(pages, key="history", max_visible_pages=5) if pages > 1 else 1
        for booking in older[(page - 1) * HISTORY_ON_A_PAGE : page * HISTORY_ON_A_PAGE]:
            event = f"**{plain(booking.event_name)}**"
            st.markdown(f"{event}  \n{when(booking.starts_at)} · {seats(booking)}{_marks(booking, True)}")


def draw_booking(booking: Any, texts: list[Any], *, lost: Sequence[Any] = (), past: bool = False) -> None:
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
            st.markdown(f":small[{title(text)} {state_badge(text.state)} {moment(text)}]")
        draw_trouble(lost, key=str(booking.id))
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
