"""Texts that did not arrive, where the booking and the customer stand."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.parts import text_acts
from pages.parts.texts import kind_words, why
from pages.parts.words import counted, plain

# Wider than any screen: beside buttons in one container it takes a line of its own, and is as wide as that.
WHOLE_LINE = 4_000


def draw_trouble(texts: Sequence[Any], *, key: str) -> None:
    """What did not arrive and what to do about it, with one tap when it is done. The first of them says why."""
    if not texts:
        return
    first = texts[-1]
    what = kind_words(first.kind) if len(texts) == 1 else counted(len(texts), "text")
    st.markdown(f":red-badge[:material/sms_failed: {what} not received] {plain(why(first))}", width=WHOLE_LINE)
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
