"""The door list: guests to tick off on a phone, or to print."""

import streamlit as st

from pages.events.guest_list import draw_guest_list
from pages.events.guests import found, mark, summary
from pages.parts import page_state
from pages.parts.context import actor, reading, today
from pages.parts.format import fill, plain, when
from venue import bookings, events, tags

event_id = page_state.subject()
with reading(actor()) as session:
    event = events.row(session, event_id)
    guests = [row for row in bookings.for_event(session, event_id) if row.seats]
    at_door = tags.at_door(session, event_id, today=today())

st.page_link("events/one.py", label=plain(event.name), icon=":material/arrow_back:", query_params={"id": str(event_id)})
st.title(f"Door list: {plain(event.name)}", anchor=False)
st.markdown(f"{when(event.starts_at)} · {fill(event)}")
if not guests:
    st.caption("No bookings yet.")
else:
    # A separate page with nothing else on it, to be printed.
    st.link_button("Print", f"events/{event_id}/door/print", icon=":material/print:")
    st.caption(summary(guests))
    draw_guest_list(found(guests), key="door", on_mark=mark, tags=at_door)
