"""Unsaved input. What is typed into a form or dialog is kept in the browser's tab until it is saved or cancelled.

It survives a refresh, another screen, a tap beside the dialog, and a restart of the server. The browser keeps it
(sessionStorage) because only the browser knows what is typed into a field that is not sent yet.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.elements.component import linking_component, said
from pages.parts import dialog, forms, page_state

HERE = Path(__file__).parent
# How to read back a widget's value that was written for the browser, by its kind.
READ: dict[str, Callable[[Any], object]] = {
    "text": str,
    "number": float,
    "flag": bool,
    "id": UUID,
    "nothing": lambda _: None,
}
_draft = linking_component(HERE / "draft.js", html='<div class="draft" role="status" hidden></div>')
_unfinished = linking_component(HERE / "unfinished.js", html='<div class="unfinished"></div>', looks=HERE / "draft.css")


def keep_draft(form: str, place: DeltaGenerator, *, name: str = "", initial: dict[str, str] | None = None) -> None:
    """Keep what is typed into this form, or the dialog of the same name: the fields whose keys begin with its token.

    Called after the fields are drawn. `place` shows that a draft was restored; it must be outside an `st.form`. `name`
    names the draft on this screen (default: the form). `initial` are the values of untouched fields (default: what they
    are first drawn with).
    """
    open_dialog, about = dialog.current()
    is_dialog = open_dialog == form
    token = forms.token(form)
    fields = forms.field_values(token)
    key = f"draft.{token}"
    shown = {
        "name": _name_of(name or form, about if is_dialog else None),
        "token": token,
        "values": {field: written for field, value in fields.items() if (written := _written(value))},
        "initial": {field: _written(value) for field, value in initial.items()} if initial else None,
        "restored": bool(page_state.get(f"restored.{token}")),
        "dialog": _dialog_written(form, about) if is_dialog else None,
    }
    with place:
        _draft(
            key=key,
            data=[shown],
            on_restored_change=partial(_restore, key, token),
            on_discarded_change=partial(_discard, form),
        )


def restored(form: str, field: str) -> str:
    """What a draft restored into a field that is not a widget. Returned once, then empty."""
    token = forms.token(form)
    if not page_state.get(f"restored.{token}") or page_state.get("put back"):
        return ""
    page_state.set("put back", True)
    return str(st.session_state[f"{token}.{field}"])


def draw_unfinished() -> None:
    """Drawn once at the top of every screen: its dialogs that were left without saving."""
    _unfinished(
        key="unfinished",
        data=[
            {
                "screen": page_state.here(),
                "open": _name_of(*dialog.current()),
                "finished": forms.finished(),
            }
        ],
        on_resumed_change=_resume,
    )


def _dialog_written(form: str, about: object) -> dict[str, object]:
    return {"name": form, "title": page_state.get("dialog_title"), "about": _about_written(about)}


def _name_of(form: str, about: object) -> str:
    return f"{page_state.here()}#{form}#{_about_written(about) or ''}"


def _written(value: object) -> dict[str, object] | None:
    if value is None:
        return {"kind": "nothing", "value": ""}
    if isinstance(value, float):
        return {"kind": "number", "value": f"{value:g}"}
    kinds = {bool: "flag", str: "text", UUID: "id"}
    kind = kinds.get(type(value))
    return {"kind": kind, "value": value if kind == "flag" else str(value)} if kind else None


def _restore(key: str, token: str) -> None:
    """Put the kept values into the fields. The browser keeps text, which may have to become a number."""
    for name, kept in said(key, "restored").items():
        field = forms.field_key(token, name)
        shown = st.session_state.get(field)
        try:
            value = READ[kept["kind"]](kept["value"])
        except (KeyError, TypeError, ValueError):
            continue
        if isinstance(value, str) and not isinstance(shown, str):
            value = _number(value)
        st.session_state[field] = value
    page_state.set(f"restored.{token}", True)


def _number(typed: str) -> float | None:
    try:
        return float(typed)
    except ValueError:
        return None


def _discard(form: str) -> None:
    forms.finish(form)


def _resume() -> None:
    resumed = said("unfinished", "resumed")
    dialog.open(str(resumed["name"]), _about_read(resumed["about"]))


def _about_written(about: object) -> str | list[str] | None:
    if isinstance(about, UUID):
        return str(about)
    if isinstance(about, tuple) and all(isinstance(each, UUID) for each in about):
        return [str(each) for each in about]
    return None


def _about_read(written: str | list[str] | None) -> UUID | tuple[UUID, ...] | None:
    return tuple(map(UUID, written)) if isinstance(written, list) else UUID(written) if written else None
