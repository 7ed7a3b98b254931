"""The lists that can be downloaded as a whole. Each list has a download of what it shows, too."""

from typing import NamedTuple

import streamlit as st

from pages.parts.download import draw_download_links
from pages.parts.permissions import may
from venue.roles import Permission


class Download(NamedTuple):
    """`name` is the list's in web/downloads.py."""

    title: str
    what: str
    name: str
    needs: Permission = Permission.EXPORT


DOWNLOADS = (
    Download("Customers", "Everyone, sorted by last name", "customers"),
    Download("Events", "Past and upcoming ones, with the seats booked", "events"),
    Download("Bookings", "The guests of all events, with seats and notes", "bookings"),
    Download("Texts", "Every text sent, scheduled or received", "messages"),
    Download("Journal", "Who did what and when", "journal", Permission.JOURNAL),
)


def draw_downloads() -> None:
    if not may(Permission.EXPORT):
        return
    st.subheader("Download", anchor=False)
    st.caption("To download a part of a list, filter the list and use its own Download button.")
    for each in DOWNLOADS:
        if may(each.needs):
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                st.markdown(f"**{each.title}**  \n{each.what}", width="stretch")
                with st.container(horizontal=True, wrap=False, width="content", gap="xsmall"):
                    draw_download_links(each.name, {})
