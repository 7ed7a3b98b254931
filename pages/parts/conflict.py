"""Two people changed the same field: shows the saved and the typed value, and asks which to keep."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, NoReturn

import streamlit as st

from pages.elements.in_view import bring_into_view
from pages.parts import dialog, forms, page_state
from pages.parts.context import now
from pages.parts.format import near, plain, when
from venue.errors import Conflict

YOURS, SAVED = "Yours", "Saved"
# More than this is shown in a box that scrolls, so that the buttons below it stay on a phone's screen.
MOST_LETTERS, MOST_FIELDS, BOX_HEIGHT = 300, 2, 320
# Names in the page state.
CONFLICT, LEFT_AS_SAVED, VERSION = "conflict", "conflict.left_as_saved", "conflict.version"


@dataclass(frozen=True)
class Editing:
    """Fields that are edited in a form, while others may change them too.

    `labels` are of those fields, `was` their values when the form was opened, and `read` gives them as they are now.
    """

    form: str
    labels: Mapping[str, str]
    was: Mapping[str, object]
    read: Callable[[], Mapping[str, object]]

    def begin_saving(self) -> None:
        """Called when Save is pressed: forget the answers to an earlier attempt."""
        page_state.delete(CONFLICT)
        page_state.delete(LEFT_AS_SAVED)

    def changed(self, typed: Mapping[str, Any]) -> dict[str, Any]:
        """The fields that were changed in the form and should be saved."""
        return {
            name: value for name, value in typed.items() if value != self.was[name] and name not in _left_as_saved()
        }

    def changed_by_others(self) -> dict[str, object]:
        """What someone else changed since the form was opened."""
        current = self.read()
        return {name: current[name] for name in self.was if current[name] != self.was[name]}

    def also_changed(self, mine: Collection[str]) -> str:
        """A sentence to add to a toast, if someone else changed fields other than `mine`."""
        others = [self.labels[name].lower() for name in self.changed_by_others() if name not in mine]
        return f". Someone else also changed: {', '.join(others)}" if others else ""

    def meet(self, conflict: Conflict) -> NoReturn:
        """Ask about this conflict, in place of an earlier one: staff choose between values that they have seen."""
        page_state.set(CONFLICT, (forms.token(self.form), conflict, self.changed_by_others()))
        st.rerun()

    def ask(self, name: str, *, yours: Collection[str]) -> int | None:
        """Like `draw`, in a dialog with the `name` of what is edited, so that it is in view over a long form."""
        if self._met() is not None:
            title = f"Which version of {plain(name)} should we keep?"
            st.dialog(title, on_dismiss=partial(page_state.delete, CONFLICT))(self._ask)(yours)
        version: int | None = page_state.pop(VERSION)
        return version

    def _ask(self, yours: Collection[str]) -> None:
        version = self.draw(yours=yours)
        if version is not None:
            page_state.set(VERSION, version)
            st.rerun()  # The form saves, and shows problems under its fields.

    def draw(self, *, yours: Collection[str]) -> int | None:
        """Draw the conflict, if there is one. `yours` are the fields to be saved.

        Returns the version to save over once the choice is made; fields that stay as saved are then not in `changed`.
        """
        met = self._met()
        if met is None:
            return None
        conflict, theirs = met
        chosen = draw_conflict(conflict, labels=self.labels, key="conflict", also=theirs)
        if chosen is None:
            return None
        left = _left_as_saved() | chosen
        page_state.delete(CONFLICT)
        page_state.set(LEFT_AS_SAVED, left)
        if set(yours) <= left:
            self._leave_all_as_saved()
        return conflict.version

    def _met(self) -> tuple[Conflict, Mapping[str, object]] | None:
        """The conflict of this form that is not answered yet, and what someone else changed."""
        token, conflict, theirs = page_state.get(CONFLICT, ("", None, {}))
        return (conflict, theirs) if token == forms.token(self.form) else None

    def _leave_all_as_saved(self) -> NoReturn:
        page_state.delete(LEFT_AS_SAVED)
        forms.finish(self.form)
        dialog.close()
        st.rerun()


def draw_conflict(
    conflict: Conflict, *, labels: Mapping[str, str], key: str, also: Collection[str], name: str = ""
) -> set[str] | None:
    """Draw what is saved and what was typed, and ask which to keep. Returns the fields to leave as saved, once chosen.

    `labels` are of all fields, `also` are those that someone else changed, and `name` is of what is edited, if the
    screen does not show it.
    """
    bring_into_view(key, once_for=str(conflict.version))
    with st.container(border=True):
        what = f"{plain(name)}: someone" if name else "Someone"
        st.markdown(f"**{what} else changed this while you were editing** ({near(conflict.changed_at, now())}).")
        with st.container(height=BOX_HEIGHT if _is_long(conflict) else "content", border=False):
            choices = {field: _draw_field(labels, field, conflict, key) for field in conflict.fields}
        others = [labels[field].lower() for field in also if field not in conflict.fields]
        if others:
            st.caption(f"They also changed: {', '.join(others)}. These changes are kept.")
        with st.container(horizontal=True):
            mine = st.button("Use mine", type="primary", key=f"{key}.mine")
            saved = st.button("Use saved", key=f"{key}.saved")
    if not mine and not saved:
        return None
    return {field for field, whose in choices.items() if saved or whose == SAVED}


def _left_as_saved() -> set[str]:
    """The fields to leave as saved, chosen since Save was pressed. A later conflict does not change that."""
    names: set[str] = page_state.get(LEFT_AS_SAVED, set())
    return names


def _is_long(conflict: Conflict) -> bool:
    letters = sum(len(str(value)) for pair in conflict.fields.values() for value in pair)
    return letters > MOST_LETTERS or len(conflict.fields) > MOST_FIELDS


def _draw_field(labels: Mapping[str, str], name: str, conflict: Conflict, key: str) -> str | None:
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
        key=f"{key}.{name}",
        label_visibility="collapsed",
    )


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    return plain(value) if value not in ("", None) else "(empty)"
