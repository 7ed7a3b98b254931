"""The dialog for the reward that customers get for coming often."""

from typing import Any

import streamlit as st

from pages.elements.toast import toast
from pages.parts import dialog, forms
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from venue import choices

REWARD, EVERY = "reward_name", "reward_every"


def edit(_about: None) -> None:
    """What it is, and after every how many visits. Emptied, there is none."""
    st.markdown("Staff see at the door and on the customer's page when it is due, and give it with one tap.")
    stored = forms.opened("reward", _stored)
    fields = Fields(forms.token("reward"))
    fields.text(REWARD, "Reward", stored[REWARD], placeholder="a free pint")
    fields.number(EVERY, "After every … visits", int(stored[EVERY]))
    st.caption("Leave the reward empty for none.")
    if save_or_cancel():
        with fields.checked():
            with transaction(actor()) as session:
                if fields[REWARD].strip():
                    choices.save(session, EVERY, f"{fields[EVERY] or ''}", now=now())
                    choices.save(session, REWARD, fields[REWARD], now=now())
                else:
                    choices.reset(session, REWARD, now=now())
            dialog.close()
            toast("Reward saved")
            st.rerun()


def _stored() -> dict[str, str]:
    with reading(actor()) as session:
        return choices.listed(session)


DIALOGS: dict[str, tuple[Any, Any]] = {"reward": ("Reward for regulars", edit)}
