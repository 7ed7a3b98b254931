"""Cancelling an event, or it and all later ones of its series."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from pages.bookings import dialogs
from pages.events.series import choose_scope
from pages.parts import forms
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import plain, when
from venue import acts, bookings, events, waitlist
from venue.events import series, withdrawn_offers
from venue.wording import counted


def confirm_cancel(event_id: UUID) -> None:
    """A dialog: what is cancelled, how many bookings it has, and whether to text them."""
    with reading(actor()) as session:
        event = events.row(session, event_id)
        coming = series.coming(session, event_id, now=now())
        booked = bookings.count_for_event(session, event_id).total
    for_all = choose_scope(coming, key="cancel.scope")
    chosen = coming.events if for_all else [event]
    count = counted(coming.booked if for_all else booked, "booking")
    st.markdown(f"**{plain(event.name)}**, {when(event.starts_at)}: {count}. Reminders will not be sent.")
    waiting = _on_waitlist([row.id for row in chosen])
    if waiting:
        st.markdown(waiting)
    can_tell = any(row.starts_at > now() for row in chosen)
    texts_guests = can_tell and st.checkbox("Text the customers", True, key="texts_guests")
    fields = Fields(forms.token("cancel"))
    if save_or_cancel("Cancel the events" if for_all else "Cancel the event", cancel="Keep the event", destroys=True):
        with fields.checked():
            cancel(event_id, for_all=for_all, tell_customers=texts_guests)


def _on_waitlist(event_ids: Sequence[UUID]) -> str:
    """How many wait, and how many of them are told, as they hold a text that offers them seats; empty if none wait."""
    with reading(actor()) as session:
        parties = sum(len(waitlist.listed(session, event_id)) for event_id in event_ids)
        holders = sum(len(withdrawn_offers.holders(session, event_id)) for event_id in event_ids)
    if not parties:
        return ""
    waiting = f"{counted(parties, 'party', 'parties')} on the waitlist"
    if not holders:
        return f"{waiting}: they hold no offer, and are not texted."
    return f"{waiting}: {holders} with an offer, which ends. They are texted too."


def cancel(event_id: UUID, *, for_all: bool, tell_customers: bool) -> None:
    with transaction(actor()) as session:
        if for_all:
            cancelled = series.cancel_coming(session, event_id, tell_customers=tell_customers, now=now())
            said = f"{counted(len(cancelled), 'event')} cancelled"
        else:
            said = f"{events.cancel(session, event_id, tell_customers=tell_customers, now=now()).name} cancelled"
        entry = acts.last_entry(session)
    dialogs.done(said, undo=entry if for_all else None)
