"""The first screen: what is on, what needs somebody, what goes out next."""

from datetime import timedelta

import streamlit as st

from pages.parts import visit
from pages.parts.desk import actor, house, now, reading
from pages.parts.device import is_phone
from pages.parts.event_cards import draw_events
from pages.parts.texts import STATES, kind_words
from pages.parts.words import counted, full_name, near, plain
from venue import clock, events, messages, today
from venue.messages import State

SEEN_TO = (State.FAILED, State.UNDELIVERED, State.UNSURE)

with reading(actor()) as session:
    overview = today.overview(session, now=now())
    coming = events.coming(session, now=now(), until=now() + timedelta(days=8))
    lost = {state: messages.listing(session, state=state, page_size=1).total for state in SEEN_TO}
    planned = messages.listing(session, state=State.PLANNED, page_size=1).total


def head() -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title("Today", width="content", anchor=False)
        if st.button("Add customer", icon=":material/person_add:"):
            visit.go("add_customer.py")
    st.caption(f"{clock.day_words(now(), house().zone)} at {plain(house().name)}")
    if st.button("Find a customer", icon=":material/search:", width="stretch", type="primary"):
        visit.go("customers.py")


def needs_somebody() -> None:
    """Texts that did not arrive, each number with its list."""
    st.subheader("Needs somebody", anchor=False)
    waiting = {state: count for state, count in lost.items() if count}
    if not waiting:
        st.caption(":material/check_circle: Every text went through.")
    for state, count in waiting.items():
        label, _, icon = STATES[state]
        st.page_link(
            "messages.py",
            label=f"{counted(count, 'text')}: {label.lower()}",
            icon=f":material/{icon}:",
            query_params={"state": label},
            width="stretch",
        )


def goes_out_next() -> None:
    st.subheader("Goes out next", anchor=False)
    if not overview.due_next:
        st.caption("Nothing is planned.")
        return
    for text in overview.due_next[:5]:
        name = plain(full_name(text)) if text.first_name else "A customer"
        about = f", {plain(text.event_name)}" if text.event_name else ""
        label = f"**{near(text.due_at, now())}** · {name} · {kind_words(text.kind)}{about}"
        st.page_link("message.py", label=label, query_params={"id": str(text.id)}, width="stretch")
    st.page_link(
        "messages.py",
        label=f"All {counted(planned, 'planned text')}",
        icon=":material/schedule:",
        query_params={"state": "Planned"},
    )


def scheduler_seen() -> None:
    if overview.scheduler.alive:
        st.caption(
            f":material/favorite: The scheduler is running, last seen {near(overview.scheduler.last_seen_at, now())}"
        )


def days() -> None:
    st.subheader("Today and tomorrow", anchor=False)
    draw_events(overview.events, empty="Nothing is on today or tomorrow.")
    soon = {row.id for row in overview.events}
    later = [row for row in coming if row.id not in soon]
    st.subheader("The coming week", anchor=False)
    draw_events(later, empty="Nothing more this week.")
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
