"""What staff see in place of a traceback, when a screen, a dialog or a part of a screen fails."""

import logging
from pathlib import Path
from uuid import uuid4

import streamlit as st

from db import faults
from db.session import DatabaseUnavailable, is_away
from pages.elements.component import bare_component
from pages.parts.context import opened_venue

log = logging.getLogger("anchor_desk")
AWAY = (
    "The database cannot be reached at the moment. This screen comes back as soon as it can. What you typed "
    "into a form is kept in this tab. Your last change may not have been saved: check it then."
)
NOT_SAVED = (
    "Nothing can be saved at the moment: {}. What you typed into a form is kept in this tab. Your last change may not "
    "have been saved: check it later."
)
FAILED = "Something went wrong. Your last change may not have been saved: check it, then try again."
ELEMENTS = Path(__file__).parents[1] / "elements"

_come_back = bare_component("come_back", js=(ELEMENTS / "come_back.js").read_text(encoding="utf-8"))


def show_failure(error: Exception) -> bool:
    """Say what went wrong, with a reference; the log has the traceback with it. True means that it was shown."""
    reference = uuid4().hex[:8]
    log.error("A screen failed, reference %s", reference, exc_info=error)
    not_saved = faults.why_not_saved(error)
    is_unreachable = not not_saved and is_away(error) and (_is_connection_lost(error) or not _database_answers())
    words = NOT_SAVED.format(not_saved) if not_saved else AWAY if is_unreachable else FAILED
    give = "Give" if not_saved else "If it happens again, give"
    st.error(
        f"{words} {give} this reference to your administrator: **{reference}**",
        icon=":material/sentiment_dissatisfied:",
    )
    with st.container(horizontal=True):
        st.button("Try again", key=f"try_again.{reference}", icon=":material/refresh:")
        if not is_unreachable:
            # On a phone the screens are at the bottom, and may not have been drawn.
            st.link_button("Today", "./", icon=":material/today:")
    if is_unreachable:
        _come_back(key="come_back")
    return True


def _is_connection_lost(error: Exception) -> bool:
    """Whether no answer came, though the database may be back by now. PostgreSQL gives each of its answers a code."""
    has_code = getattr(getattr(error, "orig", None), "sqlstate", None) is not None
    return opened_venue().database.dialect == "postgresql" and not has_code


def _database_answers() -> bool:
    try:
        opened_venue().database.check()
    except DatabaseUnavailable:
        return False
    return True
