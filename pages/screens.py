"""All screens, with their addresses."""

from typing import Literal, NamedTuple

import streamlit as st

from venue.roles import Actor, Permission


class Screen(NamedTuple):
    file: str
    title: str
    address: str
    """The first screen has none."""
    needs: tuple[Permission, ...] = (Permission.READ,)
    """Who has one of these sees it in the navigation."""


# One of these is enough for the screen: each of its sections is left out for those who may not use it.
DATA = (Permission.EXPORT, Permission.IMPORT, Permission.REQUESTS)
MAIN = (
    Screen("today.py", "Today", ""),
    Screen("customers/list.py", "Customers", "customers"),
    Screen("events/list.py", "Events", "events"),
    Screen("messages/list.py", "Messages", "messages"),
    Screen("insight/home.py", "Insight", "insight"),
    Screen("data/home.py", "Data", "data", DATA),
    Screen("settings/venue.py", "Settings", "settings"),
)
REACHED_FROM_THESE = (
    Screen("customers/one.py", "Customer", "customer"),
    Screen("customers/add.py", "Add customer", "add_customer"),
    Screen("customers/edit.py", "Edit customer", "edit_customer"),
    Screen("customers/merge.py", "Merge customers", "merge"),
    Screen("customers/edit_many.py", "Edit customers", "edit_customers"),
    Screen("customers/duplicates.py", "Possible duplicates", "duplicates"),
    Screen("events/one.py", "Event", "event"),
    Screen("events/add.py", "New event", "add_event"),
    Screen("events/edit.py", "Edit event", "edit_event"),
    Screen("events/door_list.py", "Door list", "door_list"),
    Screen("events/waitlists.py", "Waitlists: to call", "waitlists"),
    Screen("messages/one.py", "Text", "message"),
    Screen("messages/conversation.py", "Conversation", "conversation"),
    Screen("messages/templates.py", "Text templates", "templates"),
    Screen("campaigns/list.py", "Bulk texts", "campaigns", (Permission.BULK,)),
    Screen("campaigns/one.py", "Bulk text", "campaign", (Permission.BULK,)),
    Screen("campaigns/edit.py", "Bulk text", "edit_campaign", (Permission.BULK,)),
    Screen("journal/list.py", "Journal", "journal"),
    Screen("data/requests.py", "Requests", "requests"),
    Screen("data/request.py", "Request", "request"),
    Screen("imports/list.py", "Import", "imports", (Permission.IMPORT,)),
    Screen("imports/one.py", "Import", "import", (Permission.IMPORT,)),
    Screen("data/retention.py", "Retention", "retention"),
    Screen("settings/change.py", "Change settings", "change_settings", (Permission.SETTINGS,)),
    Screen("settings/staff.py", "Staff", "staff"),
    Screen("settings/fields.py", "Fields", "fields"),
    Screen("settings/tags.py", "Tags", "tags"),
    Screen("settings/account.py", "Your account", "account"),
)
MOST_COUNTED = 99
ADDRESSES = [screen.address for screen in (*MAIN, *REACHED_FROM_THESE)]


def main(actor: Actor, attention: int = 0) -> list[st.Page]:
    """The screens in the actor's navigation. Messages shows how many texts need attention."""
    shown = [screen for screen in MAIN if may_use(screen, actor)]
    return [_page(_with_count(screen, attention) if screen.address == "messages" else screen) for screen in shown]


def others(actor: Actor) -> list[st.Page]:
    """All other screens: those reached from these, and those that say why this actor may not use them."""
    refused = [screen for screen in MAIN if not may_use(screen, actor)]
    return [_page(screen, visibility="hidden") for screen in (*REACHED_FROM_THESE, *refused)]


def may_use(screen: Screen, actor: Actor) -> bool:
    return any(actor.may(permission) for permission in screen.needs)


def _with_count(screen: Screen, count: int) -> Screen:
    counted = f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
    return screen._replace(title=f"{screen.title} ({counted})") if count else screen


def _page(screen: Screen, visibility: Literal["visible", "hidden"] = "visible") -> st.Page:
    if not screen.address:
        return st.Page(screen.file, title=screen.title, default=True)
    return st.Page(screen.file, title=screen.title, url_path=screen.address, visibility=visibility)
