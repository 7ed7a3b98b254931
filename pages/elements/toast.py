"""Toasts: short confirmations that stay when the screen changes."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import streamlit as st

from pages.elements.component import styled_component
from pages.parts.context import now

# A run that is interrupted may not reach the browser: a toast is sent with every run for this long, and shown once.
SENT_FOR = timedelta(seconds=10)
HERE = Path(__file__).parent

_toast = styled_component(HERE / "toast.js", html='<div class="toasts" role="status" aria-live="polite"></div>')


def toast(words: str) -> None:
    """Say this on whatever is drawn next."""
    st.session_state.setdefault("toasts", []).append({"id": uuid4().hex, "words": words, "at": now()})


def draw_toasts() -> None:
    """Drawn once on every screen."""
    recent = [message for message in st.session_state.get("toasts", []) if message["at"] > now() - SENT_FOR]
    st.session_state["toasts"] = recent
    _toast(key="toast", data=[{"messages": [{"id": each["id"], "words": each["words"]} for each in recent]}])
