"""Two people changed the same field: what is saved and what was typed, and the choice between them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, NoReturn

import streamlit as st

from pages.elements.in_view import bring_into_view
from pages.parts import page_state
from pages.parts.context import now
from pages.parts.format import near, plain, when
from venue.errors import Conflict

YOURS, SAVED = "Yours", "Saved"
# More than this is compared in a box that scrolls, so that the buttons below it stay on a phone's screen.
MOST_LETTERS, MOST_FIELDS, BOX_HEIGHT = 300, 2, 320


def meet(conflict: Conflict) -> NoReturn:
    """Ask about it, in place of an earlier one: nobody chooses against what they have not seen."""
    page_state.remember("conflict", conflict)
    st.rerun()


def begin_saving() -> None:
    """Save was pressed: what was answered before belongs to an earlier attempt."""
    page_state.forget("conflict")
    page_state.forget("left as saved")


def left_as_saved() -> set[str]:
    """The fields chosen to stay as saved since Save was pressed: a later conflict does not undo that."""
    return page_state.remembered("left as saved", set())


def typed_over(typed: Mapping[str, Any], opened: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were changed in a form and are to be saved, and no others."""
    left = left_as_saved()
    return {name: value for name, value in typed.items() if value != opened[name] and name not in left}


def changed_since(opened: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, Any]:
    """What someone else changed since the form was opened."""
    return {name: current[name] for name in opened if current[name] != opened[name]}


def also_changed(labels: Mapping[str, str], theirs: Collection[str], mine: Collection[str]) -> str:
    """Words to add to a confirmation, where someone else changed other fields."""
    others = [labels[name].lower() for name in theirs if name not in mine]
    return f". Someone else also changed: {', '.join(others)}" if others else ""


def ask_whose(
    labels: Mapping[str, str], *, name: str, yours: Collection[str], theirs: Mapping[str, Any] | None = None
) -> int | None:
    """As `draw_conflict`, in a dialog which names what is edited: it is seen wherever a long form is scrolled to."""
    if page_state.remembered("conflict") is not None:
        title = f"Which version of {plain(name)} should we keep?"
        st.dialog(title, on_dismiss=partial(page_state.forget, "conflict"))(_ask)(labels, yours, theirs)
    return page_state.take("whose")


def _ask(labels: Mapping[str, str], yours: Collection[str], theirs: Mapping[str, Any] | None) -> None:
    version = draw_conflict(labels, yours=yours, theirs=theirs)
    if version is not None:
        page_state.remember("whose", version)
        st.rerun()  # The form saves, and says under its fields what is wrong with them.


def draw_conflict(
    labels: Mapping[str, str], *, yours: Collection[str], theirs: Mapping[str, Any] | None = None
) -> int | None:
    """Draw the conflict that was met, if one was. Gives the version to save over once the choice is made: what is to
    stay as saved is then among `left_as_saved`.

    `yours` are the fields to be saved, `theirs` what someone else changed besides.
    """
    conflict: Conflict | None = page_state.remembered("conflict")
    if conflict is None:
        return None
    bring_into_view("conflict", once_for=str(conflict.version))
    with st.container(border=True):
        st.markdown(f"**Someone else changed this while you were editing** ({near(conflict.changed_at, now())}).")
        with st.container(height=BOX_HEIGHT if _is_long(conflict) else "content", border=False):
            chosen = {name: _draw_field(labels, name, conflict) for name in conflict.fields}
        others = [labels[name].lower() for name in theirs or () if name not in conflict.fields]
        if others:
            st.caption(f"They also changed: {', '.join(others)}. That stays.")
        with st.container(horizontal=True):
            mine = st.button("Use mine", type="primary", key="conflict.mine")
            saved = st.button("Use saved", key="conflict.saved")
    if not mine and not saved:
        return None
    left = {name for name, whose in chosen.items() if saved or whose == SAVED}
    page_state.forget("conflict")
    page_state.remember("left as saved", left_as_saved() | left)
    if set(yours) <= left:
        page_state.forget("left as saved")
        page_state.close_dialog()
        page_state.forget("opened")
        page_state.finish_form("edit")
        st.rerun()
    return conflict.version


def _is_long(conflict: Conflict) -> bool:
    letters = sum(len(str(value)) for pair in conflict.fields.values() for value in pair)
    return letters > MOST_LETTERS or len(conflict.fields) > MOST_FIELDS


def _draw_field(labels: Mapping[str, str], name: str, conflict: Conflict) -> str | None:
    saved, mine = conflict.fields[name]
    label = labels.get(name, name)
    st.markdown(f"**{label}**  \nSaved: {_shown(saved)}  \nYours: {_shown(mine)}")
    if len(conflict.fields) == 1:
        return YOURS
    return st.segmented_control(
        f"Which {label.lower()} to keep",
        [YOURS, SAVED],
        default=YOURS,
        required=True,
        key=f"conflict.{name}",
        label_visibility="collapsed",
    )


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    return plain(value) if value not in ("", None) else "(empty)"
