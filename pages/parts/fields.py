"""The fields of a form: what was typed, by name, and a place under each field for its problem."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, time
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.elements.calendar import day_field, day_words, time_field
from pages.elements.in_view import bring_into_view
from pages.parts import confirm, forms
from pages.parts.context import now
from pages.parts.format import plain
from venue.errors import ConfirmFirst, Invalid, VenueError

FORM_WIDTH = 640


class Fields(dict[str, Any]):
    """A dict keyed by the command's own argument names. `form` keeps the fields of two forms apart."""

    def __init__(self, form: str):
        super().__init__()
        self.form = form
        self.top = st.empty()
        self._places: dict[str, DeltaGenerator] = {}

    def text(self, name: str, label: str, value: str = "", **how: Any) -> None:
        self.keep(name, st.text_input(label, value, key=self.key(name), autocomplete="off", **how))

    def secret(self, name: str, label: str, *, autocomplete: str, **how: Any) -> None:
        """A password or PIN, whose letters are hidden."""
        typed = st.text_input(label, type="password", key=self.key(name), autocomplete=autocomplete, **how)
        self.keep(name, typed)

    def phone(self, name: str, label: str, value: str = "") -> None:
        self.text(name, label, value, type="phone", placeholder="07700 900123")

    def long_text(self, name: str, label: str, value: str = "", *, height: int = 100) -> None:
        self.keep(name, st.text_area(label, value, key=self.key(name), height=height))

    def number(self, name: str, label: str, value: int | None, **how: Any) -> None:
        """A whole number, or None, or a number like 1.5, which the rules refuse. With whole steps Streamlit would turn
        1.5 into 1, and with a default value an emptied field into that value."""
        st.session_state.setdefault(self.key(name), None if value is None else float(value))
        typed = st.number_input(label, value=None, step=1.0, format="%g", key=self.key(name), **how)
        self.keep(name, int(typed) if typed is not None and typed.is_integer() else typed)

    def day(self, name: str, label: str, value: date | None) -> None:
        """A date, as typed; `calendar.read_day` reads it."""
        self.keep(name, day_field(label, value=day_words(value), key=self.key(name)))

    def clock(self, name: str, label: str, value: time | None) -> None:
        """A time of day, chosen or typed, or None."""
        st.session_state.setdefault(self.key(name), value)
        self.keep(name, st.time_input(label, value=None, key=self.key(name), width=160))

    def time(self, name: str, label: str, value: time | None) -> None:
        """A time, as typed; `dates.parse_time` reads it."""
        self.keep(name, time_field(label, value=f"{value:%H:%M}" if value else "", key=self.key(name)))

    def choice(self, name: str, label: str, options: Sequence[object], **how: Any) -> None:
        self.keep(name, st.selectbox(label, options, key=self.key(name), **how))

    def optional_choice(self, name: str, label: str, options: Sequence[object], value: object, **how: Any) -> None:
        """A choice that can be emptied, or None. With a default value Streamlit would not let it be emptied."""
        st.session_state.setdefault(self.key(name), value)
        self.choice(name, label, options, index=None, placeholder="Not set", **how)

    def radio(self, name: str, label: str, options: Sequence[object], **how: Any) -> None:
        self.keep(name, st.radio(label, options, key=self.key(name), **how))

    def key(self, name: str) -> str:
        return forms.field_key(self.form, name)

    def show(self, problems: dict[str, str]) -> None:
        """Show each problem under its field, the first one in view. Problems without a field are at the top."""
        order = list(self._places)
        for place, name in enumerate(sorted(problems, key=lambda name: order.index(name) if name in order else -1)):
            with self._places.get(name, self.top).container():
                if place == 0:
                    bring_into_view(f"{self.form}.problem", once_for=now().isoformat())
                st.error(plain(problems[name]), icon=":material/error:")

    @contextmanager
    def checked(self) -> Iterator[None]:
        """Run a command. Problems that staff can fix are shown in the form, and the rest of the block is skipped."""
        try:
            yield
        except Invalid as invalid:
            self.show(invalid.problems)
        except ConfirmFirst as first:
            confirm.ask(first)
        except VenueError as error:
            self.top.error(plain(error), icon=":material/error:")

    def keep(self, name: str, value: object) -> None:
        """Keep the value of a field that was just drawn, with a place for its problem."""
        self[name] = value
        self._places[name] = st.empty()
