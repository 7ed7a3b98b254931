"""A warning before someone is booked twice on one event, under two records."""

from uuid import UUID

import streamlit as st

from pages.parts import dialog
from pages.parts.context import actor, reading
from pages.parts.format import plain
from venue import duplicates
from venue.wording import counted, join_names


def warn_of_same_person(customer_id: UUID, event_id: UUID | None) -> str:
    """Who is already booked on this event and is probably the same person, each with a button that opens that booking.
    Returns the label of the button that saves another one."""
    if event_id is None:
        return "Save"
    with reading(actor()) as session:
        booked = duplicates.probably_booked(session, customer_id, event_id=event_id)
    for each in booked:
        name = join_names(each.first_name, each.last_name)
        size = counted(each.seats, "seat") if each.seats else "reminder only"
        words = f"{name}, probably the same person, is already booked ({size})."
        st.warning(plain(words), icon=":material/person_alert:")
        st.button(
            plain(f"Open {name}'s booking"),
            key=f"same_person.{each.booking_id}",
            on_click=dialog.open,
            args=("edit", each.booking_id),
        )
    return "Book anyway" if booked else "Save"
