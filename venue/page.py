"""Pages of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row_co = TypeVar("Row_co", covariant=True)


@dataclass(frozen=True)
class Page(Generic[Row_co]):
    """One page of a list. `total` is the number of rows on all pages. `page` counts from 1; it is None after a jump to
    a letter, when the page has no number."""

    rows: Sequence[Row_co]
    total: int
    page: int | None
    page_size: int

    @property
    def pages(self) -> int:
        return count_pages(self.total, self.page_size)


def count_pages(total: int, page_size: int) -> int:
    """The number of pages, at least 1: an empty list has one empty page."""
    return max(1, -(-total // page_size))


def nearest_page(page: int, total: int, page_size: int) -> int:
    """This page's number if it exists, or else the first or the last."""
    return min(max(1, page), count_pages(total, page_size))


def offset_of(page: int, page_size: int) -> int:
    """The number of rows before a page."""
    return (page - 1) * page_size
