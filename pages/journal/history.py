"""The history of one record, on its own screen."""

from typing import Any

import streamlit as st

from pages.elements.board import draw_board
from pages.journal import entries_shown
from pages.parts import page_state
from pages.parts.context import actor, reading
from pages.parts.permissions import may
from venue.journal import entries
from venue.roles import Permission

SHOWN, MORE = 10, 25


def draw_history(key: str, **subject: Any) -> None:
    """Folded, and read only when it is opened. `subject` is as `entries.page` takes it: one of customer_id, event_id,
    booking_id or template. The screen draws `entries_shown.DIALOGS` too."""
    folded = st.expander("History", icon=":material/history:", key=f"history.{key}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        count = page_state.get(f"history.{key}.count", SHOWN)
        with reading(actor()) as session:
            page = entries.page(session, limit=count, **subject)
        shown = entries_shown.section(page.rows, empty="Nothing yet.", links=False)
        draw_board([shown], key=f"history.{key}.entries", on_act=entries_shown.act)
        if page.next is not None:
            st.button("Show older", key=f"history.{key}.more", on_click=_show_more, args=(key, count))
        if may(Permission.JOURNAL):
            name, value = next(iter(subject.items()))
            about = {name.removesuffix("_id"): str(value)}
            st.page_link("journal/list.py", label="Open in the journal", icon=":material/list:", query_params=about)


def _show_more(key: str, count: int) -> None:
    page_state.set(f"history.{key}.count", count + MORE)
