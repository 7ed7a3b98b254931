"""What is held about a customer: how much, and the download of all of it."""

from uuid import UUID

import streamlit as st

from pages.elements.board import Act, Card, Section
from pages.parts.context import actor, reading
from pages.parts.dialog_buttons import close_button
from pages.parts.format import plain
from pages.parts.permissions import if_may
from venue import privacy
from venue.roles import Permission


def sections() -> list[Section]:
    """The section with the button, for those who may export; else none."""
    ways = if_may(Permission.EXPORT, Act("What we hold", "held", icon="folder_shared"))
    return [Section("Their data", [Card("", "Everything held about them", ways=ways)])] if ways else []


def show_held(customer_id: UUID) -> None:
    with reading(actor()) as session:
        counts = privacy.summary(session, customer_id)
    st.markdown("Name, number and notes.\n\n" + "\n".join(f"- {plain(count)}" for count in counts))
    st.caption(
        "The download is for the guest who asks: a letter to read, and the data. Look at it before you pass it on: "
        "notes may be about other people, too."
    )
    st.link_button("Download", f"/download/person.zip?id={customer_id}", icon=":material/download:", type="primary")
    close_button()
