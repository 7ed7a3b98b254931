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
    Screen("customers/list.py", "Customers", "customers"),
    Screen("events/list.py", "Events", "events"),
    Screen("messages/list.py", "Messages", "messages"),
    Screen("settings/venue.py", "Settings", "settings"),
)
REACHED_FROM_THESE = (
    Screen("customers/one.py", "Customer", "customer"),
    Screen("customers/add.py", "Add customer", "add_customer"),
    Screen("customers/edit.py", "Edit customer", "edit_customer"),
    Screen("customers/edit_many.py", "Edit customers", "edit_customers"),
    Screen("events/one.py", "Event", "event"),
    Screen("events/add.py", "New event", "add_event"),
    Screen("events/edit.py", "Edit event", "edit_event"),
    Screen("events/door_list.py", "Door list", "door_list"),
    Screen("messages/one.py", "Text", "message"),
    Screen("messages/templates.py", "Words of the texts", "templates"),
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
