"""The forms of a screen: a token so that each is saved once, and the data that it edits."""

from collections import deque
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID, uuid4

import streamlit as st

from pages.parts import page_state

MOST_FINISHED = 50
MOST_REMEMBERED = 1000
T = TypeVar("T")
# By sign-in, not by session: a page that is refreshed before it has the answer begins a new session.
_finished: dict[UUID | None, deque[str]] = {}


def token(form: str) -> str:
    """The form's token. It stays the same until the form is finished, so that a double tap saves once."""
    made = page_state.get(f"form.{form}") or uuid4().hex
    page_state.set(f"form.{form}", made)
    return str(made)


def opened(form: str, read: Callable[[], T]) -> T:
    """The data that the form edits, as it was when first drawn, so that a change by someone else is noticed."""
    if page_state.get(f"opened.{form}") is None:
        page_state.set(f"opened.{form}", read())
    value: T = page_state.get(f"opened.{form}")
    return value


def set_opened(form: str, value: object) -> None:
    """Let the form edit other data from now on, while what was typed in it stays."""
    page_state.set(f"opened.{form}", value)


def renew(form: str) -> None:
    """Start again, with a new token and with what is stored now."""
    page_state.delete(f"form.{form}")
    page_state.delete(f"opened.{form}")


def finish(form: str) -> None:
    """Called when the form is saved or cancelled: what was typed in it is no longer kept."""
    token = page_state.get(f"form.{form}")
    renew(form)
    if token is not None:
        _tokens().append(token)


def field_key(token: str, name: str) -> str:
    """The widget key of a form's field. `set_field` changes it."""
    changes = page_state.get(f"changes.{token}.{name}", 0)
    return f"{token}.{name}~{changes}" if changes else f"{token}.{name}"


def set_field(token: str, name: str, value: object) -> None:
    """Show another value in a field, drawn as a new widget: with the next act the browser may still send the value of
    before, under the key of before (decision 0065)."""
    changes = f"changes.{token}.{name}"
    page_state.set(changes, page_state.get(changes, 0) + 1)
    st.session_state[field_key(token, name)] = value


def field_values(token: str) -> dict[str, object]:
    """The values of a form's fields, by name."""
    keys = [str(key) for key in st.session_state if str(key).startswith(f"{token}.")]
    names = {key: key.removeprefix(f"{token}.").partition("~")[0] for key in keys}
    # The key that a changed field had before is in the session until the end of the run.
    return {name: st.session_state[key] for key, name in names.items() if key == field_key(token, name)}


def finished() -> list[str]:
    """The tokens of forms that were finished by this sign-in, in any of its tabs, latest last."""
    return list(_tokens())


def _tokens() -> deque[str]:
    sign_in = st.session_state.get("sign_in")
    if len(_finished) >= MOST_REMEMBERED and sign_in not in _finished:
        _finished.clear()
    return _finished.setdefault(sign_in, deque(maxlen=MOST_FINISHED))
