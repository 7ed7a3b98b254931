"""The section of the Data screen about what guests may ask about their data, and how long it is kept."""

import streamlit as st

from pages.parts.context import actor, now, reading
from pages.parts.permissions import may
from venue.privacy import requests
from venue.privacy.requests import Show
from venue.roles import Permission


def draw_guests_data() -> None:
    if not may(Permission.REQUESTS):
        return
    with reading(actor()) as session:
        count = len(requests.listed(session, show=Show.OPEN, now=now()))
    st.subheader("Guests' data", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Requests**  \nAccess, correction, erasure and complaints: {count:,} open", width="stretch")
        st.page_link("data/requests.py", label="Open requests", icon=":material/contact_mail:")
    if may(Permission.DELETE):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Retention**  \nCustomers not seen for a long time, to be erased", width="stretch")
            st.page_link("data/retention.py", label="See who", icon=":material/auto_delete:")
