"""What is on: coming and past events, and how full they are."""

import streamlit as st

from pages.elements.board import Link, Section, address, draw_board
from pages.events.cards import events_section
from pages.parts.context import actor, now, reading
from venue import events

# A page of cards is no longer than that: more would keep a phone waiting.
SIZE = 24
FIND = {
    "Coming": (events.upcoming_page, "Nothing is coming up. Add the next event."),
    "Past": (events.past, "Nothing in the past yet."),
}

asked = st.query_params.get("which", "")
shown = asked if asked in FIND else "Coming"
typed = st.query_params.get("page", "")
page = int(typed) if typed.isdecimal() and len(typed) < 6 else 1
find, empty = FIND[shown]
with reading(actor()) as session:
    found = find(session, now=now(), page=page, page_size=SIZE)


def here(**about: str | int) -> str:
    """These events, or others of them, as an address."""
    return address("events", **({} if shown == "Coming" else {"which": shown}), **about)


def ways() -> Section:
    coming = Link("Coming", "events", looks="chosen" if shown == "Coming" else "button")
    past = Link("Past", address("events", which="Past"), looks="chosen" if shown == "Past" else "button")
    return Section(links=(coming, past, Link("New event", "add_event", "add", looks="primary")))


def pages() -> Section:
    if found.pages == 1:
        return Section()
    back = [Link("Back", here(page=found.page - 1), looks="button")] if found.page > 1 else []
    following = [Link("Next", here(page=found.page + 1), looks="button")] if found.page < found.pages else []
    return Section(faint=f"Page {found.page} of {found.pages}", links=(*back, *following))


st.title("Events", anchor=False)
draw_board([ways(), events_section(found.rows, empty=empty), pages()], key="events")
