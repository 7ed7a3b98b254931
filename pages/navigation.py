"""All screens, and what surrounds each of them."""

from pathlib import Path

import streamlit as st

from pages.parts import visit
from pages.parts.banner import show_banner
from pages.parts.desk import house
from pages.parts.device import is_phone
from pages.parts.keys import listen_to_keys
from pages.parts.told import show_told
from pages.parts.words import plain
from venue.errors import VenueError

ICON = str(Path(__file__).parent / "parts/anchor.svg")
MAIN = [
    st.Page("today.py", title="Today", icon=":material/today:", default=True),
    st.Page("customers.py", title="Customers", icon=":material/group:"),
    st.Page("events.py", title="Events", icon=":material/event:"),
    st.Page("messages.py", title="Messages", icon=":material/sms:"),
    st.Page("venue_settings.py", title="Settings", icon=":material/settings:", url_path="settings"),
]
REACHED_FROM_THESE = [
    st.Page("customer.py", title="Customer", visibility="hidden"),
    st.Page("add_customer.py", title="Add customer", visibility="hidden"),
    st.Page("edit_customer.py", title="Edit customer", visibility="hidden"),
    st.Page("edit_customers.py", title="Edit customers", visibility="hidden"),
    st.Page("event.py", title="Event", visibility="hidden"),
    st.Page("add_event.py", title="New event", visibility="hidden"),
    st.Page("edit_event.py", title="Edit event", visibility="hidden"),
    st.Page("door_list.py", title="Door list", visibility="hidden"),
    st.Page("message.py", title="Text", visibility="hidden"),
    st.Page("templates.py", title="Words of the texts", visibility="hidden"),
]


def thumb_bar() -> None:
    """The main screens at the lower edge, where a thumb reaches them."""
    with st.bottom, st.container(horizontal=True, horizontal_alignment="distribute", wrap=False, gap=None):
        for main in MAIN[:4]:
            kind = "primary" if main.url_path == page.url_path else "tertiary"
            if st.button(f":small[{main.title}]", key=f"bar.{main.title}", type=kind):
                visit.go(main)


page = st.navigation([*MAIN, *REACHED_FROM_THESE], position="hidden" if is_phone() else "top")
st.set_page_config(page_title=f"{page.title} · {house().name}", page_icon=ICON, layout="wide")
visit.begin(page.url_path)
show_banner()
show_told()
try:
    page.run()
except VenueError as error:
    st.error(plain(error), icon=":material/error:")
    st.page_link("today.py", label="Today")
listen_to_keys(page.url_path)
if is_phone():
    thumb_bar()
