"""What all charts share: the finding, the chart with it as its name, the table beneath and its download."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import altair as alt
import streamlit as st

from pages.elements.board import Column, Row, Section, draw_board
from pages.parts.download import draw_download_menu
from pages.parts.format import plain
from pages.parts.paging import page_of

# Rows of a table on one page.
SIZE = 31
HEIGHT = 320
DAY_AXIS = alt.Axis(format="%-d %b", labelOverlap=True)
# The bar of a single month does not fill the chart.
NOT_TOO_WIDE = alt.Scale(paddingInner=0.1, paddingOuter=1)
OTHER_DAYS: Final = "Choose other days, or look again later."
OF_A_DAY: Final = "utcyearmonthdate"


def draw_finding(finding: str) -> None:
    st.markdown(f"**{plain(finding)}**")


def draw_nothing(finding: str, *, do: str = OTHER_DAYS) -> None:
    """In place of a chart without numbers: why there are none, and what to do."""
    draw_finding(finding)
    st.caption(do)


def draw_chart(chart: alt.LayerChart, *, finding: str, height: int = HEIGHT) -> None:
    # Streamlit's own grey is too faint on the light page.
    words = st.get_option("theme.light.grayTextColor") if st.context.theme.type == "light" else alt.Undefined
    sized = chart.properties(height=height)
    legible = sized.configure_axis(labelColor=words, titleColor=words).configure_legend(labelColor=words)
    st.altair_chart(legible, alt=finding)


def draw_table(columns: Sequence[Column], rows: Sequence[Row], *, label: str, download: str, **query: str) -> None:
    """The numbers of the chart, whose rows open their lists, and the download of them all."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(label, anchor=False, width="content")
        draw_download_menu("insight", chart=download, **query)
    on_page = page_of(rows, size=SIZE, key=f"insight.{download}.page")
    draw_board([Section(columns=tuple(columns), rows=on_page, label=label)], key=f"insight.{download}")


def data(values: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """Rows for a chart: with a table of pandas, every screen would wait for it to be imported."""
    return alt.InlineData(values=[dict(each) for each in values])


def edge_unless(is_final: alt.Predicate, *names: str) -> alt.Stroke:
    """The edges of bars that are not final, in the colours of `named_colours`, whose legend is that of the edges too;
    the others have none."""
    edges = alt.Stroke("what:N", scale=alt.Scale(domain=list(names)), legend=_legend(edge=0))
    return alt.condition(is_final, alt.value(None), edges)


def named_colours(*names: str, filled: bool = True) -> alt.Color:
    """The theme's colours of the marks by their names, in the order of the legend: it shows them `filled`, or as lines.

    Shapes differ too: bars are numbers, marks are what is usual.
    """
    scale = alt.Scale(domain=list(names))
    return alt.Color("what:N", scale=scale, legend=_legend(edge=0 if filled else 3))


def _legend(*, edge: int) -> alt.Legend:
    """Above the chart. `edge` is the width of the edges in pixels."""
    return alt.Legend(orient="top", title=None, symbolStrokeWidth=edge)
