"""Events as cards: when, what, and how full."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.parts.desk import now
from pages.parts.words import fill, near, plain


def draw_events(rows: Sequence[Any], *, empty: str) -> None:
    if not rows:
        st.caption(empty)
        return
    with st.grid("auto", min_column_width=320, gap="xsmall"):
        for row in rows:
            draw_event(row)


def draw_event(row: Any) -> None:
    with st.container(border=True, gap="xxsmall"):
        st.page_link("event.py", label=f"**{plain(row.name)}**", query_params={"id": str(row.id)}, width="stretch")
        category = f" · {plain(row.category)}" if row.category else ""
        st.markdown(f"{near(row.starts_at, now())}{category}")
        if row.cancelled_at is not None:
            st.markdown(":red-badge[Cancelled]")
        else:
            draw_fill(row)


def draw_fill(row: Any) -> None:
    if row.capacity is None:
        st.caption(fill(row))
    else:
        st.progress(min(1.0, row.seats_taken / row.capacity), text=fill(row))
