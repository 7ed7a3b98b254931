"""Cancelling and undoing an import, each after a look at what that does."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import streamlit as st

from pages.elements.toast import toast
from pages.parts import dialog, forms
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import close_button, save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import plain
from venue.imports import runs
from venue.journal.undo import UndoPreview

SHOWN = 20


def confirm_cancel(import_id: UUID) -> None:
    st.markdown("Nothing is imported, and the uploaded file is deleted.")
    fields = Fields(forms.token("cancel_import"))
    if save_or_cancel("Cancel import", cancel="Go back", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                runs.cancel(session, import_id, now=now())
            dialog.close()
            toast("Import cancelled")
            st.rerun()


def confirm_undo(import_id: UUID) -> None:
    """What undoing will do and what it will leave, or why it cannot be done."""
    preview = forms.opened("undo_import", partial(_preview, import_id))
    if preview.why_not:
        st.info(plain(preview.why_not))
        close_button()
        return
    st.markdown(listed(preview.restores))
    if preview.leaves:
        st.warning("This stays as it is, because it was changed or used since:\n\n" + listed(preview.leaves))
    st.caption("Texts that were sent stay sent. No text is sent.")
    fields = Fields(forms.token("undo_import"))
    if save_or_cancel("Undo import", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                runs.undo(session, import_id, now=now())
            dialog.close()
            st.rerun()


def listed(sentences: Sequence[str]) -> str:
    """At most twenty sentences as a list, and how many there are besides."""
    lines = [f"- {plain(sentence)}" for sentence in sentences[:SHOWN]]
    more = len(sentences) - SHOWN
    return "\n".join([*lines, *([f"- … and {more:,} more"] if more > 0 else [])])


def _preview(import_id: UUID) -> UndoPreview:
    with reading(actor()) as session:
        return runs.undo_preview(session, import_id, now=now())


DIALOGS = {
    "cancel_import": ("Cancel this import?", confirm_cancel),
    "undo_import": ("Undo this import?", confirm_undo),
}
