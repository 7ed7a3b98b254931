"""Which customers of the list are selected, for those who may change many at once.

It is kept while the list is open: through page turns and searches, until something was done with them.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from pages.customers.list_address import ListAddress, here
from pages.parts import page_state
from pages.parts.context import now
from pages.parts.permissions import may
from venue import bulk
from venue.bulk import Selection, Summary
from venue.customers.paging import CustomerPage
from venue.roles import Permission

# Names in the page state.
SELECTED, SEEN = "selected", "ticks_seen"
# What can be done with the selected customers: the dialog of each in bulk_dialogs.py, its label, what it needs.
ACTS = {
    "bulk_tag": ("Add tag", Permission.CHANGE_MANY),
    "bulk_untag": ("Remove tag", Permission.CHANGE_MANY),
    "bulk_field": ("Set a field", Permission.CHANGE_MANY),
    "bulk_text": ("Text", Permission.BULK),
    "bulk_export": ("Export", Permission.EXPORT),
    "bulk_delete": ("Delete", Permission.DELETE),
}

# One or more customers were ticked or unticked: when, whether they are now, and which.
Tick = tuple[int, bool, Sequence[str]]


def current() -> Selection:
    selection: Selection = page_state.get(SELECTED, Selection())
    return selection


def clear(_event: object = None) -> None:
    page_state.delete(SELECTED)


def select_all(_event: object = None) -> None:
    """Select all who match the list's filter, besides those who are selected already."""
    page_state.set(SELECTED, current().and_all(here().where))


def tick(ticks: Sequence[Tick]) -> None:
    """Ticks arrive again until they were seen: a later event of the element may have replaced the one before."""
    selection, seen = current(), page_state.get(SEEN, 0)
    for at, is_ticked, ids in ticks:
        if at > seen:
            those, seen = frozenset(map(UUID, ids)), at
            selection = selection.ticked(those) if is_ticked else selection.unticked(those)
    page_state.set(SELECTED, selection)
    page_state.set(SEEN, seen)


def summary(session: Session, page: CustomerPage, address: ListAddress) -> Summary | None:
    """What the list says of the selection; None for those who may not select."""
    if not may(Permission.CHANGE_MANY):
        return None
    selection = current()
    if selection.is_empty:
        return Summary(0, 0, frozenset())
    rows = [row.id for row in page.rows]
    return bulk.summary(session, selection, listed=address.where, rows=rows, now=now())


def shown(said: Summary | None, page: CustomerPage, address: ListAddress) -> dict[str, Any]:
    """The selection as people_list.js draws it."""
    if said is None:
        return {"selecting": None}
    is_all = said.in_list == page.total
    bar = {
        "words": words(said),
        "all": "" if is_all or page.total <= len(page.rows) else f"Select all {page.total:,}",
        "acts": [[name, label] for name, (label, needs) in ACTS.items() if may(needs)],
    }
    return {"selecting": bar, "ticked": [str(each) for each in said.ticked], "seen": page_state.get(SEEN, 0)}


def draw_hidden(said: Summary | None) -> None:
    """The selection, when the list shows no one."""
    if said is not None and said.count:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(words(said), width="content")
            st.button("Clear selection", key="clear_selection", on_click=clear)


def words(said: Summary) -> str:
    """Like "12 selected, 4 not in this list"; empty if none is."""
    hidden = said.count - said.in_list
    return (f"{said.count:,} selected" + (f", {hidden:,} not in this list" if hidden else "")) if said.count else ""
