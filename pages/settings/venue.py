"""The settings of this venue."""

import streamlit as st

from pages.parts import dialog
from pages.parts.context import venue
from pages.parts.format import plain
from pages.parts.permissions import may
from pages.settings import rewards, wordings
from venue.roles import Permission


def draw_venue() -> None:
    st.subheader("The venue", anchor=False)
    hours, at = venue().hours, venue().reminders_at
    closing = f"{hours.closes:%H:%M}" if hours and hours.closes.hour else "24:00"
    st.table(
        {
            "Name": plain(venue().name),
            "Phone": plain(venue().phone or "Not set"),
            "Time zone": plain(venue().zone.key),
            "Reminder time": f"{at:%H:%M}" if at else "Same as event",
            "Quiet hours": f"{closing} to {hours.opens:%H:%M}" if hours else "None",
            "Texts": "Test mode: no texts are sent" if venue().simulated else "Sent by Twilio",
        },
        border="horizontal",
    )
    st.caption("Ask your administrator to change these.")


st.title("Settings", anchor=False)
st.page_link("settings/account.py", label="Your account", icon=":material/account_circle:")
if may(Permission.TEMPLATES):
    st.page_link("messages/templates.py", label="Text templates", icon=":material/edit_note:")
if may(Permission.FIELDS):
    st.page_link("settings/fields.py", label="Fields of customers", icon=":material/list_alt:")
    st.page_link("settings/tags.py", label="Tags", icon=":material/label:")
if may(Permission.ACCOUNTS):
    st.page_link("settings/staff.py", label="Staff", icon=":material/group:")
if may(Permission.JOURNAL):
    st.page_link("journal/list.py", label="Journal", icon=":material/history:")
if may(Permission.SETTINGS) and st.button("Wordings for news and offers", icon=":material/campaign:"):
    dialog.open("wordings")
if may(Permission.SETTINGS) and st.button("Reward for regulars", icon=":material/redeem:"):
    dialog.open("reward")
draw_venue()
dialog.draw({**wordings.DIALOGS, **rewards.DIALOGS})
