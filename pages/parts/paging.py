"""Long rows a page at a time, where they stand among other things on a screen."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from venue.page import count_pages, offset_of


def page_of(rows: Sequence[Any], *, size: int, key: str, most_numbers: int = 5) -> Sequence[Any]:
    """The rows that are looked at; drawn with the way to the others where there are any."""
    pages = count_pages(len(rows), size)
    page = st.pagination(pages, key=key, max_visible_pages=most_numbers) if pages > 1 else 1
    start = offset_of(page, size)
    return rows[start : start + size]
