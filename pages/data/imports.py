"""The section of the Data screen about importing files."""

import streamlit as st

from pages.parts.permissions import may
from venue.roles import Permission


def draw_imports() -> None:
    if not may(Permission.IMPORT):
        return
    st.subheader("Import", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Customers, events, bookings**  \nFrom a CSV or Excel file. You see first what it would change", width="stretch")
        st.page_link("imports/list.py", label="Import a file", icon=":material/upload_file:")
