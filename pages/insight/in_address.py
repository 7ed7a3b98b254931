"""The period that the charts show, kept in the address."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import streamlit as st

from pages.parts.context import today
from venue.insight.period import Period


def chosen_period() -> Period:
    return Period.from_query(st.query_params.to_dict(), today=today())


def choose(name: str) -> Callable[[date | None], None]:
    """For a field: change the first or the last day. Without a day it is the usual one again."""

    def chosen(day: date | None) -> None:
        if day is None:
            st.query_params.pop({"first": "from", "last": "until"}[name], None)
        else:
            st.query_params.update(replace(chosen_period(), **{name: day}).to_query())

    return chosen
