"""How the list of customers is shown: as a table or as cards, and in which order. It lives in the address."""

from typing import Any

import streamlit as st

from pages.customers.list_page import change
from pages.parts import page_state
from pages.parts.device import is_phone, like, liked

USUAL = "Last name"
SORTS = {
    "Last name": ("name", False),
    "Last name, Z first": ("name", True),
    "First name": ("first_name", False),
    "First name, Z first": ("first_name", True),
    "Mobile number": ("mobile_number", False),
    "Mobile number, 9 first": ("mobile_number", True),
    "Bookings": ("bookings", False),
    "Bookings, none first": ("bookings", True),
    "Notes": ("notes", False),
    "Notes, none first": ("notes", True),
    "Newest first": ("created_at", True),
    "Oldest first": ("created_at", False),
}


VIEWS = ["Table", "Cards"]


def view() -> str:
    """What the address says, or else what this device showed last, or else what suits it."""
    usual = page_state.remembered("view") or liked("view", VIEWS) or ("Cards" if is_phone() else "Table")
    page_state.remember("view", usual)
    asked = st.query_params.get("view")
    return asked if asked in VIEWS else usual


def show_as(chosen: str) -> None:
    """As a table or as cards from now on; the device remembers it."""
    change(view=chosen)
    like("view", chosen)


def called(chosen: Any) -> str:
    """The order that an address names; what makes no sense is the usual one."""
    return chosen if chosen in SORTS else USUAL


def order(chosen: Any) -> dict[str, Any]:
    """As arguments of `customers.search`."""
    sort, descending = SORTS[called(chosen)]
    return {"sort": sort, "descending": descending}


def sort_by(column: str) -> None:
    """Order the list by a column, or the other way round when it is already."""
    now = SORTS[called(st.query_params.get("sort"))]
    wanted = (column, not now[1]) if now[0] == column else (column, column == "created_at")
    put_in_order(next(label for label, order in SORTS.items() if order == wanted))


def put_in_order(chosen: str) -> None:
    """Order the list as chosen from now on."""
    change(sort="" if chosen == USUAL else chosen)
