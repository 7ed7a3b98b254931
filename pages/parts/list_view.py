"""How the list of customers is shown: as a table or as cards, and in which order."""

from typing import Any

import streamlit as st

from pages.parts import visit
from pages.parts.device import is_phone, like, liked
from pages.parts.list_place import first_page

SORTS = {
    "Last name": ("name", False),
    "Last name, Z first": ("name", True),
    "First name": ("first_name", False),
    "First name, Z first": ("first_name", True),
    "Mobile number": ("mobile_number", False),
    "Mobile number, 9 first": ("mobile_number", True),
    "Newest first": ("created_at", True),
    "Oldest first": ("created_at", False),
}


def draw_view() -> str:
    """The switch between table and cards, which each device remembers."""
    usual = visit.remembered("view") or liked("view", ("Table", "Cards")) or ("Cards" if is_phone() else "Table")
    visit.remember("view", usual)
    chosen = st.segmented_control(
        "View",
        ["Table", "Cards"],
        default=usual,
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
        on_change=_like_view,
    )
    return chosen or usual


def _like_view() -> None:
    first_page()
    like("view", st.session_state["view"])


def draw_order() -> None:
    st.selectbox(
        "Sort by",
        list(SORTS),
        key="sort",
        bind="query-params",
        label_visibility="visible" if is_phone() else "collapsed",
        width="stretch" if is_phone() else 230,
        filter_mode=None,
        on_change=first_page,
    )


def order(chosen: Any) -> dict[str, Any]:
    """As arguments of `customers.search`."""
    sort, descending = SORTS.get(chosen, SORTS["Last name"])
    return {"sort": sort, "descending": descending}


def sort_by(column: str) -> None:
    """Order the list by a column, or the other way round when it is already."""
    now = SORTS.get(st.session_state.get("sort"), SORTS["Last name"])
    wanted = (column, not now[1]) if now[0] == column else (column, column == "created_at")
    st.session_state["sort"] = next(label for label, order in SORTS.items() if order == wanted)
    first_page()
