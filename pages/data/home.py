"""Data: what can be taken out of Anchor Desk, brought in, and undone. Each section is a module of its own."""

import streamlit as st

from pages.data import guests_data
from pages.data.downloads import draw_downloads
from pages.data.imports import draw_imports
from pages.parts.permissions import need
from pages.screens import DATA

need(*DATA)
st.title("Data", anchor=False)
draw_downloads()
draw_imports()
guests_data.draw_guests_data()
