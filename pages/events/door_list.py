"""The door list: guests to tick off on a phone, or to print."""

import streamlit as st

from pages.events import late, walk_in
from pages.events.guests import draw_found, follow_guests, none_yet, summary
from pages.parts import dialog, page_state
from pages.parts.context import actor, reading
from pages.parts.format import fill, plain, when
from venue import bookings, events

event_id = page_state.subject()
with reading(actor()) as session:
    seen = events.mark_of(session, event_id)
    event = events.row(session, event_id)
    booked = bookings.count_for_event(session, event_id)

st.page_link("events/one.py", label=plain(event.name), icon=":material/arrow_back:", query_params={"id": str(event_id)})
st.title(f"Door list: {plain(event.name)}", anchor=False)
st.markdown(f"{when(event.starts_at)} · {fill(event)}")
with st.container(horizontal=True, gap="xsmall"):
    walk_in.draw_button(event, is_main=True)
    if booked.bookings:
        # A separate page with nothing else on it, to be printed.
        st.link_button("Print", f"events/{event_id}/door/print", icon=":material/print:")
if booked.bookings or event.unnamed_seats:
    st.caption(summary(booked, event, with_reminder_only=False))
else:
    st.caption(none_yet(event))
if booked.bookings:
    draw_found(event, booked.bookings, key="door", with_seats=True)
follow_guests(event, seen)
dialog.draw({**walk_in.DIALOGS, **late.DIALOGS})
