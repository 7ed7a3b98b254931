"""Long rows a page at a time, where they stand among other things on a screen."""

from collections.abc import Sequence
from typing import Any

import streamlit as st


def page_of(rows: Sequence[Any], *, size: int, key: str) -> Sequence[Any]:
    """The rows that are looked at; drawn with the way to the others where there are any."""
    pages = -(-len(rows) // size)
    page = st.pagination(pages, key=key, max_visible_pages=5) if pages > 1 else 1
    return rows[(page - 1) * size : page * size]
