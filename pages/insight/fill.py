"""How full events are, by category."""

from collections.abc import Sequence

import altair as alt

from pages.elements.board import Column, Row, address
from pages.insight import shown
from pages.parts.context import actor, now, reading
from venue.events import EventFilter
from venue.insight.fill import CategoryFill, fill_by_category
from venue.insight.period import Period
from venue.insight.usual import out_of
from venue.wording import counted

COLUMNS = (
    Column("Category", "12rem", "title"),
    Column("Seats", "14rem"),
    Column("Events", "8rem", "beside"),
    Column("Not over", "8rem", "beside"),
)


def draw(period: Period) -> None:
    with reading(actor()) as session:
        found = fill_by_category(session, period, now=now())
    if not found.categories:
        shown.draw_nothing(found.finding)
        return
    shown.draw_finding(found.finding)
    shown.draw_chart(_chart(found.categories), finding=found.finding, height=60 + 45 * len(found.categories))
    rows = [_row(each, period) for each in found.categories]
    shown.draw_table(COLUMNS, rows, label="Fill by category", download="fill", **period.to_query())


def _row(each: CategoryFill, period: Period) -> Row:
    listed = EventFilter(
        first_day=period.first,
        last_day=period.last,
        category=each.category,
        without_category=not each.category,
        with_capacity=True,
        not_cancelled=True,
    )
    not_over = f"{each.not_over} not over" if each.not_over else ""
    seats = f"{out_of(each.seats, each.capacity)} seats"
    return Row(address("events", **listed.to_query()), (each.name, seats, counted(each.events, "event"), not_over))


def _chart(categories: Sequence[CategoryFill]) -> alt.LayerChart:
    """A bar for each category, with its share of all seats in words."""
    values = [
        {"category": each.name, "share": round(each.share, 4), "words": out_of(each.seats, each.capacity)}
        for each in categories
    ]
    base = alt.Chart(shown.data(values)).encode(
        x=alt.X(
            "share:Q",
            title="Seats taken",
            axis=alt.Axis(format=".0%", tickCount=5),
            scale=alt.Scale(domainMax=1, domainMin=0),
        ),
        y=alt.Y("category:N", title=None, sort=[each.name for each in categories]),
        tooltip=[alt.Tooltip("category:N", title="Category"), alt.Tooltip("words:N", title="Seats taken")],
    )
    return alt.LayerChart(layer=[base.mark_bar()])
