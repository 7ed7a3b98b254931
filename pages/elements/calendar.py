"""Dates and times are typed as text: Streamlit's own fields turn an unreadable date into another date.

Beside each field is a button that opens the browser's calendar or clock.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from pages.elements.component import bare_component
from pages.parts.shared_value import draw_shared
from venue import clock
from venue.dates import parse_day

_picker = bare_component("calendar", js=(Path(__file__).parent / "calendar.js").read_text(encoding="utf-8"))


def read_day(typed: str) -> date:
    """The date that was typed. Raises ValueError, with a message for staff, for an unreadable one."""
    day = parse_day(typed)
    if not clock.FIRST_DAY <= day <= clock.LAST_DAY:
        raise ValueError(f"The year {day.year} is not possible. Enter a date like 31/12/2026")
    return day


def day_words(day: date | None) -> str:
    """A date as its field shows it."""
    return f"{day:%d/%m/%Y}" if day else ""


def day_field(label: str, *, key: str, **how: Any) -> str:
    """Draw a field for a date. Returns what is typed in it."""
    return _field(label, key, ("date", "\ue8df", "Open the calendar"), {"placeholder": "31/12/2026", **how})


def time_field(label: str, *, key: str, **how: Any) -> str:
    """Draw a field for a time. Returns what is typed in it."""
    return _field(label, key, ("time", "\ue8b5", "Choose a time"), {"placeholder": "19:30", **how})


def chosen_day(label: str, chosen: date | None, *, key: str, on_choose: Callable[[date | None], None]) -> None:
    """A field that shows the chosen date and passes on a new one at once. An unreadable date stays in the field with a
    problem under it, and changes nothing."""
    refused = st.session_state.get(f"{key}.refused")
    draw_shared(day_field, label, key, refused or day_words(chosen), partial(_choose, key, on_choose))
    if refused:
        draw_problem(refused)


def draw_problem(typed: str) -> None:
    try:
        read_day(typed)
    except ValueError as problem:
        st.error(str(problem), icon=":material/error:")


def _choose(key: str, on_choose: Callable[[date | None], None], chosen: str | None) -> None:
    typed = (chosen or "").strip()
    try:
        day = read_day(typed) if typed else None
    except ValueError:
        st.session_state[f"{key}.refused"] = typed
        return
    st.session_state.pop(f"{key}.refused", None)
    on_choose(day)


def _field(label: str, key: str, picker: tuple[str, str, str], how: dict[str, Any]) -> str:
    kind, icon, opens = picker
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", wrap=False):
        typed = st.text_input(label, key=key, autocomplete="off", **how)
        with st.container(width=44):
            _picker(
                key=f"{key}.picker",
                data={"field": label, "kind": kind, "icon": icon, "label": f"{opens}: {label}"},
            )
    return typed or ""
