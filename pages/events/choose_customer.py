"""Choosing a customer to book on an event, by the same search as in the customers' list."""

from uuid import UUID

import streamlit as st

from pages.customers.find_customer import say_how_many_more, search_box
from pages.parts import dialog, page_state
from pages.parts.context import actor, reading
from pages.parts.dialog_buttons import close_button
from pages.parts.format import number, plain, seats
from pages.parts.permissions import may
from venue import bookings
from venue.roles import Permission
from venue.wording import full_name


def choose_customer(event_id: UUID) -> None:
    """A button for each customer who matches. One who is already booked opens that booking."""
    words, found = search_box("choose.q")
    if found is None:
        st.caption("Type part of a name or number.")
        close_button("Cancel")
        return
    with reading(actor()) as session:
        booked = bookings.of_customers(session, event_id, [row.id for row in found.rows])
    for row in found.rows:
        booking = booked.get(row.id)
        already = f" (already booked: {seats(booking).lower()})" if booking else ""
        st.button(
            plain(f"{full_name(row)}, {number(row.mobile_number)}{already}"),
            key=f"choose.{row.id}",
            width="stretch",
            on_click=dialog.open,
            args=("edit", booking.id) if booking else ("book", (event_id, row.id)),
        )
    say_how_many_more(words, found)
    if may(Permission.CUSTOMERS) and st.button(plain(f"Add ‘{words}’"), icon=":material/person_add:"):
        page_state.go("customers/add.py", typed=words, event=event_id)
    close_button("Cancel")
