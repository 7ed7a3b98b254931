"""The fields of a form: what was typed by name, and under each field a place for what is wrong with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from typing import Any

import streamlit as st

from pages.parts.words import plain
from venue.errors import Invalid, VenueError

FORM_WIDTH = 640


class Fields(dict[str, Any]):
    """A dict keyed by the command's own argument names. `form` keeps the fields of two forms apart."""

    def __init__(self, form: str):
        super().__init__()
        self.form = form
        self.top = st.empty()
        self._places: dict[str, Any] = {}

    def text(self, name: str, label: str, value: str = "", **how: Any) -> None:
        self._keep(name, st.text_input(label, value, key=self.key(name), autocomplete="off", **how))

    def phone(self, name: str, label: str, value: str = "") -> None:
        example = "like 07700 900123"
        self._keep(
            name, st.text_input(label, value, key=self.key(name), type="phone", autocomplete="off", placeholder=example)
        )

    def long_text(self, name: str, label: str, value: str = "", *, height: Any = 100) -> None:
        self._keep(name, st.text_area(label, value, key=self.key(name), height=height))

    def number(self, name: str, label: str, value: int | None, least: int = 0, **how: Any) -> None:
        self._keep(name, st.number_input(label, least, 100_000, value, 1, key=self.key(name), **how))

    def day(self, name: str, label: str, value: Any) -> None:
        self._keep(name, st.date_input(label, value, key=self.key(name), format="DD/MM/YYYY"))

    def time(self, name: str, label: str, value: time | None) -> None:
        self._keep(name, st.time_input(label, value, key=self.key(name), step=900))

    def choice(self, name: str, label: str, options: Any, **how: Any) -> None:
        self._keep(name, st.selectbox(label, options, key=self.key(name), **how))

    def radio(self, name: str, label: str, options: Any, **how: Any) -> None:
        self._keep(name, st.radio(label, options, key=self.key(name), **how))

    def key(self, name: str) -> str:
        return f"{self.form}.{name}"

    def show(self, problems: dict[str, str]) -> None:
        """Each problem under its own field; what belongs to none stands above them all."""
        for name, words in problems.items():
            self._places.get(name, self.top).error(plain(words), icon=":material/error:")

    @contextmanager
    def checked(self) -> Iterator[None]:
        """Run a command: what staff can mend is shown where it belongs, and the rest of the block is left out."""
        try:
            yield
        except Invalid as invalid:
            self.show(invalid.problems)
        except VenueError as error:
            self.top.error(plain(error), icon=":material/error:")

    def _keep(self, name: str, value: Any) -> None:
        self[name] = value
        self._places[name] = st.empty()
