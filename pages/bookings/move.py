"""The dialog that moves a booking to another customer: it was made for the wrong one."""

from uuid import UUID

import streamlit as st

from pages.bookings import text_preview
from pages.customers.find_customer import say_how_many_more, search_box
from pages.elements.toast import toast
from pages.parts import dialog, forms
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import close_button, save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import number, plain, seats, when
from venue import acts, bookings, customers, events
from venue.messages.outbox import Kind
from venue.rows import BookingRow, EventRow
from venue.wording import full_name

# About a booking, and the customer to whom it is moved once they are chosen.
About = tuple[UUID, UUID | None]


def draw_button(booking_id: UUID) -> None:
    """In the dialog of a booking."""
    st.button(
        "Move to another customer…",
        key="move_booking",
        type="tertiary",
        icon=":material/move_down:",
        on_click=dialog.open,
        args=("move_booking", (booking_id, None)),
    )


def move(about: About) -> None:
    booking_id, customer_id = about
    booking = forms.opened("move_booking", lambda: _read(booking_id))
    with reading(actor()) as session:
        event = events.row(session, booking.event_id)
    st.markdown(
        f"**{plain(event.name)}**, {when(event.starts_at)}  \nBooked for {plain(full_name(booking))}: "
        f"{plain(seats(booking).lower())}"
    )
    if customer_id is None:
        _choose(booking)
    else:
        _confirm(booking, event, customer_id)


def _choose(booking: BookingRow) -> None:
    words, found = search_box("move_booking.q")
    if found is None:
        st.caption("Whose booking is it? Type part of a name or number.")
    else:
        for row in found.rows:
            if row.id != booking.customer_id:
                st.button(
                    plain(f"{full_name(row)}, {number(row.mobile_number)}"),
                    key=f"move_to.{row.id}",
                    width="stretch",
                    on_click=dialog.open,
                    args=("move_booking", (booking.id, row.id)),
                )
        say_how_many_more(words, found)
    close_button("Cancel")


def _confirm(booking: BookingRow, event: EventRow, customer_id: UUID) -> None:
    with reading(actor()) as session:
        customer = customers.row(session, customer_id)
    st.markdown(f"It becomes the booking of **{plain(full_name(customer))}**, {plain(number(customer.mobile_number))}.")
    former, new = full_name(booking), full_name(customer)
    st.caption(plain(f"{former} gets no more texts about it. Scheduled reminders go to {new}."))
    fields = Fields(forms.token("move_booking"))
    can_be_texted = event.cancelled_at is None and event.starts_at > now()
    fields["tell_customer"] = can_be_texted and st.checkbox(
        "Text the customer", value=True, key=fields.key("tell_customer")
    )
    saved = save_or_cancel("Move")
    if fields["tell_customer"]:
        with st.container(border=True):
            text_preview.draw(Kind.CONFIRMATION, customer_id, event.id, booking.seats)
    if saved:
        with fields.checked():
            with transaction(actor()) as session:
                bookings.move(
                    session,
                    booking.id,
                    customer_id=customer_id,
                    version=booking.version,
                    tell_customer=fields["tell_customer"],
                    now=now(),
                )
                entry = acts.last_entry(session)
            dialog.close()
            toast(f"Moved to {full_name(customer)}", undo=entry)
            st.rerun()


def _read(booking_id: UUID) -> BookingRow:
    with reading(actor()) as session:
        return bookings.row(session, booking_id)


def title(about: About) -> str:
    booking = _read(about[0])
    return f"Move booking: {full_name(booking)}, {booking.event_name}"


DIALOGS: dict[str, tuple[dialog.Title, dialog.Content]] = {"move_booking": (title, move)}
