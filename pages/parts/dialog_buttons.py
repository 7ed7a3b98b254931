"""The buttons at the bottom of a dialog. Those that delete are red, not green like Save."""

from typing import Any

import streamlit as st

from pages.parts import confirm, dialog


def red(label: str) -> str:
    """The label of a button that deletes or cancels something."""
    return f":red[{label}]"


def save_or_cancel(save: str = "Save", *, cancel: str = "Cancel", destroys: bool = False, form: bool = False) -> bool:
    """Whether `save` was pressed, or may go on now that the password was entered again. `form` is for a dialog whose
    fields are in a st.form."""
    button: Any = st.form_submit_button if form else st.button
    with st.container(horizontal=True):
        label, looks = (red(save), "secondary") if destroys else (save, "primary")
        saved = button(label, type=looks, key="dialog.save")
        if button(cancel, type="tertiary", key="dialog.cancel"):
            close()
    return confirm.pressed(bool(saved))


def close_button(label: str = "Close") -> None:
    """For a dialog without anything to save."""
    if st.button(label, key="dialog.cancel"):
        close()


def close() -> None:
    dialog.close()
    st.rerun()
