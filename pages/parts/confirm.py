"""The password or PIN again: asked when a sensitive act needs it, and then the act goes on.

An act in a form or dialog is asked about below it, where what was typed stays; then its Save counts as pressed again.
An act without one, such as a button of a list, is asked about in a dialog, and then done again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from pages.elements.in_view import bring_into_view
from pages.elements.toast import toast
from pages.parts import context, page_state
from pages.parts.format import plain
from venue.errors import ConfirmFirst, VenueError
from venue.roles import SIGN_IN
from venue.staff import sign_in

# Names in the page state.
QUESTION, CONFIRMED = "confirm", "confirmed"
# The dialog that is open, and what it is about: see dialog.py.
DIALOG = "dialog"


@dataclass(frozen=True)
class _Question:
    """`first` is why it is asked, and `act` what to do then; None presses Save again, in the dialog that was open."""

    first: ConfirmFirst
    act: Callable[[], None] | None = None


def ask(first: ConfirmFirst) -> None:
    """Ask below the form or dialog whose Save raised this."""
    page_state.set(QUESTION, _Question(first))


def forget() -> None:
    """Called when a dialog opens or closes: the question was about an earlier one."""
    for name in (QUESTION, CONFIRMED):
        page_state.delete(name)


def pressed(button: bool) -> bool:
    """Whether the Save of a dialog was pressed, or counts as pressed again because its question was answered."""
    dialog = page_state.get(DIALOG)
    return (dialog is not None and page_state.pop(CONFIRMED) == dialog) or button


def acting(act: Callable[..., None]) -> Callable[..., None]:
    """For callbacks of buttons: the act, which asks first if need be. Other problems are shown in a toast."""

    def acted(*about: Any) -> None:
        try:
            act(*about)
        except ConfirmFirst as first:
            page_state.set(QUESTION, _Question(first, partial(acted, *about)))
        except VenueError as error:
            toast(str(error))

    return acted


def draw() -> None:
    """Draw the question, if there is one, below a form or in a dialog."""
    question: _Question | None = page_state.get(QUESTION)
    if question is None:
        return
    bring_into_view("confirm", once_for=str(question.first))
    with st.form("confirm", border=True):
        st.markdown(f"**{plain(question.first)}.**")
        label = "Password" if question.first.by_password else "Password or PIN"
        secret = st.text_input(label, type="password", key="confirm.secret", autocomplete="current-password")
        problem = st.empty()
        sent = st.form_submit_button("Continue", type="primary", key="confirm.continue")
    if sent and _is_confirmed(question, secret, problem):
        _go_on(question)


def draw_dialog() -> None:
    """Draw the question in a dialog of its own, for a screen without an open dialog."""
    if page_state.get(QUESTION) is not None and page_state.get(DIALOG) is None:
        st.dialog("Enter your password again", on_dismiss=forget)(draw)()


def _is_confirmed(question: _Question, secret: str, problem: Any) -> bool:
    sign_in_id = context.actor().sign_in_id
    try:
        if sign_in_id is not None:
            transaction = partial(context.transaction, SIGN_IN)
            by_password = question.first.by_password
            sign_in.confirm(
                transaction, sign_in_id=sign_in_id, secret=secret, now=context.now(), by_password=by_password
            )
    except VenueError as error:
        problem.error(plain(error), icon=":material/error:")
        return False
    context.forget_actor()
    return True


def _go_on(question: _Question) -> None:
    page_state.delete(QUESTION)
    if question.act is None:
        page_state.set(CONFIRMED, page_state.get(DIALOG))
    else:
        question.act()
    st.rerun()
