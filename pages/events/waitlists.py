"""Parties on the waitlists of all events whose seats are free but who get no text: staff call them."""

from uuid import UUID

import streamlit as st

from pages.bookings import waitlist as waiting
from pages.elements.board import draw_board
from pages.elements.scroll import back_link
from pages.parts import dialog
from pages.parts.context import actor, now, reading
from venue import waitlist

with reading(actor()) as session:
    parties = waitlist.to_call(session, now=now())


def act(name: str, about: str) -> None:
    if name == waiting.ACCEPT:
        waiting.accept(UUID(about))
    else:
        dialog.open(name, UUID(about))


back_link("events/list.py", "Events")
st.title("Waitlists: to call", anchor=False)
if parties:
    st.caption("Their seats are free, but they get no text: they cannot be texted, or the event starts too soon.")
draw_board([waiting.section_to_call(parties)], key="to_call", on_act=act)
dialog.draw(waiting.DIALOGS)
