"""A guest who is running late, with how long if they say: two taps, the button and the minutes."""

from uuid import UUID

import streamlit as st

from pages.bookings import dialogs
from pages.parts import dialog
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import close_button
from pages.parts.fields import Fields
from venue import acts, bookings
from venue.wording import full_name

LATE = "late"
USUAL_MINUTES = (10, 20, 30, 45, 60)


def choose_minutes(booking_id: UUID) -> None:
    """A button for each usual delay, which marks them as late."""
    st.markdown("How many minutes late?")
    with st.container(horizontal=True, gap="xsmall"):
        for minutes in USUAL_MINUTES:
            if st.button(str(minutes), key=f"late.{minutes}"):
                _mark(booking_id, late=True, minutes=minutes)
        if st.button("Not said"):
            _mark(booking_id, late=True)
    with reading(actor()) as session:
        is_late = bookings.row(session, booking_id).late_since is not None
    if is_late and st.button("Not late after all", icon=":material/undo:"):
        _mark(booking_id, late=False)
    close_button("Cancel")


def _mark(booking_id: UUID, *, late: bool, minutes: int | None = None) -> None:
    with Fields(LATE).checked():
        with transaction(actor()) as session:
            bookings.mark_late(session, booking_id, late=late, minutes=minutes, now=now())
            name, entry = full_name(bookings.row(session, booking_id)), acts.last_entry(session)
        dialogs.done(f"{name} is {'running late' if late else 'not late any more'}", undo=entry)


def _title(booking_id: UUID) -> str:
    with reading(actor()) as session:
        return f"Running late: {full_name(bookings.row(session, booking_id))}"


DIALOGS: dict[str, tuple[dialog.Title, dialog.Content]] = {LATE: (_title, choose_minutes)}
