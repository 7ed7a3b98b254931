"""Who comes to an event: at the door, one tap says who has arrived."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.parts import visit
from pages.parts.desk import actor, now, transaction
from pages.parts.trouble import WHOLE_LINE, draw_trouble
from pages.parts.words import counted, full_name, number, plain, seats
from venue import bookings, names

ON_A_PAGE = 25
ARRIVED = {"Arrived": True, "Did not come": False}
# What can be done with a booking, and the dialog for it.
CHANGES = {"Edit booking": "edit", "Delete booking": "unbook"}


def draw_guests(booked: Sequence[Any], lost: Sequence[Any]) -> None:
    st.subheader("Who comes", anchor=False)
    if not booked:
        st.caption("No bookings yet.")
        return
    coming = [row for row in booked if row.seats]
    here = sum(row.seats for row in coming if row.arrived)
    summary = f"{counted(len(coming), 'booking')}, {counted(sum(row.seats for row in coming), 'seat')}"
    reminded = len(booked) - len(coming)
    st.caption(
        summary
        + (f", {here} arrived" if here else "")
        + (f", {counted(reminded, 'reminder', 'reminders')} only" if reminded else "")
    )
    people = {text.booking_id for text in lost if text.booking_id}
    if people:
        words = f"{counted(len(people), 'guest')} could not be texted: the reason stands with the name."
        st.warning(words, icon=":material/call:")
    shown = _found(booked) if len(booked) > ON_A_PAGE else booked
    with st.grid("auto", min_column_width=320, gap="xsmall"):
        for row in shown[:ON_A_PAGE]:
            draw_guest(row, [text for text in lost if text.booking_id == row.id])
    if len(shown) > ON_A_PAGE:
        st.caption(f"{len(shown) - ON_A_PAGE} more: search for a name, or open the door list.")


def _found(booked: Sequence[Any]) -> list[Any]:
    typed = st.text_input("Find a guest", type="search", live=True, key="guest") or ""
    return [row for row in booked if names.match(full_name(row), typed)]


def draw_guest(row: Any, lost: Sequence[Any]) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.page_link(
            "customer.py",
            label=f"**{plain(full_name(row))}**  \n{seats(row)} · {number(row.mobile_number)}",
            query_params={"id": str(row.customer_id)},
            width="stretch",
        )
        if row.notes:
            st.text(row.notes, width=WHOLE_LINE)
        draw_trouble(lost, key=str(row.id))
        if row.seats:
            st.segmented_control(
                "Arrived?",
                list(ARRIVED),
                default=next((word for word, is_it in ARRIVED.items() if is_it is row.arrived), None),
                key=f"arrived.{row.id}",
                label_visibility="collapsed",
                on_change=mark,
                args=(row.id,),
            )
        # At the door it is the tap above that counts: what is rare stands behind one button.
        st.menu_button("More", list(CHANGES), key=f"change.{row.id}", type="tertiary", on_click=change, args=(row.id,))


def mark(booking_id: Any) -> None:
    arrived = ARRIVED.get(st.session_state[f"arrived.{booking_id}"])
    with transaction(actor()) as session:
        bookings.mark_arrived(session, booking_id, arrived=arrived, now=now())


def change(booking_id: Any) -> None:
    visit.open_dialog(CHANGES[st.session_state[f"change.{booking_id}"]], booking_id)
