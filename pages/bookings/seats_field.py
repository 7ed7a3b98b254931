"""The seats of a booking: one tap for a usual number, a field for any other."""

from datetime import timedelta
from functools import partial

import streamlit as st

from pages.parts.context import now
from pages.parts.fields import Fields
from pages.parts.format import plain
from pages.parts.shared_value import draw_shared
from venue import bookings, events
from venue.rows import EventRow, WithSeats

USUAL = [*range(1, 9), 0]
ANSWERED_WITHIN = timedelta(seconds=5)


def draw_seats(fields: Fields, event: EventRow | None, booking: WithSeats | None = None) -> None:
    """`event` is None until one is chosen. A full event only takes reminder-only bookings."""
    if event is not None and booking is None and events.is_full(event):
        _draw_full(fields, event)
        return
    _keep_tapped(fields)
    fields.number("seats", "Seats", booking.seats if booking else 2)
    draw_shared(
        st.pills,
        "Usual numbers",
        fields.key("usual"),
        fields["seats"] if fields["seats"] in USUAL else None,
        partial(_take, fields.key("seats"), fields.key("tapped")),
        options=USUAL,
        format_func=lambda number: str(number) if number else "Reminder only",
        required=True,
        label_visibility="collapsed",
    )
    if booking is not None and event is not None and events.is_full(event):
        st.caption(plain(bookings.seats_left(event, already=booking.seats)))
    elif fields["seats"] == 0:
        st.caption("0 = reminder only: no seats are booked.")


def _draw_full(fields: Fields, event: EventRow) -> None:
    typed = fields.key("seats")
    st.session_state[typed] = st.session_state.get(typed, 2.0)  # Kept for another event.
    fields["seats"] = 0
    st.number_input("Seats", value=0, disabled=True, key=fields.key("no_seats"))
    st.caption(plain(f"{event.name} is full. They can get reminders, without seats, or join the waitlist."))


def _take(seats: str, tapped: str, number: int) -> None:
    st.session_state[tapped] = (st.session_state[seats], float(number), now())
    st.session_state[seats] = float(number)


def _keep_tapped(fields: Fields) -> None:
    """Save right after a tap still sends the old value of the field: the browser does not have the new one yet."""
    seats, tapped = fields.key("seats"), fields.key("tapped")
    before, number, at = st.session_state.get(tapped, (None, None, None))
    if at is None:
        return
    if now() - at > ANSWERED_WITHIN or st.session_state.get(seats) not in (before, number):
        del st.session_state[tapped]
    else:
        st.session_state[seats] = number
