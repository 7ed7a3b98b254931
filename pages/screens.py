"""All screens, with their addresses."""

from typing import Literal, NamedTuple

import streamlit as st


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
    Screen("messages/templates.py", "Text templates", "templates"),
    Screen("journal/list.py", "Journal", "journal"),
    Screen("settings/staff.py", "Staff", "staff"),
    Screen("settings/account.py", "Your account", "account"),
)
MOST_COUNTED = 99
ADDRESSES = [screen.address for screen in (*MAIN, *REACHED_FROM_THESE)]


def main(attention: int = 0) -> list[st.Page]:
    """The screens in the navigation. Messages shows how many texts need attention."""
    return [_page(_with_count(screen, attention) if screen.address == "messages" else screen) for screen in MAIN]


def reached_from_these() -> list[st.Page]:
    return [_page(screen, visibility="hidden") for screen in REACHED_FROM_THESE]


def _with_count(screen: Screen, count: int) -> Screen:
    counted = f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
    return screen._replace(title=f"{screen.title} ({counted})") if count else screen


def _page(screen: Screen, visibility: Literal["visible", "hidden"] = "visible") -> st.Page:
    if not screen.address:
        return st.Page(screen.file, title=screen.title, default=True)
    return st.Page(screen.file, title=screen.title, url_path=screen.address, visibility=visibility)
