"""The door list: guests to tick off on a phone, or to print."""

import streamlit as st

from pages.customers import rewards
from pages.events import late, walk_in
from pages.events.guest_list import draw_guest_list
from pages.events.guests import act, follow_guests, found, mark, none_yet, summary
from pages.parts import dialog, page_state
from pages.parts.context import actor, now, reading, today
from pages.parts.format import fill, plain, when
from venue import bookings, events, tags, visits

event_id = page_state.subject()
with reading(actor()) as session:
    seen = events.mark_of(session, event_id)
    event = events.row(session, event_id)
    booked = bookings.for_event(session, event_id)
    guests = [row for row in booked if row.seats]
    at_door = tags.at_door(session, event_id, today=today())
    numbers = visits.at_door(session, event_id, now=now())
    rewarded = visits.progress(session, [row.customer_id for row in guests])

st.page_link("events/one.py", label=plain(event.name), icon=":material/arrow_back:", query_params={"id": str(event_id)})
st.title(f"Door list: {plain(event.name)}", anchor=False)
st.markdown(f"{when(event.starts_at)} · {fill(event)}")
with st.container(horizontal=True, gap="xsmall"):
    walk_in.draw_button(event, is_main=True)
    if guests:
        # A separate page with nothing else on it, to be printed.
        st.link_button("Print", f"events/{event_id}/door/print", icon=":material/print:")
if guests or event.unnamed_seats:
    st.caption(summary(guests, event.unnamed_seats))
else:
    st.caption(none_yet(event))
if guests:
    shown = found(guests)
    draw_guest_list(
        shown,
        key="door",
        event=event,
        on_mark=mark,
        tags=at_door,
        visits=numbers,
        notices=rewards.due_to_guests(shown, rewarded),
        on_act=act,
    )
follow_guests(event, seen)
dialog.draw({**walk_in.DIALOGS, **late.DIALOGS})
