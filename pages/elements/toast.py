"""Toasts: short confirmations that stay when the screen changes, some with "Undo"."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import streamlit as st

from pages.elements.component import said, styled_component
from pages.parts.context import now

# A run that is interrupted may not reach the browser: a toast is sent with every run for this long, and shown once.
SENT_FOR = timedelta(seconds=10)
HERE = Path(__file__).parent

_toast = styled_component(HERE / "toast.js", html='<div class="toasts" role="status" aria-live="polite"></div>')


def toast(words: str, *, undo: int | None = None) -> None:
    """Say this on whatever is drawn next. `undo` is the journal entry of what was done, if that can be undone."""
    message = {"id": uuid4().hex, "words": words, "undo": undo, "at": now()}
    st.session_state.setdefault("toasts", []).append(message)


def draw_toasts(on_undo: Callable[[int], None]) -> None:
    """Drawn once on every screen. `on_undo` is called with the journal entry to undo."""
    recent = [message for message in st.session_state.get("toasts", []) if message["at"] > now() - SENT_FOR]
    st.session_state["toasts"] = recent
    messages = [{name: each[name] for name in ("id", "words", "undo")} for each in recent]
    _toast(
        key="toast",
        data=[{"messages": messages}],
        on_undo_change=lambda: on_undo(int(said("toast", "undo"))),
    )
