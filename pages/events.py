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
# A page of cards is no longer than that: more would keep a phone waiting.
SIZE = 24
FIND = {
    "Coming": (events.coming_page, "coming_page", "Nothing is coming up. Add the next event."),
    "Past": (events.past, "page", "Nothing in the past yet."),
}
find, key, empty = FIND[shown or "Coming"]
# What the widget below holds, or what the address says while it is not drawn yet.
typed = str(st.session_state.get(key) or st.query_params.get(key, ""))
page = int(typed) if typed.isdecimal() and len(typed) < 6 else 1
with reading(actor()) as session:
    found = find(session, now=now(), page=page, page_size=SIZE)
draw_events(found.rows, empty=empty, key="events")
if found.pages > 1:
    st.pagination(found.pages, key=key, bind="query-params", max_visible_pages=5 if is_phone() else 9)
