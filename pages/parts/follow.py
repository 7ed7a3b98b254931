"""Show what others change while a screen is open, within some seconds."""

from collections.abc import Callable

import streamlit as st

from pages.parts import dialog
from pages.parts.context import watching
from venue.errors import NotFound

EVERY_SECONDS = 10


def follow_others(read: Callable[[], object], shown: object) -> None:
    """Read this again every ten seconds, and run the screen again when it is no longer what is `shown`. What is typed
    stays. Not while a dialog is open. Drawn last on a screen."""
    st.fragment(_follow, run_every=EVERY_SECONDS)(read, shown)


def _follow(read: Callable[[], object], shown: object) -> None:
    if dialog.current()[0]:
        return
    try:
        with watching():
            present = read()
    except NotFound:
        present = None
    if present != shown:
        st.rerun()
