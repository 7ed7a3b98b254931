"""All screens, with their addresses."""

import copy
import functools
from typing import NamedTuple

import streamlit as st

Screens = list[st.Page]  # type: ignore[valid-type]


class Screen(NamedTuple):
    file: str
    title: str
    address: str
    """The first screen has none."""


MAIN = (
    Screen("today.py", "Today", ""),
    Screen("customers.py", "Customers", "customers"),
    Screen("events.py", "Events", "events"),
    Screen("messages.py", "Messages", "messages"),
    Screen("venue_settings.py", "Settings", "settings"),
)
REACHED_FROM_THESE = (
    Screen("customer.py", "Customer", "customer"),
    Screen("add_customer.py", "Add customer", "add_customer"),
    Screen("edit_customer.py", "Edit customer", "edit_customer"),
    Screen("edit_customers.py", "Edit customers", "edit_customers"),
    Screen("event.py", "Event", "event"),
    Screen("add_event.py", "New event", "add_event"),
    Screen("edit_event.py", "Edit event", "edit_event"),
    Screen("door_list.py", "Door list", "door_list"),
    Screen("message.py", "Text", "message"),
    Screen("templates.py", "Words of the texts", "templates"),
)
MOST_COUNTED = 99
ADDRESSES = [screen.address for screen in (*MAIN, *REACHED_FROM_THESE)]


def main(attention: int = 0) -> Screens:
    """Those in every screen's navigation; Messages with how many texts need attention."""
    return [copy.copy(screen) for screen in _main(min(attention, MOST_COUNTED + 1))]


def reached_from_these() -> Screens:
    return [copy.copy(screen) for screen in _reached_from_these()]


# Making one looks for its file. It is marked when it is shown, so each run of a screen has copies of its own.


@functools.cache
def _main(attention: int) -> Screens:
    return [_page(_with_count(screen, attention) if screen.address == "messages" else screen) for screen in MAIN]


@functools.cache
def _reached_from_these() -> Screens:
    return [_page(screen, visibility="hidden") for screen in REACHED_FROM_THESE]


def _with_count(screen: Screen, count: int) -> Screen:
    counted = f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
    return screen._replace(title=f"{screen.title} ({counted})") if count else screen


def _page(screen: Screen, **how: str) -> st.Page:  # type: ignore[valid-type]
    if not screen.address:
        return st.Page(screen.file, title=screen.title, default=True)
    return st.Page(screen.file, title=screen.title, url_path=screen.address, **how)
