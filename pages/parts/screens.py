"""All screens, with their addresses."""

import copy
import functools

import streamlit as st

Screens = list[st.Page]  # type: ignore[valid-type]


def main() -> Screens:
    """Those that stand in every screen's navigation."""
    return [copy.copy(screen) for screen in _main()]


def reached_from_these() -> Screens:
    return [copy.copy(screen) for screen in _reached_from_these()]


# Making one looks for its file. It is marked when it is shown, so each run of a screen has copies of its own.


@functools.cache
def _main() -> Screens:
    return [
        st.Page("today.py", title="Today", default=True),
        st.Page("customers.py", title="Customers"),
        st.Page("events.py", title="Events"),
        st.Page("messages.py", title="Messages"),
        st.Page("venue_settings.py", title="Settings", url_path="settings"),
    ]


@functools.cache
def _reached_from_these() -> Screens:
    return [
        st.Page("customer.py", title="Customer", visibility="hidden"),
        st.Page("add_customer.py", title="Add customer", visibility="hidden"),
        st.Page("edit_customer.py", title="Edit customer", visibility="hidden"),
        st.Page("edit_customers.py", title="Edit customers", visibility="hidden"),
        st.Page("event.py", title="Event", visibility="hidden"),
        st.Page("add_event.py", title="New event", visibility="hidden"),
        st.Page("edit_event.py", title="Edit event", visibility="hidden"),
        st.Page("door_list.py", title="Door list", visibility="hidden"),
        st.Page("message.py", title="Text", visibility="hidden"),
        st.Page("templates.py", title="Words of the texts", visibility="hidden"),
    ]
