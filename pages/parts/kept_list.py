"""The list of customers as it stood, kept in the address of a customer so that Back shows it again.

Streamlit puts the address of the screen that is opened into the browser's history once under the old screen's name
too. Back stops there first: the list finds its own search and filters under `list`, and takes them up again.
"""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from pages.parts import visit

USUAL = {"sort": "Last name", "page": 1, "rows": "50"}
READ: dict[str, Callable[[str], Any]] = {
    "q": str,
    "show": str,
    "from": date.fromisoformat,
    "until": date.fromisoformat,
    "cannot_text": lambda typed: typed == "True",
    "sort": str,
    "page": int,
    "rows": str,
}


def keep(customer_id: Any) -> dict[str, str]:
    """The address of a customer that also keeps this list."""
    standing = {name: st.session_state.get(name) for name in READ}
    standing = {name: value for name, value in standing.items() if value and value != USUAL.get(name)}
    event = st.query_params.get("event")
    kept = urlencode({**standing, **({"event": event} if event else {})})
    return {"id": str(customer_id), **({"list": kept} if kept else {})}


def kept() -> dict[str, str]:
    """The address of the list that this screen was opened from."""
    return dict(parse_qsl(st.query_params.get("list", "")))


def take_up() -> None:
    """Called before the list is drawn."""
    wanted = kept()
    if not wanted or visit.remembered("taken_up"):
        return
    if not visit.remembered("taking_up"):
        # On the run that Back itself starts, Streamlit empties what the address does not name: wait for the next one.
        visit.remember("taking_up", True)
        st.rerun()
    visit.remember("taken_up", True)
    for name, typed in wanted.items():
        try:
            st.session_state[name] = READ[name](typed)
        except (KeyError, ValueError):
            continue
    if "event" in wanted:
        st.query_params["event"] = wanted["event"]
