"""Whom to book: the same search as on the list of customers."""

from uuid import UUID

import streamlit as st

from pages.parts import visit
from pages.parts.desk import actor, now, reading
from pages.parts.dialog_buttons import close_button
from pages.parts.words import counted, full_name, number, plain
from venue import customers

SHOWN = 8


def choose_customer(event_id: UUID) -> None:
    words = st.text_input("Search customers", type="search", live=True, key="choose.q", placeholder="Name or number")
    if not (words or "").strip():
        st.caption("Type a part of the name or of the number.")
        close_button("Cancel")
        return
    with reading(actor()) as session:
        found = customers.search(session, words, page_size=SHOWN, now=now())
    for row in found.rows:
        label = plain(f"{full_name(row)}, {number(row.mobile_number)}")
        st.button(
            label,
            key=f"choose.{row.id}",
            width="stretch",
            on_click=visit.open_dialog,
            args=("book", (event_id, row.id)),
        )
    if found.total > SHOWN:
        st.caption(f"{counted(found.total - SHOWN, 'other', 'others')} match: type more of the name.")
    if not found.rows:
        st.caption("Nobody matches.")
    if st.button(plain(f"Add ‘{words.strip()}’"), icon=":material/person_add:"):
        visit.go("add_customer.py", typed=words.strip(), event=event_id)
    close_button("Cancel")
