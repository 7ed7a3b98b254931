"""Links that download a list, as the screen shows it, as CSV or Excel."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

import streamlit as st

from pages.parts.permissions import may
from venue.roles import Permission


class DownloadLink(NamedTuple):
    label: str
    address: str


def download_links(name: str, query: Mapping[str, object]) -> list[DownloadLink]:
    """The links for a list, by its name in web/downloads.py. `query` are its filters; empty ones are left out."""
    filters = {key: "true" if value is True else value for key, value in query.items() if value}
    end = f"?{urlencode(filters)}" if filters else ""
    kinds = (("Download CSV", "csv"), ("Download Excel", "xlsx"))
    return [DownloadLink(label, f"/download/{name}.{ending}{end}") for label, ending in kinds]


def draw_download_links(name: str, query: Mapping[str, object], *, stretched: bool = False) -> None:
    for link in download_links(name, query):
        st.link_button(link.label, link.address, width="stretch" if stretched else "content")


def draw_download_menu(name: str, **query: object) -> None:
    """A small menu with the links, for those who may export. Empty filters are left out."""
    if may(Permission.EXPORT):
        with st.popover("Download", icon=":material/download:"):
            draw_download_links(name, query, stretched=True)
