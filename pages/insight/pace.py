"""The pace of bookings for a coming event, against the last events like it."""

from collections.abc import Sequence
from uuid import UUID

import altair as alt
import streamlit as st

from pages.elements.board import Column, Link, Row, Section, address, draw_board
from pages.insight import shown
from pages.parts.context import actor, now, reading
from pages.parts.format import day, near_in_short
from venue.errors import NotFound
from venue.insight import pace
from venue.insight.pace import AlikeEvent, Pace
from venue.insight.period import Period
from venue.rows import EventRow
from venue.wording import counted

COLUMNS = (Column("Event", "16rem", "title"), Column("By now", "12rem"), Column("In the end", "12rem", "beside"))


def draw(_period: Period) -> None:
    with reading(actor()) as session:
        coming = pace.coming(session, now=now())
    if not coming:
        shown.draw_nothing("No upcoming events.", do="Once one is added, you see here how fast its seats fill.")
        return
    event = _choose(coming)
    try:
        with reading(actor()) as session:
            found = pace.pace(session, event.id, now=now())
    except NotFound:  # It was cancelled, or has begun, just now.
        st.rerun()
    shown.draw_finding(found.finding)
    opened = Link("Open the event", address("event", id=event.id), "event")
    draw_board([Section(links=(opened,))], key="insight.event")
    shown.draw_chart(_chart(found), finding=found.finding)
    if found.alike:
        rows = [_row(each) for each in found.alike]
        shown.draw_table(COLUMNS, rows, label="Events like it", download="pace", event=str(event.id))


def _choose(coming: Sequence[EventRow]) -> EventRow:
    by_id = {str(row.id): row for row in coming}
    chosen = st.query_params.get("event", "")
    st.session_state["insight.event_id"] = chosen if chosen in by_id else next(iter(by_id))
    event_id = st.selectbox(
        "Event",
        list(by_id),
        format_func=lambda event_id: f"{by_id[event_id].name}, {near_in_short(by_id[event_id].starts_at, now())}",
        key="insight.event_id",
        on_change=lambda: st.query_params.update({"event": str(UUID(st.session_state["insight.event_id"]))}),
        filter_mode="contains",
    )
    return by_id[event_id]


def _row(each: AlikeEvent) -> Row:
    """Opens the event, whose page says how many seats it had in the end."""
    return Row(
        address("event", id=each.id),
        (f"{each.name}, {day(each.starts_at)}", f"{each.by_now:,} by now", counted(each.seats, "seat") + " in the end"),
    )


def _chart(found: Pace) -> alt.LayerChart:
    """Two lines over the days to go: what is usual, dashed, and this event until now."""
    whole = found.full or 1
    names = {"booked": "This event", "usual": "Usual"}
    values = [
        {"days": point.days_to_go, "what": name, "share": seats / whole, "seats": seats}
        for point in found.points
        for key, name in names.items()
        if (seats := getattr(point, key)) is not None
    ]
    axis = alt.Axis(format=".0%") if found.full else alt.Axis(format="d", tickMinStep=1)
    base = alt.Chart(shown.data(values)).encode(
        x=alt.X(
            "days:Q",
            title="Days to go",
            axis=alt.Axis(format="d", tickMinStep=1),
            scale=alt.Scale(reverse=True, nice=False),
        ),
        y=alt.Y("share:Q", title="Seats", axis=axis),
        color=shown.named_colours(*names.values(), filled=False),
        strokeDash=alt.StrokeDash("what:N", scale=alt.Scale(domain=list(names.values()), range=[[1, 0], [6, 4]])),
        tooltip=[
            alt.Tooltip("what:N", title="Line"),
            alt.Tooltip("days:Q", title="Days to go", format=".1f"),
            alt.Tooltip("seats:Q", title="Seats"),
        ],
    )
    return alt.LayerChart(layer=[base.mark_line(interpolate="step-after", strokeWidth=3)])
