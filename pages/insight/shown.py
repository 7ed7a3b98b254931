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
# Legible on white as on black. Shapes differ too: bars are numbers, marks are what is usual.
NUMBER, USUAL, OTHER = "#2a8a84", "#c4711a", "#8c8c8c"
# Of bars that are not final.
EDGE = "#808080"
DAY_AXIS = alt.Axis(format="%-d %b", labelOverlap=True)
OF_A_DAY: Final = "utcyearmonthdate"


def draw_finding(finding: str) -> None:
    st.markdown(f"**{plain(finding)}**")


def draw_chart(chart: alt.LayerChart, *, finding: str, height: int = HEIGHT) -> None:
    st.altair_chart(chart.properties(height=height), alt=finding)


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


def named_colours(*names: str, filled: bool = True) -> alt.Color:
    """The colours of the marks by their names, in the order of the legend, which shows them `filled`, or as lines."""
    scale = alt.Scale(domain=list(names), range=[NUMBER, USUAL, OTHER][: len(names)])
    edge = 0 if filled else 3
    return alt.Color("what:N", scale=scale, legend=alt.Legend(orient="top", title=None, symbolStrokeWidth=edge))
