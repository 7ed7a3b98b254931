"""The settings of this venue, for all staff to read."""

import streamlit as st

from pages.parts.context import actor, reading, venue
from pages.parts.format import plain
from pages.parts.permissions import may
from pages.settings.sections import SECTIONS, SERVER, ZONE, in_words, source
from venue import choices
from venue.choices import SettingRow
from venue.roles import Permission


def draw_section(title: str, about: str, settings: list[SettingRow]) -> None:
    st.subheader(title, anchor=False)
    st.caption(about)
    st.table(
        {row.label: f"{in_words(row.name, row.value)} :gray[:small[({source(row)})]]" for row in settings},
        border="horizontal",
    )


def draw_server() -> None:
    """What belongs to the server is changed there."""
    st.subheader("The server", anchor=False)
    st.caption(f"{SERVER} Time zone: {ZONE[0].lower()}{ZONE[1:]}")
    texts = "Test mode: no texts are sent" if venue().simulated else "Sent by Twilio"
    st.table({"Time zone": plain(venue().zone.key), "Texts": texts}, border="horizontal")


st.title("Settings", anchor=False)
st.page_link("settings/account.py", label="Your account", icon=":material/account_circle:")
if may(Permission.TEMPLATES):
    st.page_link("messages/templates.py", label="Text templates", icon=":material/edit_note:")
if may(Permission.FIELDS):
    st.page_link("settings/fields.py", label="Customer fields", icon=":material/list_alt:")
    st.page_link("settings/tags.py", label="Tags", icon=":material/label:")
if may(Permission.ACCOUNTS):
    st.page_link("settings/staff.py", label="Staff", icon=":material/group:")
if may(Permission.JOURNAL):
    st.page_link("journal/list.py", label="Journal", icon=":material/history:")
if may(Permission.SETTINGS):
    st.page_link("settings/change.py", label="Change settings", icon=":material/tune:")
with reading(actor()) as session:
    rows = {row.name: row for row in choices.rows(session)}
for section in SECTIONS:
    draw_section(section.title, section.about, [rows[name] for name in section.names])
if not may(Permission.SETTINGS):
    st.caption("Ask a manager to change these.")
draw_server()
