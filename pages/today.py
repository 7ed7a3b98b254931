"""The first screen: what is on, what needs somebody, what goes out next."""

from datetime import datetime
from typing import Any

import streamlit as st

from pages.parts import visit
from pages.parts.banner import scheduler_now
from pages.parts.cards import Card, address, draw_cards
from pages.parts.desk import actor, house, now, reading
from pages.parts.device import is_phone
from pages.parts.event_cards import draw_events
from pages.parts.texts import title, who
from pages.parts.words import counted, near, plain, short_day
from venue import clock, today

with reading(actor()) as session:
    overview = today.overview(session, now=now())


def head() -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title("Today", width="content", anchor=False)
        if st.button("Add customer", icon=":material/person_add:"):
            visit.go("add_customer.py")
    st.caption(f"{clock.day_words(now(), house().zone)} at {plain(house().name)}")
    if st.button("Find a customer", icon=":material/search:", width="stretch", type="primary"):
        visit.go("customers.py")


def needs_somebody() -> None:
    """Whom texts did not reach and who waits for an answer, each number with its list."""
    st.subheader("Needs somebody", anchor=False)
    if not overview.people_to_call and not overview.replies:
        st.caption(":material/check_circle: Every text went through, and no reply waits.")
    if overview.people_to_call:
        people = counted(overview.people_to_call, "person needs", "people need")
        _list(f"{people} a call ({counted(overview.needs_a_person, 'text')})", "call", "Needs a call")
    if overview.replies:
        _list(counted(overview.replies, "reply waits", "replies wait"), "inbox", "Replies")


def _list(label: str, icon: str, name: str) -> None:
    st.page_link("messages.py", label=label, icon=f":material/{icon}:", query_params={"texts": name}, width="stretch")


def goes_out_next() -> None:
    st.subheader("Goes out next", anchor=False)
    if not overview.due_next:
        st.caption("Nothing is planned.")
        return
    draw_cards(map(_card, overview.due_next), key="due_next")
    planned = counted(overview.going_out_this_week, "text", "texts")
    _list(f"{planned} in the next 7 days", "schedule", "Next 7 days")


def _card(text: Any) -> Card:
    about = text.event_name or title(text)
    return Card(address("message", id=text.id), f"{_soon(text.due_at)} · {who(text)}", (about,))


def _soon(instant: datetime) -> str:
    """As short as can be: "14:48" is today, "Thu 14:48" in this week."""
    zone = house().zone
    days = (clock.today(instant, zone) - clock.today(now(), zone)).days
    named = "" if days == 0 else f"{instant.astimezone(zone):%a} " if 0 < days < 7 else f"{short_day(instant)}, "
    return f"{named}{clock.time_words(instant, zone)}"


def scheduler_seen() -> None:
    scheduler = scheduler_now()
    if scheduler.alive:
        st.caption(f":material/favorite: The scheduler is running, last seen {near(scheduler.last_seen_at, now())}")


def days() -> None:
    st.subheader("Today and tomorrow", anchor=False)
    draw_events(overview.events, empty="Nothing is on today or tomorrow.", key="events")
    st.subheader("The coming week", anchor=False)
    draw_events(overview.later, empty="Nothing more this week.", key="later")
    st.page_link("events.py", label="All events", icon=":material/event:")


head()
events_side, texts_side = st.columns([3, 2], gap="medium")
with events_side:
    days()
with texts_side:
    needs_somebody()
    goes_out_next()
    scheduler_seen()
if is_phone():
    st.page_link("venue_settings.py", label="Settings", icon=":material/settings:")
