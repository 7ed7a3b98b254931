"""Seats by day, against what is usual for the same weekday."""

from collections.abc import Sequence

import altair as alt
import streamlit as st

from pages.elements.board import Column, Row, address
from pages.insight import shown
from pages.parts.context import actor, now, reading
from venue.events import EventFilter
from venue.insight import seats_by_day
from venue.insight.period import Period
from venue.insight.seats_by_day import Day

COLUMNS = (
    Column("Day", "12rem", "title"),
    Column("Seats", "8rem"),
    Column("Usual", "10rem", "beside"),
    Column("Events", "8rem", "beside"),
)
NAMES = ("Seats", "Usual for the weekday")
BOOKED_ONLY = (
    "Days that are not over are compared by booked seats, without walk-ins who gave no number and seats offered to the "
    "waitlist: the chart shows them so."
)


def draw(period: Period) -> None:
    with reading(actor()) as session:
        found = seats_by_day.seats_by_day(session, period, now=now())
    if not found.days:
        shown.draw_nothing(found.finding)
        return
    shown.draw_finding(found.finding)
    shown.draw_chart(_chart(found.days), finding=found.finding)
    if any(_compares_booked(day) for day in found.days):
        st.caption(BOOKED_ONLY)
    rows = [_row(day) for day in reversed(found.days)]
    shown.draw_table(COLUMNS, rows, label="Seats by day", download="seats", **period.to_query())


def _row(day: Day) -> Row:
    listed = EventFilter(first_day=day.day, last_day=day.day, not_cancelled=True)
    usual = "not known" if day.usual is None else f"{day.usual:,}"
    booked = f", {day.booked:,} booked" if _compares_booked(day) else ""
    return Row(
        address("events", **listed.to_query()),
        (
            f"{day.day:%a %-d %b %Y}",
            f"{day.seats:,} seats" + ("" if day.is_over else f" so far{booked}"),
            f"usually {usual}" + ("" if day.is_over or day.usual is None else " by now"),
            f"{day.events} event" + ("" if day.events == 1 else "s"),
        ),
    )


def _compares_booked(day: Day) -> bool:
    """Whether only some of its seats, those that are booked, are compared with the usual."""
    return not day.is_over and day.booked != day.seats


def _chart(days: Sequence[Day]) -> alt.LayerChart:
    """A bar for each day, empty with a dashed edge while it is not over, and a mark for what is usual."""
    values = [
        {
            "day": day.day.isoformat(),
            "seats": day.seats if day.is_over else day.booked,
            "usual": day.usual,
            "state": "Over" if day.is_over else "Not over",
        }
        for day in days
    ]
    base = alt.Chart(shown.data(values)).encode(
        x=alt.X("day:T", timeUnit=shown.OF_A_DAY, title=None, scale=alt.Scale(type="utc"), axis=shown.DAY_AXIS),
        tooltip=[
            alt.Tooltip("day:T", timeUnit=shown.OF_A_DAY, title="Day", format="%a %-d %b %Y"),
            alt.Tooltip("seats:Q", title="Seats"),
            alt.Tooltip("usual:Q", title="Usual"),
            alt.Tooltip("state:N", title="State"),
        ],
    )
    of_state = alt.datum.state == "Over"
    bars = (
        base.transform_calculate(what="'Seats'")
        .mark_bar(strokeDash=[4, 3])
        .encode(
            y=alt.Y("seats:Q", title="Seats"),
            color=shown.named_colours(*NAMES),
            fillOpacity=alt.condition(of_state, alt.value(1), alt.value(0.15)),
            stroke=shown.edge_unless(of_state, *NAMES),
        )
    )
    usual = (
        base.transform_calculate(what="'Usual for the weekday'")
        .mark_tick(thickness=3, opacity=1)
        .encode(y=alt.Y("usual:Q"), color=shown.named_colours(*NAMES))
    )
    return alt.LayerChart(layer=[bars, usual])
