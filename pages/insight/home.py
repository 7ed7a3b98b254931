"""Insight: how many came, how events fill and who comes back, one chart at a time."""

from collections.abc import Callable

import streamlit as st

from pages.elements.calendar import chosen_day
from pages.insight import fill, no_shows, pace, returning, seats, texts
from pages.insight.in_address import choose, chosen_period
from pages.parts.context import today
from pages.parts.device import is_phone
from pages.parts.permissions import need
from pages.parts.shared_value import draw_shared
from venue.insight.period import USUAL_DAYS, Period
from venue.roles import Permission

# The pace of one event is not about a period.
PACE = "Pace"
CHARTS: dict[str, Callable[[Period], None]] = {
    "Seats": seats.draw,
    PACE: pace.draw,
    "Fill": fill.draw,
    "Came again": returning.draw,
    "No-shows": no_shows.draw,
    "Texts": texts.draw,
}
PRESETS = {"4 weeks": 28, "12 weeks": 84, "1 year": 365}

need(Permission.READ)


def draw_period(period: Period) -> None:
    """The days that are shown, as presets and two fields."""
    preset = next((name for name, days in PRESETS.items() if period == Period.ending(today(), days=days)), None)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        draw_shared(st.pills, "Period", "insight.preset", preset, choose_preset, options=list(PRESETS))
        for label, name in (("From", "first"), ("Until", "last")):
            with st.container(width="stretch" if is_phone() else 220, gap="xsmall"):
                chosen_day(label, getattr(period, name), key=f"insight.{name}", on_choose=choose(name))


def choose_preset(chosen: str | None) -> None:
    days = PRESETS.get(chosen or "", USUAL_DAYS)
    st.query_params.update(Period.ending(today(), days=days).to_query())


with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Insight", anchor=False, width="content")
    # A page of its own, to be printed.
    st.link_button("Monday letter", "insight/letter", icon=":material/print:")
shown = st.segmented_control(
    "Chart",
    list(CHARTS),
    default=next(iter(CHARTS)),
    required=True,
    key="chart",
    bind="query-params",
    label_visibility="collapsed",
    width="stretch" if is_phone() else "content",
    wrap=is_phone(),
)
period = chosen_period()
if shown != PACE:
    draw_period(period)
CHARTS[shown](period)
