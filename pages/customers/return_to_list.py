"""The address of the list, kept in the address of screens opened from it, so that Back shows the same list again.

Streamlit puts the address of the screen that is opened into the browser's history once under the old screen's name
too. Back stops there first: the list finds its own address under `list`, and goes back to it.
"""

from urllib.parse import parse_qsl, urlencode

import streamlit as st

from pages.customers.list_address import SEARCH_BOX, ListAddress, here, write
from pages.parts import page_state

LIST = "list"


def keep() -> dict[str, str]:
    """Query parameters for a screen opened from this list, so that it leads back here."""
    return to_list(**here().to_query())


def to_list(**query: str) -> dict[str, str]:
    """Query parameters for a screen that is opened as if from the list with these."""
    return {LIST: urlencode(query)} if query else {}


def carry() -> dict[str, str]:
    """The same query parameters, passed on from a screen that was opened from the list."""
    return {LIST: st.query_params[LIST]} if LIST in st.query_params else {}


def kept() -> dict[str, str]:
    """The address of the list that this screen was opened from."""
    return opened_from().to_query()


def opened_from() -> ListAddress:
    """Where in the list this screen was opened from."""
    return ListAddress.from_query(dict(parse_qsl(st.query_params.get(LIST, ""))))


def take_up() -> None:
    """Go back to where in the list another screen was opened from. Called before the list is drawn."""
    if not st.query_params.get(LIST) or page_state.get("taken_up"):
        return
    address = opened_from()
    if not page_state.get("taking_up"):
        # On the run that Back itself starts, Streamlit empties what the address does not name: wait for the next one.
        page_state.set("taking_up", True)
        st.rerun()
    page_state.set("taken_up", True)
    if address.where.words:
        st.session_state[SEARCH_BOX] = address.where.words
    # Without the other screen's parameters, including the list itself.
    write(address, leaving=[name for name in st.query_params if name != SEARCH_BOX])
