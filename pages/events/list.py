"""Upcoming and past events, and how full they are."""

import streamlit as st

from pages.elements.board import Link, Section, address, draw_board
from pages.events.cards import events_section
from pages.events.filter_labels import labels
from pages.parts.context import actor, now, reading
from pages.parts.download import draw_download_menu
from pages.parts.permissions import if_may
from venue import events
from venue.events import EventFilter
from venue.roles import Permission
from venue.wording import counted

# Cards on a page: more would be slow on a phone.
SIZE = 24
FIND = {
    "Upcoming": (events.upcoming_page, "No upcoming events."),
    "Past": (events.past, "No past events."),
}

which = st.query_params.get("which", "")
shown = which if which in FIND else "Upcoming"
typed = st.query_params.get("page", "")
page = int(typed) if typed.isdecimal() and len(typed) < 6 else 1
find, empty = FIND[shown]
where = EventFilter.from_query(st.query_params.to_dict(), skip_unreadable=True)
seats = 0
with reading(actor()) as session:
    if where.in_use():
        filtered = events.filtered(session, where, page=page, page_size=SIZE)
        found, seats, empty = filtered.page, filtered.seats, "No events match these filters."
    else:
        found = find(session, now=now(), page=page, page_size=SIZE)


def here(**about: str | int) -> str:
    """The address of this list, with another page."""
    which = {} if shown == "Upcoming" or where.in_use() else {"which": shown}
    return address("events", **which, **where.to_query(), **about)


def ways() -> Section:
    here = "" if where.in_use() else shown
    upcoming = Link("Upcoming", "events", looks="chosen" if here == "Upcoming" else "button")
    past = Link("Past", address("events", which="Past"), looks="chosen" if here == "Past" else "button")
    add = if_may(Permission.EVENTS, Link("New event", "add_event", "add", looks="primary"))
    return Section(links=(upcoming, past, *add))


def filters() -> list[Section]:
    """The filters in use, each with a link that removes it, and how much they find."""
    if not where.in_use():
        return []
    less = [
        Link(label, address("events", **where.without(name).to_query()), "close", looks="button")
        for name, label in labels(where).items()
    ]
    return [Section(faint=f"{counted(found.total, 'event')}, {counted(seats, 'seat')}", links=tuple(less))]


def pages() -> Section:
    number = found.page
    if found.pages == 1 or number is None:
        return Section()
    back = [Link("Previous", here(page=number - 1), looks="button")] if number > 1 else []
    following = [Link("Next", here(page=number + 1), looks="button")] if number < found.pages else []
    return Section(faint=f"Page {number} of {found.pages}", links=(*back, *following))


with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Events", width="content", anchor=False)
    draw_download_menu("events", **(where.to_query() or {"when": shown.lower()}))
draw_board([ways(), *filters(), events_section(found.rows, empty=empty), pages()], key="events")
