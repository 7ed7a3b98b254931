"""A guest who came without a booking, added in three taps: the button, their name, and how many came.

One who gives no number is no customer: their seats are counted for the event.
"""

from collections.abc import Callable
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

CHOOSE, SEATS, UNNAMED = "walk_in", "walk_in.seats", "walk_in.unnamed"
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
        _draw_last_buttons(event_id)
        return
    with reading(actor()) as session:
        booked = bookings.of_customers(session, event_id, [row.id for row in found.rows])
    for row in found.rows:
        _draw_choice(event_id, row, booked.get(row.id))
    say_how_many_more(words, found)
    if may(Permission.CUSTOMERS) and st.button(plain(f"Add ‘{words}’"), icon=":material/person_add:"):
        page_state.go("customers/add.py", typed=words, event=event_id, walk_in=1)
    _draw_last_buttons(event_id)


def _draw_last_buttons(event_id: UUID) -> None:
    st.button("No number given", icon=":material/person_off:", on_click=dialog.open, args=(UNNAMED, event_id))
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
    _draw_numbers(fields, lambda count: _add(fields, event_id, customer, count))
    close_button("Cancel")


def count_unnamed(event_id: UUID) -> None:
    """A button for each usual number of guests, which counts them without a name."""
    with reading(actor()) as session:
        event = events.row(session, event_id)
    st.markdown("How many came? They are counted at the event, without a name.")
    fields = Fields(forms.token(UNNAMED))
    _draw_numbers(fields, lambda count: _count(fields, event_id, count))
    if event.unnamed_seats:
        st.caption(f"{counted(event.unnamed_seats, 'walk-in')} without a number so far.")
        if st.button("One fewer", icon=":material/remove:"):
            _count(fields, event_id, -1)
    close_button("Cancel")


def _draw_numbers(fields: Fields, add: Callable[[int], None]) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        for count in range(1, MOST_BUTTONS + 1):
            if st.button(str(count), key=f"walk_in.seats.{count}"):
                add(count)
    fields.number("seats", f"More than {MOST_BUTTONS}", None)
    if fields["seats"] and st.button("Add", type="primary"):
        add(fields["seats"])


def _count(fields: Fields, event_id: UUID, count: int) -> None:
    """Count them once: the second of two taps may come before the dialog is closed."""
    done: list[tuple[str, int | None]] = forms.opened(UNNAMED, list)
    with fields.checked():
        if not done:
            walk_ins = counted(abs(count), "walk-in")
            words = f"{walk_ins} added, without a number" if count > 0 else f"{walk_ins} removed"
            with transaction(actor()) as session:
                bookings.count_walk_ins(session, event_id, seats=count, now=now())
                entry = acts.last_entry(session)
            # At once: each use of the session state may be interrupted by the next tap.
            done.append((words, entry))
        [(words, entry)] = done
        dialogs.done(words, undo=entry)


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
    UNNAMED: ("Walk-in without a number", count_unnamed),
}
