"""Two people changed the same thing: theirs and yours side by side, and the choice."""

from datetime import date, datetime
from typing import Any

import streamlit as st

from pages.parts import visit
from pages.parts.desk import now
from pages.parts.words import near, plain, when
from venue.errors import Conflict


def draw_conflict(labels: dict[str, str]) -> int | None:
    """Draw the conflict that was met, if one was. Gives the version to save over when yours is chosen."""
    conflict: Conflict | None = visit.remembered("conflict")
    if conflict is None:
        return None
    with st.container(border=True):
        st.markdown(f"**Somebody else changed this meanwhile** ({near(conflict.changed_at, now())}).")
        for name, (theirs, yours) in conflict.fields.items():
            st.markdown(f"**{labels.get(name, name)}**  \nTheirs: {_shown(theirs)}  \nYours: {_shown(yours)}")
        with st.container(horizontal=True):
            mine = st.button("Keep mine", type="primary", key="conflict.mine")
            if st.button("Keep theirs", key="conflict.theirs"):
                visit.forget("conflict")
                visit.close_dialog()
                visit.forget("opened")
                visit.new_form("edit")
                st.rerun()
    if not mine:
        return None
    visit.forget("conflict")
    return conflict.version


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    return plain(value) if value not in ("", None) else "(empty)"
