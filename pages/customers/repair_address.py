"""Corrects the address of the list of customers where Streamlit leaves the address of an earlier list."""

from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import streamlit as st

from pages.customers.list_address import SEARCH_BOX
from pages.elements.component import bare_component

_repair = bare_component("repair_address", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"))


def repair_address() -> None:
    """Drawn after the list with each run, so that the address matches the list that is shown."""
    shown = {**st.query_params.to_dict(), SEARCH_BOX: st.session_state.get(SEARCH_BOX)}
    address = urlencode({name: value for name, value in shown.items() if value})
    _repair(key="repair_address", data={"address": address, "run": uuid4().hex})
