"""What the list of customers shows, kept in the address: a refresh, Back and a shared link show the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict

import streamlit as st

from venue.customers.filters import CustomerFilter
from venue.customers.order import DEFAULT_SORT, SORTS

SIZES = ["25", "50", "100"]
VIEWS = ["Table", "Cards"]
KEYS = CustomerFilter.keys()
SEARCH_BOX = KEYS["words"]
"""The key of the search box, which Streamlit keeps in the address under this name."""


class Order(TypedDict):
    """Arguments of `customers.search`."""

    sort: str
    descending: bool


@dataclass(frozen=True)
class ListAddress:
    """`sort` is one of SORTS; `rows` is how many customers are on a page of the table; `view` is one of VIEWS, or
    empty for what this device showed last; `columns` are names of list_columns.py, or none for the usual ones; `saved`
    is the saved view that was opened: its id and, once it was read, a full stop and its version; `page` is written and
    read by list_page."""

    where: CustomerFilter = field(default_factory=CustomerFilter)
    sort: str = DEFAULT_SORT
    rows: int = 50
    view: str = ""
    columns: tuple[str, ...] = ()
    saved: str = ""
    page: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "ListAddress":
        """Unreadable values are ignored."""
        sort, view = query.get("sort", ""), query.get("view", "")
        return cls(
            where=CustomerFilter.from_query(query, skip_unreadable=True),
            sort=sort if sort in SORTS else cls.sort,
            rows=rows_from(query.get("rows")),
            view=view if view in VIEWS else "",
            columns=tuple(filter(None, query.get("columns", "").split(","))),
            saved=query.get("saved", ""),
            page=query.get("page", ""),
        )

    def to_query(self) -> dict[str, str]:
        """The query parameters, without defaults."""
        usual = ListAddress()
        rest = {name: getattr(self, name) for name in _REST if getattr(self, name) != getattr(usual, name)}
        return self.where.to_query() | {name: _written(value) for name, value in rest.items()}

    @property
    def order(self) -> Order:
        sort, descending = SORTS[self.sort]
        return Order(sort=sort, descending=descending)


def _written(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


_REST = ("sort", "rows", "view", "columns", "saved", "page")
# All that an address may say of the list, filters in their older spelling too. The search box writes its words itself.
_WRITTEN = [*KEYS.values(), *KEYS, *_REST]
_WRITTEN.remove(SEARCH_BOX)


def show(address: ListAddress) -> None:
    """Show another list, on this device as before. In a callback, or before the search box is drawn."""
    now = here()
    st.session_state[SEARCH_BOX] = address.where.words
    write(replace(address, rows=now.rows, view=now.view))


def rows_from(typed: str | None) -> int:
    """How many rows an address asks for."""
    return int(typed) if typed in SIZES else ListAddress.rows


def here() -> ListAddress:
    """Where in the list this screen is. The search box may be ahead of the address."""
    address = ListAddress.from_query(st.query_params.to_dict())
    words = st.session_state.get(SEARCH_BOX, address.where.words)
    return replace(address, where=replace(address.where, words=words or ""))


def first_page() -> None:
    """For `on_change` of the search box."""
    st.query_params.pop("page", None)


def change(**changed: Any) -> None:
    """Change the list, and go to its first page unless `page` is given. The arguments are fields of ListAddress."""
    write(replace(here(), **{"page": "", **changed}))


def filter_by(**filters: Any) -> None:
    """Change the filter. The arguments are fields of CustomerFilter, except `words`."""
    change(where=replace(here().where, **filters))


def write(address: ListAddress, *, leaving: Iterable[str] = ()) -> None:
    """Make this the address, without the parameters that are to leave it.

    All at once: each change alone would be a step in the browser's history, and Back would lead half the way.
    """
    query = address.to_query()
    st.query_params.update({name: query.get(name, []) for name in (*leaving, *_WRITTEN)})
