"""Next 7 days: every text before it is sent, with its message."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import TypeVar
from uuid import UUID

import streamlit as st

from pages.elements.board import Act, Badge, Column, Notice, Row, Section, address, draw_board
from pages.messages import actions, pause_all
from pages.messages.shown import draw_texts_of_all, who
from pages.parts import dialog
from pages.parts.context import actor, now, reading, venue
from pages.parts.device import is_phone
from pages.parts.format import day
from pages.parts.paging import page_of
from pages.parts.permissions import if_may, may
from venue import clock
from venue.messages import upcoming
from venue.messages.labels import by_channel, kind_words
from venue.messages.outbox import State
from venue.messages.upcoming import UpcomingMessage, Week
from venue.roles import Permission
from venue.wording import counted

ON_A_PAGE = 25
COLUMNS = (
    Column("Time", "1fr"),
    Column("Customer", "2.5fr", "title"),
    Column("Type", "2.5fr", "title"),
    Column("Event", "3fr", "beside"),
    Column("Length", "1fr", "beside"),
)
T = TypeVar("T")
PLANNED, HELD, SKIPPED = "Scheduled", "On hold", "Skipped"


def draw_coming_week() -> None:
    with reading(actor()) as session:
        week = upcoming.this_week(session, now=now())
    counts = {PLANNED: len(week.planned), HELD: len(week.held), SKIPPED: len(week.skipped)}
    chosen = st.segmented_control(
        "Show",
        list(counts),
        default=PLANNED,
        required=True,
        format_func=lambda name: f"{name} ({counts[name]})",
        key="which",
        label_visibility="collapsed",
    )
    pause_all.draw_undo({text.row.id for text in week.held})
    if not counts[chosen]:
        how = " Reminders are scheduled when guests are booked." if chosen == PLANNED else ""
        st.info(f"No texts {chosen.lower()} in the next 7 days.{how}", icon=":material/schedule:")
    elif chosen == SKIPPED:
        draw_texts_of_all(_page_of(week.skipped), key="skipped_texts")
    elif chosen == HELD:
        _draw_queued(HELD, week.held)
    else:
        _draw_planned(week)


def _draw_planned(week: Week) -> None:
    count = counted(len(week.planned), "text")
    cost = st.empty()
    cost.caption(f"{count} scheduled")
    _draw_queued(PLANNED, week.planned)
    # Last, since it renders all texts, and the list should not wait for that.
    cost.caption(f"{count} scheduled ({week.segments:,} SMS)")


def _draw_queued(chosen: str, texts: Sequence[UpcomingMessage]) -> None:
    _draw_all_at_once(chosen, [text.row.id for text in texts])
    _draw_days(_page_of(texts))


def _page_of(rows: Sequence[T]) -> Sequence[T]:
    return page_of(rows, size=ON_A_PAGE, key="page_of_week", most_numbers=5 if is_phone() else 9)


def _draw_all_at_once(chosen: str, ids: Sequence[UUID]) -> None:
    if not may(Permission.BULK) or len(ids) < 2:
        return
    label, icon, name = (
        ("Pause all", "pause_circle", pause_all.PAUSE)
        if chosen == PLANNED
        else ("Resume all", "play_circle", pause_all.RESUME)
    )
    st.button(
        f"{label} {len(ids):,}",
        icon=f":material/{icon}:",
        on_click=dialog.open,
        args=(name, ids),
        key="all_at_once",
    )


def _draw_days(shown: Sequence[UpcomingMessage]) -> None:
    zone = venue().zone
    days = groupby(shown, key=lambda text: clock.today(text.leaves_at, zone))
    draw_board([_day_section(list(texts)) for _, texts in days], key="coming_texts", on_act=_act)


def _day_section(texts: Sequence[UpcomingMessage]) -> Section:
    rows = [_row(text) for text in texts]
    return Section(_day_name(texts[0].leaves_at), columns=COLUMNS, rows=rows, across=True)


def _act(name: str, about: str) -> None:
    """A button of a row was pressed."""
    act = actions.hold if name == "pause" else actions.release
    act([UUID(about)])


def _day_name(instant: datetime) -> str:
    days = (clock.today(instant, venue().zone) - clock.today(now(), venue().zone)).days
    return {0: "Today", 1: "Tomorrow"}.get(days, day(instant))


def _row(text: UpcomingMessage) -> Row:
    row = text.row
    time, name = clock.format_time(text.leaves_at, venue().zone), who(row)
    kind = by_channel(kind_words(row.kind), by_email=bool(row.by_email))
    length = counted(text.length.segments, "SMS", "SMS") if text.body and not row.by_email else ""
    act = Act("Pause", "pause", str(row.id), "pause_circle")
    if row.state == State.HELD:
        act = Act("Resume", "resume", str(row.id), "play_circle")
    return Row(
        address("message", id=row.id),
        (time, name, kind, row.name or "", length),
        f"{name} · {kind}",
        faint=tuple(filter(None, [_waiting_for(text)])),
        words=text.body or "",
        notices=(Notice(Badge("orange", "Won't be sent"), text.why_not),) if text.why_not else (),
        ways=if_may(Permission.TEXTS, act),
    )


def _waiting_for(text: UpcomingMessage) -> str:
    if text.why_not:
        return ""
    return f"Waiting: {text.paused.what}." if text.paused is not None else text.row.reason
