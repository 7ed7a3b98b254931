"""No-shows and late cancellations, by event."""

from collections.abc import Sequence
from dataclasses import replace

import altair as alt
import streamlit as st

from pages.elements.board import Column, Link, Row, address
from pages.insight import shown
from pages.parts.context import actor, now, reading, venue
from pages.parts.format import day
from venue import clock
from venue.customers import CustomerFilter
from venue.customers.attendance import Attendance
from venue.insight.no_shows import EventNoShows, no_shows
from venue.insight.period import Period
from venue.insight.usual import out_of
from venue.wording import counted

COLUMNS = (
    Column("Event", "18rem", "title"),
    Column("No-shows", "10rem"),
    Column("Lists", "1fr"),
)
NO_SHOWS, LATE = "No-shows", "Cancelled late"


def draw(period: Period) -> None:
    with reading(actor()) as session:
        found = no_shows(session, period, now=now())
    if not found.events:
        shown.draw_nothing(found.finding, do=found.left_out or shown.OTHER_DAYS)
        return
    shown.draw_finding(found.finding)
    if found.left_out:
        st.caption(found.left_out)
    shown.draw_chart(_chart(found.events), finding=found.finding)
    rows = [_row(each) for each in reversed(found.events)]
    shown.draw_table(COLUMNS, rows, label="No-shows by event", download="no-shows", **period.to_query())


def _row(each: EventNoShows) -> Row:
    of_event = CustomerFilter(event_id=each.id)
    links = [
        (each.no_shows, counted(each.no_shows, "no-show"), replace(of_event, attendance=Attendance.NO_SHOW)),
        (each.marked, f"{each.marked:,} marked", replace(of_event, attendance=Attendance.MARKED)),
        (each.cancelled_late, f"{each.cancelled_late:,} cancelled late", CustomerFilter(late_event_id=each.id)),
    ]
    return Row(
        address("event", id=each.id),
        (f"{each.name}, {day(each.starts_at)}", out_of(each.no_shows, each.marked) if each.marked else "no marks"),
        ways=tuple(Link(label, address("customers", **where.to_query())) for count, label, where in links if count),
    )


def _chart(events: Sequence[EventNoShows]) -> alt.LayerChart:
    """A bar for each day, no-shows below late cancellations."""
    values = [
        {
            "day": clock.today(each.starts_at, venue().zone).isoformat(),
            "event": each.name,
            "what": what,
            "order": order,
            "guests": guests,
        }
        for each in events
        for order, (what, guests) in enumerate(((NO_SHOWS, each.no_shows), (LATE, each.cancelled_late)))
    ]
    base = alt.Chart(shown.data(values)).encode(
        x=alt.X("day:T", timeUnit=shown.OF_A_DAY, title=None, scale=alt.Scale(type="utc"), axis=shown.DAY_AXIS),
        y=alt.Y("guests:Q", title="Guests", axis=alt.Axis(tickMinStep=1, format="d")),
        color=shown.named_colours(NO_SHOWS, LATE),
        order=alt.Order("order:Q"),
        tooltip=[
            alt.Tooltip("event:N", title="Event"),
            alt.Tooltip("what:N", title="Bar"),
            alt.Tooltip("guests:Q", title="Guests"),
        ],
    )
    return alt.LayerChart(layer=[base.mark_bar()])
