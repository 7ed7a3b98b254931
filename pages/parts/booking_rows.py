"""One booking as it stands on a customer's page."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.parts import visit
from pages.parts.cards import Badge, Card, address, draw_cards
from pages.parts.texts import moment_in_short, state_badge, title
from pages.parts.trouble import WHOLE_LINE, draw_trouble
from pages.parts.words import counted, plain, plain_lines, seats, when
from venue.messages import State

HISTORY_SHOWN = 5
HISTORY_ON_A_PAGE = 25


def draw_history(past: Sequence[Any]) -> None:
    """The latest as cards, the rest as lines, a page of them at a time."""
    st.subheader("Booking history", anchor=False)
    if not past:
        st.caption("Nothing in the past yet.")
        return
    draw_cards(map(_card, past[:HISTORY_SHOWN]), key="history")
    older = past[HISTORY_SHOWN:]
    if not older:
        return
    with st.expander(counted(len(older), "older booking")):
        pages = -(-len(older) // HISTORY_ON_A_PAGE)
        page = st.pagination(pages, key="older_bookings", max_visible_pages=5) if pages > 1 else 1
        shown = older[(page - 1) * HISTORY_ON_A_PAGE : page * HISTORY_ON_A_PAGE]
        st.markdown("\n\n".join(map(_in_lines, shown)))


def _card(booking: Any) -> Card:
    return Card(
        address("event", id=booking.event_id),
        booking.event_name,
        (when(booking.starts_at), seats(booking)),
        _became(booking),
        words=booking.notes,
    )


def draw_booking(booking: Any, texts: list[Any], *, lost: Sequence[Any] = ()) -> None:
    """One that is to come: what was said about it, and what can be done with it."""
    with st.container(border=True, horizontal=True, gap="xsmall"):
        _link(booking)
        sent = sorted((text for text in texts if text.state != State.SKIPPED), key=lambda text: text.created_at)
        lines = [f":small[{title(text)} {state_badge(text.state)} {moment_in_short(text)}]" for text in sent]
        if booking.notes or lines:
            words = "\n\n".join(filter(None, (plain_lines(booking.notes), "  \n".join(lines))))
            st.markdown(words, width=WHOLE_LINE)
        draw_trouble(lost, key=str(booking.id))
        st.button("Edit booking", key=f"edit.{booking.id}", on_click=visit.open_dialog, args=("edit", booking.id))
        st.button(
            "Delete booking",
            key=f"unbook.{booking.id}",
            type="tertiary",
            on_click=visit.open_dialog,
            args=("unbook", booking.id),
        )


def _link(booking: Any) -> None:
    st.page_link("event.py", label=_in_lines(booking), query_params={"id": str(booking.event_id)}, width="stretch")


def _in_lines(booking: Any) -> str:
    """Each short enough for a phone: a link does not break them."""
    became = _became(booking)
    words = f"{seats(booking)} {became.markdown}" if became else seats(booking)
    return f"**{plain(booking.event_name)}**  \n{when(booking.starts_at)}  \n{words}"


def _became(booking: Any) -> Badge | None:
    if booking.cancelled_at is not None:
        return Badge("red", "Event cancelled")
    if booking.arrived is None:
        return None
    return Badge("green", "Arrived") if booking.arrived else Badge("gray", "Did not come")
