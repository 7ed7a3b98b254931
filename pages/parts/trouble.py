"""Texts that did not arrive, where the booking and the customer stand."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.parts import text_acts
from pages.parts.board import Act, Badge, Link, Notice, address
from pages.parts.texts import kind_words, why
from pages.parts.words import counted, plain

# Wider than any screen: beside buttons in one container it takes a line of its own, and is as wide as that.
WHOLE_LINE = 4_000


def trouble(texts: Sequence[Any], said_above: str = "") -> tuple[Notice, ...]:
    """What did not arrive and what to do about it, for a board. The first of them says why, unless the screen has."""
    if not texts:
        return ()
    called = Act("Called", "called", " ".join(str(text.id) for text in texts))
    read = Link("Open the text", address("message", id=texts[-1].id), "sms", looks="button")
    return (Notice(Badge("red", f"{_what(texts)} not received"), why(texts[-1], said_above), (called, read)),)


def _what(texts: Sequence[Any]) -> str:
    return kind_words(texts[0].kind) if len(texts) == 1 else counted(len(texts), "text")


def draw_trouble(texts: Sequence[Any], *, key: str) -> None:
    """The same of Streamlit's own elements."""
    if not texts:
        return
    first = texts[-1]
    st.markdown(f":red-badge[:material/sms_failed: {_what(texts)} not received] {plain(why(first))}", width=WHOLE_LINE)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", width=WHOLE_LINE):
        st.button(
            "Called",
            key=f"called.{key}",
            icon=":material/done:",
            on_click=text_acts.tick_off,
            args=([text.id for text in texts], "Called: off the list"),
        )
        st.page_link(
            "message.py",
            label="Open the text",
            icon=":material/sms:",
            query_params={"id": str(first.id)},
            width="content",
        )
