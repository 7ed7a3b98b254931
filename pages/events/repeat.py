"""Repeating a new event: until when, with a look at the dates before they are added."""

from collections.abc import Sequence
from datetime import date, datetime, time

import streamlit as st

from pages.elements.calendar import read_day
from pages.parts import dialog, forms
from pages.parts.context import venue
from pages.parts.dialog_buttons import close
from pages.parts.fields import Fields
from pages.parts.format import plain
from venue.errors import Invalid
from venue.events.repeats import Occurrence, Repeat, in_words, occurrences
from venue.wording import counted

NEVER = "Does not repeat"
CHOICES = {
    NEVER: None,
    "Every week": Repeat.WEEKLY,
    "Every two weeks": Repeat.TWO_WEEKS,
    "Every month, on the same weekday": Repeat.MONTHLY,
}
About = tuple[date, time, Repeat]


def title(about: About) -> str:
    first, at, repeat = about
    return f"{in_words(repeat, first)}, {at:%H:%M}"


def ask(about: About) -> None:
    """A dialog: the starts, in UTC, of the dates that are ticked."""
    fields = Fields(forms.token("repeat"))
    with st.container(horizontal=True):
        fields.day("until", "Until", None)
        fields.number("times", "Or number of events", None)
    found: Sequence[Occurrence] = []
    with fields.checked():
        found = _dates(fields, about)
    chosen = draw_dates(found, fields)
    with st.container(horizontal=True):
        label = f"Add {counted(len(chosen), 'event')}" if found else "Add"
        added = st.button(label, type="primary", key="repeat.add", disabled=len(chosen) < 2)
        cancelled = st.button("Cancel", type="tertiary", key="repeat.cancel")
    if added:
        dialog.answer(chosen)
    if cancelled:
        close()


def draw_dates(found: Sequence[Occurrence], fields: Fields) -> list[datetime]:
    """A tick for each date, and the notes about changes of the clocks. Returns the starts of those that are ticked."""
    if not found:
        return []
    st.caption("Untick dates on which it is not held, such as Christmas Day.")
    chosen = []
    with st.container(height=280):
        for each in found:
            if st.checkbox(f"{each.on:%a %-d %B %Y}", True, key=fields.key(f"on.{each.on}")):
                chosen.append(each.starts_at)
            if each.note:
                st.caption(plain(each.note))
    return chosen


def _dates(fields: Fields, about: About) -> list[Occurrence]:
    """The dates that were asked for, if an end was typed. Raises Invalid."""
    first, at, repeat = about
    if not fields["until"].strip() and fields["times"] is None:
        st.caption("Enter the last date, or how many events there are.")
        return []
    until = _until(fields["until"])
    return occurrences(first, at, repeat=repeat, until=until, times=fields["times"], zone=venue().zone)


def _until(typed: str) -> date | None:
    try:
        return read_day(typed) if typed.strip() else None
    except ValueError as problem:
        raise Invalid(until=str(problem)) from problem
