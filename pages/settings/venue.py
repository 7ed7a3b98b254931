"""What is set for this venue."""

import streamlit as st

from pages.parts.context import venue
from pages.parts.format import plain


def draw_venue() -> None:
    st.subheader("The venue", anchor=False)
    hours, at = venue().hours, venue().reminders_at
    closing = f"{hours.closes:%H:%M}" if hours and hours.closes.hour else "24:00"
    st.table(
        {
            "Name": plain(venue().name),
            "Phone": plain(venue().phone or "not set"),
            "Time zone": plain(venue().zone.key),
            "Reminders fall due": f"at {at:%H:%M}" if at else "at the event's own time of day",
            "Reminders leave": f"{hours.opens:%H:%M} to {closing}" if hours else "at any hour",
            "Texts": "simulated: nothing leaves this machine" if venue().simulated else "sent by Twilio",
        },
        border="horizontal",
    )
    st.caption("These are set where Anchor Desk runs: in its environment, or by `manage.py settings`.")


st.title("Settings", anchor=False)
st.page_link("messages/templates.py", label="Words of the texts", icon=":material/edit_note:")
draw_venue()
