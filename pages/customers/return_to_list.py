"""The list of customers as it stands, kept in the address of what is opened from it so that Back shows it again.

Where a browser has not yet loaded history.js, Streamlit puts the address of the screen that is opened into the history
under the list's name too. The list then finds its own search and filters under `list`, and takes them up again.
"""

from urllib.parse import parse_qsl, urlencode

import streamlit as st

from pages.customers import list_order
from pages.parts import page_state

USUAL = {"sort": list_order.USUAL, "rows": "50"}
# What stands in the address alone; the search box holds its own.
BARE = ("show", "event", "from", "until", "cannot_text", "sort", "rows", "view", "page")


def standing() -> dict[str, str]:
    """This list as an address."""
    address = st.query_params.to_dict()
    here = {"q": st.session_state.get("q"), **{name: address.get(name) for name in BARE}}
    return {name: value for name, value in here.items() if value and value != USUAL.get(name)}


def keep() -> dict[str, str]:
    """What the address of a screen opened from this list carries, so that it leads back here."""
    here = urlencode(standing())
    return {"list": here} if here else {}


def carry() -> dict[str, str]:
    """The same, from a screen that was opened from the list to the next one."""
    return {"list": st.query_params["list"]} if "list" in st.query_params else {}


def kept() -> dict[str, str]:
    """The address of the list that this screen was opened from."""
    return dict(parse_qsl(st.query_params.get("list", "")))


def take_up() -> None:
    """Called before the list is drawn."""
    wanted = kept()
    if not wanted or page_state.remembered("taken_up"):
        return
    if not page_state.remembered("taking_up"):
        # On the run that Back itself starts, Streamlit empties what the address does not name: wait for the next one.
        page_state.remember("taking_up", True)
        st.rerun()
    page_state.remember("taken_up", True)
    if "q" in wanted:
        st.session_state["q"] = wanted["q"]
    left = {name: [] for name in st.query_params if name != "q"}  # What was the other screen's, the list itself too.
    st.query_params.update({**left, **{name: wanted[name] for name in BARE if name in wanted}})
