"""What is remembered while one screen is open: its form tokens and which dialog stands open."""

from collections.abc import Callable
from typing import Any, NoReturn
from uuid import UUID, uuid4

import streamlit as st

from venue.errors import NotFound


def begin(page: str) -> None:
    """Called before each screen: on coming to another one, what belonged to the last is forgotten."""
    here = f"{page}?{st.query_params.get('id', '')}"
    if st.session_state.get("visit") != here:
        for key in [key for key in st.session_state if str(key).startswith("visit.")]:
            del st.session_state[key]
        st.session_state["visit"] = here


def go(page: Any, /, **address: Any) -> NoReturn:
    """Open another screen, with what stands in its address."""
    # Given no address, Streamlit would try to clear this one, and refuse while search boxes are bound to it.
    st.switch_page(page, query_params={name: str(value) for name, value in address.items()})


def subject() -> UUID:
    """The id in the address. Raises NotFound for an address without a good one."""
    try:
        return UUID(st.query_params.get("id", ""))
    except ValueError:
        raise NotFound("This address leads nowhere: its end is missing or mistyped") from None


def form_token(form: str) -> str:
    """Made when a form is first drawn and the same until it is done with, so that a double tap saves once."""
    return str(st.session_state.setdefault(f"visit.form.{form}", uuid4().hex))


def new_form(form: str) -> None:
    st.session_state.pop(f"visit.form.{form}", None)


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


def open_dialog(name: str, about: Any = None) -> None:
    """For `on_click`: the dialog stands open until it is closed, whatever reruns meanwhile."""
    remember("dialog", (name, about))
    forget("opened")
    new_form(name)


def close_dialog() -> None:
    forget("dialog")
    forget("opened")


def draw_dialog(dialogs: dict[str, tuple[str, Callable[[Any], None]]]) -> None:
    """Draw the open dialog, if there is one: by name, its title and what draws it."""
    name, about = remembered("dialog", (None, None))
    if name in dialogs:
        title, draw = dialogs[name]
        st.dialog(title, on_dismiss=close_dialog)(draw)(about)
