"""Upcoming and past events, and how full they are."""

import streamlit as st

from pages.elements.board import Link, Section, address, draw_board
from pages.events.cards import events_section
from pages.parts.context import actor, now, reading
from pages.parts.download import draw_download_menu
from pages.parts.permissions import if_may
from venue import events
from venue.roles import Permission

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
with reading(actor()) as session:
    found = find(session, now=now(), page=page, page_size=SIZE)


def here(**about: str | int) -> str:
    """The address of this list, with another page."""
    return address("events", **({} if shown == "Upcoming" else {"which": shown}), **about)


def ways() -> Section:
    upcoming = Link("Upcoming", "events", looks="chosen" if shown == "Upcoming" else "button")
    past = Link("Past", address("events", which="Past"), looks="chosen" if shown == "Past" else "button")
    add = if_may(Permission.EVENTS, Link("New event", "add_event", "add", looks="primary"))
    return Section(links=(upcoming, past, *add))


def pages() -> Section:
    number = found.page
    if found.pages == 1 or number is None:
        return Section()
    back = [Link("Previous", here(page=number - 1), looks="button")] if number > 1 else []
    following = [Link("Next", here(page=number + 1), looks="button")] if number < found.pages else []
    return Section(faint=f"Page {number} of {found.pages}", links=(*back, *following))


with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Events", width="content", anchor=False)
    draw_download_menu("events", when=shown.lower())
draw_board([ways(), events_section(found.rows, empty=empty), pages()], key="events")
