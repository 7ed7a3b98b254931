"""A capacity below the seats that are booked: managers may save it, with a reason."""

import streamlit as st

from pages.parts import dialog, forms
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.permissions import may
from venue.errors import Overbooked
from venue.events import capacities
from venue.roles import Permission


def ask_or_refuse(problem: Overbooked) -> None:
    """Ask a manager for the reason; for others it stays a problem of the field. Raises Overbooked."""
    if not may(Permission.OVERBOOK):
        raise problem
    dialog.open("overbook", problem.over)


def ask(over: int) -> None:
    """A dialog: the answer is the reason."""
    st.markdown(
        f"The event would have **{capacities.in_words(over)}**. No more seats can be booked, and none are offered to "
        "the waitlist. No bookings are changed."
    )
    fields = Fields(forms.token("overbook"))
    fields.text("overbooked_reason", "Reason", max_chars=capacities.LONGEST_REASON)
    if save_or_cancel("Save anyway"):
        if fields["overbooked_reason"].strip():
            dialog.answer(fields["overbooked_reason"])
        fields.show({"overbooked_reason": "Enter the reason: it is kept in the history"})
