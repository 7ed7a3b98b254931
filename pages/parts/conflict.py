"""Two people changed the same thing: theirs and yours side by side, and the choice."""

from collections.abc import Mapping, MutableMapping
from datetime import date, datetime
from functools import partial
from typing import Any, NoReturn

import streamlit as st

from pages.parts import visit
from pages.parts.desk import now
from pages.parts.words import near, plain, when
from venue.errors import Conflict

YOURS, THEIRS = "Yours", "Theirs"


def meet(conflict: Conflict) -> NoReturn:
    """Have it drawn, in place of one that was met before: nobody chooses against what they have not seen."""
    visit.remember("conflict", conflict)
    st.rerun()


def ask_whose(labels: dict[str, str], **about: Any) -> int | None:
    """As `draw_conflict`, in a dialog: who saves a form that is longer than the screen sees neither end of it."""
    if visit.remembered("conflict") is not None:
        st.dialog("Whose is kept?", on_dismiss=partial(visit.forget, "conflict"))(_ask)(labels, about)
    return visit.take("whose")


def _ask(labels: dict[str, str], about: dict[str, Any]) -> None:
    version = draw_conflict(labels, **about)
    if version is not None:
        visit.remember("whose", version)
        st.rerun()  # The form saves, and says under its fields what is wrong with them.


def draw_conflict(
    labels: dict[str, str],
    *,
    yours: MutableMapping[str, Any] | None = None,
    meanwhile: Mapping[str, Any] | None = None,
) -> int | None:
    """Draw the conflict that was met, if one was. Gives the version to save over when yours is chosen.

    With `yours`, the choice is made field by field: what is to stay theirs is taken out of it. `meanwhile` is what
    they changed besides.
    """
    conflict: Conflict | None = visit.remembered("conflict")
    if conflict is None:
        return None
    with st.container(border=True):
        st.markdown(f"**Somebody else changed this meanwhile** ({near(conflict.changed_at, now())}).")
        for name, value in (meanwhile or {}).items():
            if name not in conflict.fields:
                st.markdown(f"**{labels.get(name, name)}**  \nTheirs: {_shown(value)}")
        chosen = {name: _draw_field(labels, name, pair, yours) for name, pair in conflict.fields.items()}
        with st.container(horizontal=True):
            mine = st.button("Keep mine", type="primary", key="conflict.mine")
            if st.button("Keep theirs", key="conflict.theirs"):
                visit.forget("conflict")
                visit.close_dialog()
                visit.forget("opened")
                visit.new_form("edit")
                st.rerun()
    if not mine:
        return None
    left = {name for name, whose in chosen.items() if whose == THEIRS}
    for name in left:
        (yours or {}).pop(name, None)
    visit.remember("left as theirs", left_as_theirs() | left)
    visit.forget("conflict")
    return conflict.version


def left_as_theirs() -> set[str]:
    """What was chosen to stay theirs since the form was saved: a later conflict does not undo that."""
    return visit.remembered("left as theirs", set())


def _draw_field(labels: dict[str, str], name: str, pair: tuple[Any, Any], yours: Any) -> str | None:
    theirs, mine = pair
    label = labels.get(name, name)
    st.markdown(f"**{label}**  \nTheirs: {_shown(theirs)}  \nYours: {_shown(mine)}")
    if yours is None:
        return YOURS
    return st.segmented_control(
        f"Which {label.lower()} to keep",
        [YOURS, THEIRS],
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
