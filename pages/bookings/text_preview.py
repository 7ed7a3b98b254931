"""What a guest will be told about a booking, in the dialogs that tell them."""

from uuid import UUID

import streamlit as st

from pages.parts.context import actor, now, reading
from pages.parts.format import plain
from sms.texts import Kind
from venue import messages
from venue.messages import channels


def draw(kind: Kind, customer_id: UUID, event_id: UUID, seats: int) -> None:
    """The words exactly as they will be sent, and whether as an e-mail; or why nothing will be sent."""
    with reading(actor()) as session:
        words = messages.preview(session, kind, customer_id=customer_id, event_id=event_id, seats=seats, now=now())
        way = channels.way_to(session, customer_id)
    if way.blocked:
        st.warning(plain(f"No text will be sent. {way.blocked.words}"), icon=":material/phone_disabled:")
        return
    if way.why_email:
        st.caption(channels.in_words(way.why_email))
    st.text(words)
