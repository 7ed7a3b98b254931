"""The lists that can be downloaded as a whole. Each list has a download of what it shows, too."""

from typing import NamedTuple

import streamlit as st

from pages.parts.permissions import may
from venue.roles import Permission


class Download(NamedTuple):
    name: str
    what: str
    address: str


DOWNLOADS = (Download("Customers", "Everyone, sorted by last name", "/download/customers.csv"),)


def draw_downloads() -> None:
    if not may(Permission.EXPORT):
        return
    st.subheader("Download", anchor=False)
    for each in DOWNLOADS:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{each.name}**  \n{each.what}", width="stretch")
            st.link_button("Download CSV", each.address, icon=":material/download:")
