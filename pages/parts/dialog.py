"""The dialog that is open on a screen: its name, what it is about, and the answer to its question.

The session keeps it, so that it stays open through all runs of the screen until it is closed.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, NoReturn

import streamlit as st

from pages.elements.toast import toast
from pages.parts import confirm, forms, page_state
from pages.parts.format import plain
from venue.errors import ConfirmFirst, VenueError

Content = Callable[[Any], None]
Title = str | Callable[[Any], str]


def open(name: str, about: object = None, *, note: str = "") -> NoReturn:
    """Open a dialog, with a `note` to show at its top; also for `on_click`.

    The whole page runs again: a button inside a fragment, such as another dialog, would only run that fragment.
    """
    confirm.forget()
    page_state.set("dialog", (name, about))
    page_state.set("dialog_note", note)
    page_state.set("dialogs_opened", page_state.get("dialogs_opened", 0) + 1)
    forms.renew(name)
    st.rerun()


def current() -> tuple[str, Any]:
    """The name of the dialog that is open, and what it is about; an empty name if none is."""
    dialog: tuple[str, Any] = page_state.get("dialog", ("", None))
    return dialog


def note() -> str:
    return str(page_state.get("dialog_note", ""))


def set_note(words: str) -> None:
    """Show this at the top of the open dialog from now on."""
    page_state.set("dialog_note", words)


def close() -> None:
    """Close the dialog after saving or cancelling."""
    name, _ = current()
    forms.finish(name)
    leave()


def leave() -> None:
    """Close the dialog, and keep what was typed in it."""
    confirm.forget()
    for name in ("dialog", "dialog_note"):
        page_state.delete(name)


def answer(value: object) -> NoReturn:
    """Close a dialog that asked a question. The screen reads the answer with `pop_answer`."""
    name, _ = current()
    close()
    page_state.set("answer", (name, value))
    st.rerun()


def pop_answer(name: str) -> Any:
    """The answer just given to the dialog of this name, returned once; None if there is none."""
    answered, value = page_state.get("answer", ("", None))
    if answered != name:
        return None
    page_state.delete("answer")
    return value


def draw(dialogs: Mapping[str, tuple[Title, Content]]) -> None:
    """Draw the open dialog, if there is one: by name, its title (or a function of what it is about) and its content."""
    name, about = current()
    if name not in dialogs:
        return
    title, content = dialogs[name]
    try:
        words = title if isinstance(title, str) else title(about)
    except VenueError as error:  # It was deleted while this page was open.
        close()
        toast(str(error))
        st.rerun()
    page_state.set("dialog_title", words)
    st.dialog(plain(words) + _of_this_opening(), on_dismiss=leave)(_while_open(name, content))(about)


def _of_this_opening() -> str:
    """A space, not shown, after every second title. To Streamlit two dialogs of one title are the same: one opened
    again just after it was closed would be shown with its old fields, and what is typed into these is lost."""
    opened: int = page_state.get("dialogs_opened", 0)
    return " " * (opened % 2)


def _while_open(name: str, content: Content) -> Content:
    """The content of a dialog, with a problem of its subject inside it, such as a booking that was deleted in another
    tab.

    If a dialog is closed and a field of it changed at once, the dialog runs alone, and asks for the page without it.
    `on_dismiss` does not ask: that would undo a link that is pressed just after a dialog was closed.
    """

    @wraps(content)
    def drawn(about: Any) -> None:
        if current()[0] != name:
            st.rerun()
        try:
            content(about)
        except ConfirmFirst as first:
            confirm.ask(first)
        except VenueError as error:
            st.error(plain(error), icon=":material/error:")
        confirm.draw()

    return drawn
