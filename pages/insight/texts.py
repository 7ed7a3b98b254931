"""Texts by what became of them, and what they cost."""

from collections.abc import Sequence

import altair as alt

from pages.elements.board import Column, Link, Row, address
from pages.insight import shown
from pages.parts.context import actor, reading
from venue.insight.period import Period
from venue.insight.texts import TextCount, texts
from venue.messages import labels
from venue.messages.channels import Channel
from venue.messages.states import LOST, State
from venue.wording import counted

COLUMNS = (
    Column("Texts", "16rem", "title"),
    Column("SMS", "6rem"),
    Column("Cost", "6rem", "beside"),
    Column("Lists", "1fr"),
)
DELIVERED, NOT_DELIVERED, OTHER = "Delivered", "Not delivered", "Other"
GROUPS = {State.DELIVERED: DELIVERED, **dict.fromkeys(LOST, NOT_DELIVERED)}


def draw(period: Period) -> None:
    with reading(actor()) as session:
        found = texts(session, period)
    if not found.counts:
        shown.draw_nothing(found.finding)
        return
    shown.draw_finding(found.finding)
    shown.draw_chart(_chart(found.counts), finding=found.finding)
    rows = [_row(each) for each in sorted(found.counts, key=lambda each: each.first, reverse=True)]
    shown.draw_table(COLUMNS, rows, label="Texts by month and type", download="texts", **period.to_query())


def _row(each: TextCount) -> Row:
    kind = labels.kind_words(each.kind)
    days = {"kind": kind, "from": each.first, "until": each.last, "channel": Channel.TEXT.value}
    return Row(
        "",
        (f"{each.first:%B %Y}, {kind}", counted(each.segments, "SMS", "SMS"), each.cost or "not known"),
        ways=tuple(
            Link(
                f"{count:,} {labels.state_words(state).lower()}",
                address("messages", state=labels.state_words(state), **days),
            )
            for state, count in each.by_state.items()
        ),
    )


def _chart(counts: Sequence[TextCount]) -> alt.LayerChart:
    """A bar for each month, of three parts."""
    months = list(dict.fromkeys(f"{each.first:%B %Y}" for each in counts))
    names = (DELIVERED, NOT_DELIVERED, OTHER)
    values = [
        {
            "month": month,
            "what": name,
            "order": order,
            "texts": sum(
                number
                for each in counts
                if f"{each.first:%B %Y}" == month
                for state, number in each.by_state.items()
                if GROUPS.get(state, OTHER) == name
            ),
        }
        for month in months
        for order, name in enumerate(names)
    ]
    base = alt.Chart(shown.data(values)).encode(
        x=alt.X("month:N", title=None, sort=months, axis=alt.Axis(labelAngle=0), scale=shown.NOT_TOO_WIDE),
        y=alt.Y("texts:Q", title="Texts", axis=alt.Axis(tickMinStep=1, format=",d")),
        color=shown.named_colours(*names),
        order=alt.Order("order:Q"),
        tooltip=[
            alt.Tooltip("month:N", title="Month"),
            alt.Tooltip("what:N", title="Outcome"),
            alt.Tooltip("texts:Q", title="Texts"),
        ],
    )
    return alt.LayerChart(layer=[base.mark_bar()])
