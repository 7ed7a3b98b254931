"""Pausing or resuming all texts of a list at once, after a confirmation. One "Undo" reverses a pause."""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

import streamlit as st

from pages.elements.toast import toast
from pages.parts import dialog
from pages.parts.confirm import acting
from pages.parts.context import actor, now, transaction
from pages.parts.dialog_buttons import save_or_cancel
from venue.messages import actions
from venue.wording import counted

PAUSE, RESUME = "pause all", "resume all"
# The session keeps the texts that were paused last under this name, so that "Undo" resumes exactly these.
_PAUSED = "paused_at_once"


def confirm_pause(ids: Sequence[UUID]) -> None:
    st.markdown(
        f"**{counted(len(ids), 'text')}** of the next 7 days will not be sent until you resume them. "
        "Texts that are scheduled later are sent as usual."
    )
    _draw_buttons(f"Pause {counted(len(ids), 'text')}", _pause, ids)


def confirm_resume(ids: Sequence[UUID]) -> None:
    st.markdown(
        f"**{counted(len(ids), 'text')}** will be sent: overdue ones at once, the rest on schedule. "
        "Texts that are too late to be useful are skipped."
    )
    _draw_buttons(f"Resume {counted(len(ids), 'text')}", _resume, ids)


def draw_undo(on_hold: Collection[UUID]) -> None:
    """How many of the texts that were paused last are still on hold, with a button that resumes exactly those."""
    paused = [message_id for message_id in st.session_state.get(_PAUSED, []) if message_id in on_hold]
    if not paused:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.info(f"{counted(len(paused), 'text')} paused.", icon=":material/pause_circle:", width="stretch")
        st.button("Undo", icon=":material/undo:", key="undo_pause", on_click=acting(_resume), args=(paused,))


def _draw_buttons(label: str, act: Callable[[Sequence[UUID]], None], ids: Sequence[UUID]) -> None:
    if save_or_cancel(label):
        act(ids)
        dialog.close()
        st.rerun()


def _pause(ids: Sequence[UUID]) -> None:
    with transaction(actor()) as session:
        paused = actions.hold_returning_ids(session, ids, now=now())
    st.session_state[_PAUSED] = paused
    sent = len(ids) - len(paused)
    toast(f"{counted(len(paused), 'text')} paused" + (f", {sent:,} already sent or changed" if sent else ""))


def _resume(ids: Sequence[UUID]) -> None:
    with transaction(actor()) as session:
        resumed = actions.release(session, ids, now=now())
    st.session_state.pop(_PAUSED, None)
    toast(f"{counted(resumed, 'text')} resumed")


DIALOGS = {
    PAUSE: (lambda ids: f"Pause {counted(len(ids), 'text')}?", confirm_pause),
    RESUME: (lambda ids: f"Resume {counted(len(ids), 'text')}?", confirm_resume),
}
