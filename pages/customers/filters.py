"""The search and the filters above the list of customers, and the label of each filter in use."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from pages.customers import own_filter, tag_filter
from pages.customers.event_filter import event_filter, name_of
from pages.customers.find_customer import searched
from pages.customers.list_address import SEARCH_BOX, change, filter_by, first_page, here
from pages.elements.calendar import chosen_day
from pages.parts.device import is_phone
from pages.parts.format import BOOKING_STATUS, plain
from pages.parts.shared_value import draw_shared
from venue.customers import CustomerFilter
from venue.customers.attendance import AGAIN_WITHIN, Attendance
from venue.customers.booking_status import Booked
from venue.customers.filters import Email
from venue.customers.visit_counts import Came

CANNOT_TEXT = "Can't be texted"
WITHOUT_TAGS = "Without tags"
CAME = {
    Came.FIRST: "Came once",
    Came.REGULAR: "Regulars",
    Came.QUIET: "Gone quiet",
    Came.NO_SHOW: "No-shows in the last year",
}

MARKS = {
    Attendance.MARKED: "Marked at the door",
    Attendance.CAME: "Marked as arrived",
    Attendance.NO_SHOW: "No-show",
}
EMAIL = {Email.WITH: "With an e-mail address", Email.WITHOUT: "Without an e-mail address"}
CAME_AGAIN = f"Came again within {AGAIN_WITHIN} days"

LABELS: dict[str, Callable[[Any], str]] = {
    "booked": lambda booked: BOOKING_STATUS[booked],
    "event_id": name_of,
    "created_from": lambda day: f"Added from {day:%-d %B %Y}",
    "created_to": lambda day: f"Added until {day:%-d %B %Y}",
    "cannot_text": lambda _yes: CANNOT_TEXT,
    "came": lambda group: CAME[group],
    "attendance": lambda mark: MARKS[mark],
    "first_from": lambda day: f"First came from {day:%-d %B %Y}",
    "first_to": lambda day: f"First came until {day:%-d %B %Y}",
    "came_again": lambda _yes: CAME_AGAIN,
    "late_event_id": lambda event_id: name_of(event_id, "Cancelled late"),
    "email": lambda has: EMAIL[has],
    "tags": tag_filter.names_of,
    "without_tags": lambda _yes: WITHOUT_TAGS,
}


def labels(where: CustomerFilter) -> dict[str, str]:
    """The label of each filter in use, by its name, without the search words. Each own field of the venue has one."""
    named = {name: LABELS[name](value) for name, value in where.in_use().items() if name in LABELS}
    return named | own_filter.labels(where.own)


def less(where: CustomerFilter, *names: str) -> CustomerFilter:
    """The filter without those of these names."""
    return replace(where.without(*names), own=own_filter.less(where.own, names))


def draw_search() -> None:
    st.text_input(
        "Search customers",
        type="search",
        live=True,
        key=SEARCH_BOX,
        bind="query-params",
        on_change=first_page,
        placeholder=searched(),
    )


def draw_filters(where: CustomerFilter) -> None:
    """The filters as they are set. A phone keeps them behind one button."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not is_phone():
            _status_filter(where.booked)
        label = "Filters" if is_phone() else "More filters"
        behind = st.popover(label, icon=":material/tune:", key="filters", on_change="rerun")
    # Its content is drawn only while it is open: the address has the values.
    if behind.open:
        with behind:
            if is_phone():
                _status_filter(where.booked)
            event_filter(where.event_id)
            _day("Added from", "created_from", where.created_from)
            _day("Added until", "created_to", where.created_to)
            _draw(st.toggle, CANNOT_TEXT, "cannot_text", where.cannot_text)
            _draw(
                st.selectbox,
                "E-mail",
                "email",
                where.email,
                options=list(Email),
                format_func=EMAIL.__getitem__,
                placeholder="Any",
            )
            _draw(
                st.selectbox,
                "Visits",
                "came",
                where.came,
                options=list(Came),
                format_func=CAME.__getitem__,
                placeholder="Any",
                help="Regulars came at least 3 times. Those gone quiet stayed away for longer than is usual for them.",
            )
            _draw(
                st.selectbox,
                "Marks",
                "attendance",
                where.attendance,
                options=list(Attendance),
                format_func=MARKS.__getitem__,
                placeholder="Any",
            )
            _day("First came from", "first_from", where.first_from)
            _day("First came until", "first_to", where.first_to)
            _draw(st.toggle, CAME_AGAIN, "came_again", where.came_again)
            tag_filter.draw(where.tags)
            _draw(st.toggle, WITHOUT_TAGS, "without_tags", where.without_tags)
            own_filter.draw(where.own)


def _status_filter(booked: Booked | None) -> None:
    _draw(
        st.pills,
        "Show",
        "booked",
        booked,
        options=list(Booked),
        format_func=LABELS["booked"],
        label_visibility="collapsed",
    )


def _day(label: str, name: str, day: date | None) -> None:
    chosen_day(label, day, key=f"filter.{name}", on_choose=lambda day: filter_by(**{name: day}))


def _draw(widget: Callable[..., object], label: str, name: str, value: object, **how: Any) -> None:
    """A widget that shows a filter as it is set, and changes it."""
    draw_shared(widget, label, f"filter.{name}", value, lambda chosen: filter_by(**{name: chosen}), **how)


def remove(*names: str) -> None:
    """For `on_click`: the list without these filters."""
    if "words" in names:
        st.session_state[SEARCH_BOX] = ""
    change(where=less(here().where, *names))


def draw_in_use(where: CustomerFilter) -> None:
    """The filters in use that are hidden behind a button, each with a button that removes it."""
    tag_filter.say_if_missing(where.tags)
    own_filter.say_if_wrong(where.own)
    hidden = {name: label for name, label in labels(where).items() if name != "booked" or is_phone()}
    if not hidden:
        return
    with st.container(horizontal=True, gap="xsmall"):
        for name, label in hidden.items():
            st.button(
                plain(label),
                key=f"off.{name}",
                icon=":material/close:",
                on_click=remove,
                args=(name,),
                help="Remove this filter",
            )
