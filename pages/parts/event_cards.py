"""Events as cards: when, what, and how full."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.parts.desk import now
from pages.parts.words import fill, near, plain

NEARLY_FULL = 0.8


def draw_events(rows: Sequence[Any], *, empty: str) -> None:
    """One link for each, with all its words: a page of them is as light as its links."""
    if not rows:
        st.caption(empty)
        return
    with st.grid("auto", border=True, min_column_width=320, gap="xsmall"):
        for row in rows:
            st.page_link("event.py", label=_in_lines(row), query_params={"id": str(row.id)}, width="stretch")


def _in_lines(row: Any) -> str:
    """Each short enough for a phone: a link does not break them."""
    lines = [f"**{plain(row.name)}**", near(row.starts_at, now())]
    if row.category:
        lines.append(plain(row.category))
    return "  \n".join([*lines, ":red-badge[Cancelled]" if row.cancelled_at is not None else fill_with_badge(row)])


def fill_with_badge(row: Any) -> str:
    """How full it is, what is left standing out."""
    if row.capacity is None:
        return fill(row)
    taken, _, left = fill(row).rpartition(", ")
    colour = "red" if row.seats_taken >= row.capacity else "orange" if _nearly_full(row) else "green"
    return f"{taken} :{colour}-badge[{left}]"


def _nearly_full(row: Any) -> bool:
    return row.seats_taken >= NEARLY_FULL * row.capacity
