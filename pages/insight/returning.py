"""First-timers by month, and how many of them came again."""

from collections.abc import Sequence

import altair as alt

from pages.elements.board import Column, Link, Row, address
from pages.insight import shown
from pages.parts.context import actor, now, reading
from venue.customers import CustomerFilter
from venue.insight.period import Period
from venue.insight.returning import Month, returning
from venue.insight.usual import percent
from venue.wording import counted

COLUMNS = (
    Column("Month", "10rem", "title"),
    Column("Came again", "14rem"),
    Column("Share", "8rem", "beside"),
    Column("Lists", "1fr"),
)
FIRST, AGAIN = "First-timers", "Came again"


def draw(period: Period) -> None:
    with reading(actor()) as session:
        found = returning(session, period, now=now())
    if not found.months:
        shown.draw_nothing(found.finding)
        return
    shown.draw_finding(found.finding)
    shown.draw_chart(_chart(found.months), finding=found.finding)
    rows = [_row(month) for month in reversed(found.months)]
    shown.draw_table(COLUMNS, rows, label="First-timers by month", download="returning", **period.to_query())


def _name(month: Month) -> str:
    return f"{month.first:%B %Y}"


def _row(month: Month) -> Row:
    first_timers = CustomerFilter(first_from=month.first, first_to=month.last)
    again = CustomerFilter(first_from=month.first, first_to=month.last, came_again=True)
    return Row(
        "",
        (
            _name(month),
            f"{month.came_again:,} of {month.first_timers:,} came again",
            percent(month.came_again, month.first_timers) if month.is_over else "so far",
        ),
        ways=(
            Link(counted(month.first_timers, "first-timer"), address("customers", **first_timers.to_query())),
            Link(f"{month.came_again:,} came again", address("customers", **again.to_query())),
        ),
    )


def _chart(months: Sequence[Month]) -> alt.LayerChart:
    """Two bars for each month, with dashed edges while its guests may still come again."""
    values = [
        {"month": _name(month), "what": what, "guests": guests, "state": "Over" if month.is_over else "Not over"}
        for month in months
        for what, guests in ((FIRST, month.first_timers), (AGAIN, month.came_again))
    ]
    of_state = alt.datum.state == "Over"
    base = alt.Chart(shown.data(values)).encode(
        x=alt.X("month:N", title=None, sort=[_name(month) for month in months], axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("what:N", sort=[FIRST, AGAIN]),
        y=alt.Y("guests:Q", title="Guests", axis=alt.Axis(tickMinStep=1, format="d")),
        color=shown.named_colours(FIRST, AGAIN),
        stroke=shown.edge_unless(of_state, FIRST, AGAIN),
        fillOpacity=alt.condition(of_state, alt.value(1), alt.value(0.3)),
        tooltip=[
            alt.Tooltip("month:N", title="Month"),
            alt.Tooltip("what:N", title="Bar"),
            alt.Tooltip("guests:Q", title="Guests"),
            alt.Tooltip("state:N", title="60 days"),
        ],
    )
    return alt.LayerChart(layer=[base.mark_bar(strokeDash=[4, 3])])
