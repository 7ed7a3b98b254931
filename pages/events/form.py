"""The fields of an event, for adding and editing."""

from datetime import date, datetime, time
from functools import partial
from typing import Any

import streamlit as st

from db.models import Event
from pages.elements.calendar import read_day
from pages.parts import dialog
from pages.parts.context import actor, now, reading, venue
from pages.parts.dialog_buttons import close
from pages.parts.fields import Fields
from pages.parts.format import when
from venue import clock, events
from venue.dates import parse_time
from venue.errors import Invalid, NoSuchTime

LABELS = {
    "name": "Name",
    "short_name": "Short name (for texts)",
    "starts_at": "Start",
    "capacity": "Capacity",
    "category": "Category",
    "notes": "Notes",
}


def draw_start(fields: Fields, starts_at: datetime | None) -> None:
    local = starts_at.astimezone(venue().zone) if starts_at else None
    fields.day("on", "Date", local.date() if local else clock.today(now(), venue().zone))
    fields.time("at", "Start time", local.time() if local else time(19, 30))


def draw_about(fields: Fields, event: Event | None = None) -> None:
    fields.text("name", LABELS["name"], event.name if event else "")
    fields.text("short_name", LABELS["short_name"], event.short_name if event else "", placeholder="Optional")
    draw_start(fields, event.starts_at if event else None)
    fields.number("capacity", LABELS["capacity"], event.capacity if event else None, placeholder="No limit")
    fields.text("category", LABELS["category"], event.category if event else "", placeholder="Quiz, music, supper …")
    fields.long_text("notes", LABELS["notes"], event.notes if event else "")


def start_is_typed_over(fields: Fields, starts_at: datetime) -> bool:
    """Whether the date or time was changed in the form. Raises Invalid for an unreadable one."""
    local = starts_at.astimezone(venue().zone)
    return day_and_time(fields) != (local.date(), local.time().replace(second=0, microsecond=0))


def start_of(fields: Fields) -> clock.LocalTime:
    """The start that was typed. Raises Invalid for an unreadable date or time, and for a time that the clocks skip."""
    try:
        return clock.from_local(*day_and_time(fields), venue().zone)
    except NoSuchTime as no_such_time:
        raise Invalid(at=str(no_such_time)) from no_such_time


def day_and_time(fields: Fields) -> tuple[date, time]:
    """The local day and time that were typed. Raises Invalid for an unreadable one."""
    read: dict[str, Any] = {}
    problems = {}
    for name, reads in (("on", read_day), ("at", parse_time)):
        try:
            read[name] = reads(fields[name])
        except ValueError as problem:
            problems[name] = str(problem)
    if problems:
        raise Invalid(**problems)
    return read["on"], read["at"]


def refuse_all_at_once(fields: Fields) -> None:
    """Raises Invalid with every problem of the form at once, including the start."""
    problems: dict[str, str] = {}
    for check in (partial(start_of, fields), partial(events.check, **about(fields))):
        try:
            check()
        except Invalid as invalid:
            problems |= invalid.problems
    if problems:
        raise Invalid(**problems)


def is_past(start: datetime) -> bool:
    """Whether the start is on a past day: staff then confirm it in `ask_about_past`."""
    with reading(actor()) as session:
        return events.is_past_day(session, start, now=now())


def ask_about_past(start: datetime) -> None:
    """A dialog: True is the answer of those who mean this day."""
    st.markdown(f"The event would be on **{when(start)}**. Save it anyway?")
    with st.container(horizontal=True):
        anyway = st.button("Save anyway", type="primary", key="past.anyway")
        cancelled = st.button("Change the date", key="past.cancel")
    if anyway:
        dialog.answer(True)
    if cancelled:
        close()


def about(fields: Fields) -> dict[str, Any]:
    """The fields that an event stores as typed, so all but the start."""
    return {name: fields[name] for name in ("name", "short_name", "capacity", "category", "notes")}
