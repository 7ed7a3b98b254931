"""The series of an event: its other dates, and whether an act is for this event only or for all later ones too."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from pages.elements.board import Badge, Cell, Column, Link, Row, Section, address, draw_board
from pages.events.cards import filled
from pages.parts import dialog
from pages.parts.context import venue
from pages.parts.dialog_buttons import close
from pages.parts.format import day, plain, short_day, time_of_day
from venue import clock
from venue.events import repeats, series
from venue.rows import EventRow
from venue.wording import counted

ONE, ALL = "Only this event", "This and all later ones"
COLUMNS = (
    Column("Date", "minmax(9rem, 1fr)", "title"),
    Column("Booked", "2fr", "beside"),
    Column("", "9rem", "beside"),
)


def pattern(rows: Sequence[EventRow]) -> str:
    """Like "Every Wednesday"."""
    return repeats.pattern([clock.today(row.starts_at, venue().zone) for row in rows])


def draw_series(event_id: UUID, rows: Sequence[EventRow]) -> None:
    """Like "Every Wednesday, 5 of 12", with links to the others. `rows` are those of `series.listed`."""
    if len(rows) < 2:
        return
    place = next(number for number, row in enumerate(rows) if row.id == event_id)
    beside = [("Previous", rows[place - 1])] if place else []
    beside += [("Next", rows[place + 1])] if place + 1 < len(rows) else []
    links = [Link(f"{label}: {short_day(row.starts_at)}", address("event", id=row.id)) for label, row in beside]
    with st.expander(f"{pattern(rows)}, {place + 1} of {len(rows)}", icon=":material/event_repeat:"):
        dates = Section(columns=COLUMNS, rows=[_row(row, event_id) for row in rows], label="Dates of the series")
        draw_board([dates], key="series")
    draw_board([Section(links=tuple(link._replace(looks="button") for link in links))], key="series.beside")


def _row(row: EventRow, event_id: UUID) -> Row:
    words, left = filled(row)
    badge: Cell = Badge("red", "Cancelled") if row.cancelled_at is not None else left or ""
    date = f"{day(row.starts_at)}, {time_of_day(row.starts_at)}"
    if row.id == event_id:
        return Row("", (f"{date} (this one)", words, badge))
    return Row(address("event", id=row.id), (date, words, badge))


def choose_scope(coming: series.Coming, *, key: str) -> bool:
    """A choice, drawn if others of the series are coming: whether the act is for all of them too."""
    if len(coming.events) < 2:
        return False
    chosen = st.radio("For", [ONE, ALL], captions=["", until(coming)], key=key, horizontal=True)
    return chosen == ALL


def until(coming: series.Coming) -> str:
    """Like "8 events until Wed 31 March 2027"."""
    return f"{counted(len(coming.events), 'event')} until {day(coming.events[-1].starts_at)}"


def ask_scope(coming: series.Coming) -> None:
    """A dialog of the edited event: the answer is whether to change all later ones, too."""
    st.markdown(f"**{plain(coming.events[0].name)}** repeats. This and all later ones are {until(coming)}.")
    with st.container(horizontal=True):
        one = st.button(ONE, type="primary", key="scope.one")
        every = st.button(ALL, key="scope.all")
        if st.button("Cancel", type="tertiary", key="scope.cancel"):
            close()
    if one or every:
        dialog.answer(bool(every))
