"""How many SMS a text takes, as the networks count and charge it."""

import streamlit as st

from pages.parts.format import plain
from sms import segments
from sms.segments import Count
from venue.wording import counted

MOST_NAMED = 5


def draw_meter(words: str, length: Count) -> None:
    used = (length.per_segment - length.left) / length.per_segment if length.segments else 0.0
    left = counted(length.left, "character")
    st.progress(used, text=f"**{counted(length.segments, 'SMS', 'SMS')}** · {left} left")
    special = list(dict.fromkeys(char for char in words if not _is_usual(char)))
    if length.encoding == "UCS-2" and special:
        named = " ".join(special[:MOST_NAMED])
        st.caption(plain(f"Special characters ({named}) shorten an SMS from 160 to 70 characters."))


def _is_usual(char: str) -> bool:
    return char in segments.GSM or char in segments.GSM_EXTENSION
