"""The list of customers as a table of real links: read by a screen reader, walked by keys, opened in a new tab.

Streamlit's own tables are painted, sort what is on the screen only, and know a row by its place. Here a row is known
by the customer's id.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

HERE = Path(__file__).parent
# What each column is called, and what it orders the list by.
COLUMNS = {
    "last_name": ("Last name", "name"),
    "first_name": ("First name", "first_name"),
    "mobile_number": ("Mobile number", "mobile_number"),
    "bookings": ("Bookings", ""),
    "notes": ("Notes", ""),
    "added": ("Added", "created_at"),
}

_table = st.components.v2.component(
    "anchor_desk.people",
    html="<table>\n<thead><tr></tr></thead>\n<tbody></tbody></table>",
    css=(HERE / "people_table.css").read_text(encoding="utf-8"),
    js=(HERE / "people_table.js").read_text(encoding="utf-8"),
)


def draw_people(
    rows: Sequence[dict[str, str]],
    *,
    order: dict[str, Any],
    address: dict[str, str],
    on_open: Callable[[str], None],
    on_sort: Callable[[str], None],
) -> None:
    """`rows` have an `id`, the whole `name`, a `status`, and a text for each column."""
    sorted_by = "descending" if order["descending"] else "ascending"
    heads = [
        {"name": name, "label": label, "sort": sort, "is": sorted_by if sort == order["sort"] else ""}
        for name, (label, sort) in COLUMNS.items()
    ]
    _table(
        key="people",
        data={"label": "Customers", "heads": heads, "rows": list(rows), "kept": urlencode(address)},
        on_opened_change=lambda: on_open(st.session_state["people"]["opened"]),
        on_sorted_change=lambda: on_sort(st.session_state["people"]["sorted"]),
    )
