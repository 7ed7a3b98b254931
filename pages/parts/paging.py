"""A long list shown a page at a time, on a screen that shows other things too."""

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from venue.page import count_pages, offset_of

T = TypeVar("T")


def page_of(rows: Sequence[T], *, size: int, key: str, most_numbers: int = 5) -> Sequence[T]:
    """The rows of the current page. Draws the page numbers if there are several pages."""
    pages = count_pages(len(rows), size)
    page = st.pagination(pages, key=key, max_visible_pages=most_numbers) if pages > 1 else 1
    start = offset_of(page, size)
    return rows[start : start + size]
