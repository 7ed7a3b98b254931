"""Values that are kept while a screen is open, and opening another screen."""

from typing import Any, NoReturn
from uuid import UUID

import streamlit as st

from venue.errors import NotFound


def begin(page: str) -> None:
    """Called before each screen. A new screen clears the values of the last one."""
    here = f"{page}?{st.query_params.get('id', '')}"
    if st.session_state.get("visit") != here:
        for key in [key for key in st.session_state if str(key).startswith("visit.")]:
            del st.session_state[key]
        st.session_state["visit"] = here
    dialog = st.session_state.pop("next_dialog", None)
    if dialog is not None:
        set("dialog", dialog)


def here() -> str:
    """The screen and its subject, like "customer?<id>"."""
    return str(st.session_state["visit"])


def subject(name: str = "id") -> UUID:
    """The id in the address. Raises NotFound if it is missing or unreadable."""
    try:
        return UUID(st.query_params.get(name, ""))
    except ValueError:
        raise NotFound("This link is incomplete or mistyped.") from None


def get(name: str, default: Any = None) -> Any:
    return st.session_state.get(f"visit.{name}", default)


def set(name: str, value: object) -> None:
    st.session_state[f"visit.{name}"] = value


def pop(name: str, default: Any = None) -> Any:
    return st.session_state.pop(f"visit.{name}", default)


def delete(name: str) -> None:
    st.session_state.pop(f"visit.{name}", None)


def go(page: str | st.Page, dialog: tuple[str, object] | None = None, /, **address: object) -> NoReturn:
    """Open another screen with these query parameters, and a dialog on it: its name, and what it is about."""
    st.session_state["next_dialog"] = dialog
    # Without query_params Streamlit would clear the present ones, and refuses if search boxes are bound to them.
    st.switch_page(page, query_params={name: str(value) for name, value in address.items()})


def go_after_click(page: str, dialog: tuple[str, object] | None = None, /, **address: object) -> None:
    """For `on_click`: open another screen on the run that the click starts."""
    st.session_state["next_screen"] = (page, dialog, address)


def go_pending() -> None:
    """Called before each screen: open the one that `go_after_click` asked for."""
    page, dialog, address = st.session_state.pop("next_screen", ("", None, {}))
    if page:
        go(page, dialog, **address)
