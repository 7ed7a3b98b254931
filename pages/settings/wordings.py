"""The dialog for what staff may say when they ask for consent to news and offers."""

from typing import Any

import streamlit as st

from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.parts import dialog, forms
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from venue import choices

NAME = "consent_wordings"


def edit(_about: None) -> None:
    """One wording on each line. Emptied, the default is used again."""
    st.markdown("What guests are told when they are asked. Staff choose one of these when a guest agrees.")
    draft = st.container()
    fields = Fields(forms.token("wordings"))
    fields.long_text(NAME, "Wordings, one on each line", forms.opened("wordings", _stored), height=160)
    keep_draft("wordings", draft)
    st.caption("Leave this empty for the default. Answers recorded earlier keep the wording they were given to.")
    if save_or_cancel():
        with fields.checked():
            with transaction(actor()) as session:
                if fields[NAME].strip():
                    choices.save(session, NAME, fields[NAME], now=now())
                else:
                    choices.reset(session, NAME, now=now())
            dialog.close()
            toast("Wordings saved")
            st.rerun()


def _stored() -> str:
    with reading(actor()) as session:
        return choices.listed(session)[NAME]


DIALOGS: dict[str, tuple[Any, Any]] = {"wordings": ("Wordings for news and offers", edit)}
