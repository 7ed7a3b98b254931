"""What is remembered while one screen is open: its form tokens and which dialog stands open."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn
from uuid import UUID, uuid4

import streamlit as st

from pages.elements.toast import tell
from pages.parts.format import plain
from venue.errors import NotFound, VenueError

MOST_FINISHED = 50


def begin(page: str) -> None:
    """Called before each screen: on coming to another one, what belonged to the last is forgotten."""
    here = f"{page}?{st.query_params.get('id', '')}"
    if st.session_state.get("visit") != here:
        for key in [key for key in st.session_state if str(key).startswith("visit.")]:
            del st.session_state[key]
        st.session_state["visit"] = here
    dialog = st.session_state.pop("next_dialog", None)
    if dialog is not None:
        remember("dialog", dialog)


def go(page: Any, /, *, dialog: tuple[str, Any] | None = None, **address: Any) -> NoReturn:
    """Open another screen with these query parameters, and this dialog on it: its name, and what it is about."""
    st.session_state["next_dialog"] = dialog
    # Given no address, Streamlit would try to clear this one, and refuse while search boxes are bound to it.
    st.switch_page(page, query_params={name: str(value) for name, value in address.items()})


def go_next(page: str, **address: Any) -> None:
    """For `on_click`: open another screen, on the run that the click starts."""
    st.session_state["next_screen"] = (page, address)


def follow() -> None:
    """Called before each screen: open the one that `go_next` asked for."""
    page, address = st.session_state.pop("next_screen", ("", {}))
    if page:
        go(page, **address)


def subject(name: str = "id") -> UUID:
    """The id in the address. Raises NotFound for an address without a good one."""
    try:
        return UUID(st.query_params.get(name, ""))
    except ValueError:
        raise NotFound("This link is incomplete or mistyped.") from None


def form_token(form: str) -> str:
    """Made when a form is first drawn and the same until it is done with, so that a double tap saves once."""
    return str(st.session_state.setdefault(f"visit.form.{form}", uuid4().hex))


def new_form(form: str) -> None:
    st.session_state.pop(f"visit.form.{form}", None)


def finish_form(form: str) -> None:
    """The form was saved or cancelled: what was typed into it is not kept any longer."""
    token = st.session_state.pop(f"visit.form.{form}", None)
    if token is not None:
        st.session_state["finished_forms"] = [*finished_forms(), token][-MOST_FINISHED:]


def finished_forms() -> list[str]:
    """The tokens of forms that were finished in this session, latest last."""
    return st.session_state.get("finished_forms", [])


def here() -> str:
    """The screen and its subject, like "customer?<id>"."""
    return str(st.session_state["visit"])


def remember(name: str, value: Any) -> Any:
    st.session_state[f"visit.{name}"] = value
    return value


def remembered(name: str, default: Any = None) -> Any:
    return st.session_state.get(f"visit.{name}", default)


def take(name: str) -> Any:
    """What is remembered, which is forgotten with it."""
    return st.session_state.pop(f"visit.{name}", None)


def forget(name: str) -> None:
    st.session_state.pop(f"visit.{name}", None)


def open_dialog(name: str, about: Any = None) -> NoReturn:
    """Open a dialog, which is shown until it is closed; also for `on_click`.

    The whole page runs: a button inside a fragment, and every dialog is one, would run that fragment alone.
    """
    remember("dialog", (name, about))
    forget("opened")
    new_form(name)
    st.rerun()


def close_dialog() -> None:
    """Close the dialog that is open: it was saved or cancelled."""
    name, _ = remembered("dialog", ("", None))
    finish_form(name)
    leave_dialog()


def leave_dialog() -> None:
    """Close the dialog, and keep what was typed into it."""
    for name in ("dialog", "opened", "existing"):
        forget(name)


def draw_dialog(dialogs: dict[str, tuple[str | Callable[[Any], str], Callable[[Any], None]]]) -> None:
    """Draw the open dialog, if there is one: by name, its title (or a function of what it is about) and its content."""
    name, about = remembered("dialog", (None, None))
    if name not in dialogs:
        return
    title, draw = dialogs[name]
    try:
        words = title if isinstance(title, str) else title(about)
    except VenueError as error:  # It was deleted while this page was open.
        close_dialog()
        tell(str(error))
        st.rerun()
    remember("dialog_title", words)
    st.dialog(plain(words), on_dismiss=_dismiss)(_or_problem(draw))(about)


def _dismiss() -> NoReturn:
    # The whole page runs: together with a field of the dialog that is left, the dialog alone would.
    leave_dialog()
    st.rerun()


def _or_problem(draw: Callable[[Any], None]) -> Callable[[Any], None]:
    """Say inside the dialog what is wrong with its subject, such as a booking deleted in another tab."""

    @wraps(draw)
    def drawn(about: Any) -> None:
        try:
            draw(about)
        except VenueError as error:
            st.error(plain(error), icon=":material/error:")

    return drawn
