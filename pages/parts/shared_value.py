"""A widget whose value changes in other ways too: by another field, a button or another device.

With each act the browser sends the values of all widgets. Of a widget that was changed on the server a moment ago it
still sends the value of before, which looks as if the user had just chosen it: 5 seats typed in the field next to the
buttons for usual numbers were saved as the 2 of before. A widget whose value is changed on the server is therefore
drawn under another key, and the value of before under the key of before is no choice.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st


def draw_shared(
    widget: Callable[..., object], label: str, name: str, value: object, choose: Callable[[Any], object], **how: Any
) -> None:
    """Draw the widget with this value. `choose` is called with another one that the user chose. `name` is unique among
    the widgets of the session."""
    key = _key(name, value)
    st.session_state[key] = value
    widget(label, key=key, on_change=_take, args=(key, choose), **how)


def _key(name: str, value: object) -> str:
    changes = st.session_state.get(f"{name}~changes", 0)
    key = f"{name}~{changes}" if changes else name
    if key not in st.session_state or st.session_state[key] == value:
        return key
    st.session_state[f"{key}~before"] = st.session_state[key]
    st.session_state[f"{name}~changes"] = changes + 1
    return f"{name}~{changes + 1}"


def _take(key: str, choose: Callable[[Any], object]) -> None:
    before = f"{key}~before"
    if before not in st.session_state or st.session_state[key] != st.session_state[before]:
        choose(st.session_state[key])
