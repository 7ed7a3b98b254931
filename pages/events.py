"""What is on: coming and past events, and how full they are."""

import streamlit as st

from pages.parts import visit
from pages.parts.desk import actor, now, reading
from pages.parts.device import is_phone
from pages.parts.event_cards import draw_events
from venue import events

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Events", width="content", anchor=False)
    if st.button("New event", type="primary", icon=":material/add:"):
        visit.go("add_event.py")
shown = st.segmented_control(
    "Which events",
    ["Coming", "Past"],
    default="Coming",
    required=True,
    key="which",
    bind="query-params",
    label_visibility="collapsed",
)
if shown == "Past":
    with reading(actor()) as session:
        found = events.past(session, now=now(), page=st.session_state.get("page") or 1, page_size=24)
    draw_events(found.rows, empty="Nothing in the past yet.")
    if found.pages > 1:
        st.pagination(found.pages, key="page", bind="query-params", max_visible_pages=5 if is_phone() else 9)
else:
    with reading(actor()) as session:
        coming = events.coming(session, now=now())
    draw_events(coming, empty="Nothing is coming up. Add the next event.")
