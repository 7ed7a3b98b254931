"""A guest who came without a booking, added in three taps: the button, their name, and how many came."""

from uuid import UUID

import streamlit as st

from pages.bookings import dialogs
from pages.customers.find_customer import say_how_many_more, search_box
from pages.elements.toast import toast
from pages.parts import dialog, forms, page_state
from pages.parts.context import actor, now, reading, transaction, venue
from pages.parts.dialog_buttons import close_button
from pages.parts.fields import Fields
from pages.parts.format import number, plain, seats
from pages.parts.permissions import may
from venue import acts, bookings, customers, events
from venue.errors import AlreadyBooked
from venue.roles import Permission
from venue.rows import CustomerRow, EventRow, GuestRow
from venue.wording import counted, full_name

CHOOSE, SEATS = "walk_in", "walk_in.seats"
MOST_BUTTONS = 8


def draw_button(event: EventRow, *, is_main: bool = False) -> None:
    """The button that opens the dialog, while guests come to this event."""
    if may(Permission.BOOKINGS) and events.is_on(event, now=now(), zone=venue().zone):
        st.button(
            "Walk-in",
            type="primary" if is_main else "secondary",
            icon=":material/directions_walk:",
            on_click=dialog.open,
            args=(CHOOSE, event.id),
        )


def choose(event_id: UUID) -> None:
    """A button for each customer who matches. One who is booked with seats is marked as arrived at once."""
    words, found = search_box("walk_in.q")
    if found is None:
        st.caption("Type part of a name or number.")
        close_button("Cancel")
        return
    with reading(actor()) as session:
        booked = {row.customer_id: row for row in bookings.for_event(session, event_id)}
    for row in found.rows:
        _draw_choice(event_id, row, booked.get(row.id))
    say_how_many_more(words, found)
    if may(Permission.CUSTOMERS) and st.button(plain(f"Add ‘{words}’"), icon=":material/person_add:"):
        page_state.go("customers/add.py", typed=words, event=event_id, walk_in=1)
    close_button("Cancel")


def _draw_choice(event_id: UUID, row: CustomerRow, booking: GuestRow | None) -> None:
    about = f"{full_name(row)}, {number(row.mobile_number)}"
    key = f"walk_in.{row.id}"
    if booking is None or not booking.seats:
        st.button(plain(about), key=key, width="stretch", on_click=dialog.open, args=(SEATS, (event_id, row.id)))
    elif st.button(plain(f"{about} (already booked: {seats(booking).lower()})"), key=key, width="stretch"):
        with Fields("walk_in").checked():
            with transaction(actor()) as session:
                bookings.mark_arrived(session, booking.id, arrived=True, now=now())
                entry = acts.last_entry(session)
            dialogs.done(f"{full_name(row)} arrived", undo=entry)


def choose_seats(about: tuple[UUID, UUID]) -> None:
    """A button for each usual number of guests, which adds them."""
    event_id, customer_id = about
    with reading(actor()) as session:
        customer = customers.row(session, customer_id)
    st.markdown(f"How many came, including **{plain(full_name(customer))}**?")
    fields = Fields(forms.token(SEATS))
    with st.container(horizontal=True, gap="xsmall"):
        for count in range(1, MOST_BUTTONS + 1):
            if st.button(str(count), key=f"walk_in.seats.{count}"):
                _add(fields, event_id, customer, count)
    fields.number("seats", f"More than {MOST_BUTTONS}", None)
    if fields["seats"] and st.button("Add", type="primary"):
        _add(fields, event_id, customer, fields["seats"])
    close_button("Cancel")


def _add(fields: Fields, event_id: UUID, customer: CustomerRow, count: int) -> None:
    with fields.checked():
        try:
            with transaction(actor()) as session:
                bookings.walk_in(session, event_id, customer_id=customer.id, seats=count, now=now())
        except AlreadyBooked as booked:
            dialog.close()
            toast(str(booked))
            st.rerun()
        dialogs.done(f"{full_name(customer)} added: {counted(count, 'seat')}")


DIALOGS: dict[str, tuple[dialog.Title, dialog.Content]] = {
    CHOOSE: ("Walk-in", choose),
    SEATS: ("Walk-in", choose_seats),
}
