"""Sections of cards and of tables, side by side or one below the other, however many they are: one element.

A table has its headings where there is room; on a narrow screen each of its rows is a card.

What Streamlit draws piece by piece is a message for each piece, and each of its buttons a widget. What is read here is
written as it was typed; nothing in it is Markdown.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import streamlit as st

from pages.elements.component import linking_component

_board = linking_component(Path(__file__).with_suffix(".js"), html='<div class="board"></div>')


class Badge(NamedTuple):
    colour: str
    words: str

    @property
    def markdown(self) -> str:
        """For words that Streamlit draws."""
        return f":{self.colour}-badge[{self.words}]"


class Link(NamedTuple):
    label: str
    address: str
    icon: str = ""
    key: str = ""
    """What the keyboard presses it by."""
    looks: str = ""
    """"button", "primary", or "chosen" like a button that is pressed; "wide" too. Else it is a line of its own."""


class Act(NamedTuple):
    """A button: `on_act` is told its name and what it is about. "danger" in its looks is red, for what deletes."""

    label: str
    name: str
    about: str = ""
    icon: str = ""
    key: str = ""
    looks: str = "button"


class Notice(NamedTuple):
    """What somebody should do something about."""

    badge: Badge
    words: str
    ways: tuple[Act | Link, ...] = ()


class Line(NamedTuple):
    """One of several: what, what became of it, when."""

    what: str
    badge: Badge
    when: str


class Card(NamedTuple):
    """Leads to a screen, or to the phone with "tel:", unless its address is empty."""

    address: str
    title: str
    lines: tuple[str, ...] = ()
    badge: Badge | None = None
    """Beside the last line."""
    faint: tuple[str, ...] = ()
    words: str = ""
    """What somebody wrote, with its lines."""
    said: tuple[Line, ...] = ()
    notices: tuple[Notice, ...] = ()
    ways: tuple[Act | Link, ...] = ()


class Column(NamedTuple):
    heading: str
    width: str
    """Its share of a row, as CSS writes the columns of a grid: "8rem", "2fr"."""
    on_card: str = "line"
    """Where its cells are on a card: in the "title", on a "line" of their own, or "beside" what is before them."""


Cell = str | Badge


class Row(NamedTuple):
    """Leads to a screen. Its other contents are in the last column when that has no cell, else below the cells."""

    address: str
    cells: tuple[Cell, ...]
    label: str = ""
    """What its link is called where the first cell of its title does not say enough."""
    faint: tuple[str, ...] = ()
    words: str = ""
    """What somebody wrote, with its lines."""
    said: tuple[Line, ...] = ()
    notices: tuple[Notice, ...] = ()
    ways: tuple[Act | Link, ...] = ()


class Section(NamedTuple):
    heading: str = ""
    cards: Sequence[Card] = ()
    empty: str = ""
    """Shown when there are neither cards nor rows."""
    across: bool = False
    """As many cards side by side as there is room for."""
    notices: tuple[Notice, ...] = ()
    facts: Sequence[tuple[str, str]] = ()
    faint: str = ""
    links: tuple[Link, ...] = ()
    columns: tuple[Column, ...] = ()
    """Of a table, which has `rows` instead of cards."""
    rows: Sequence[Row] = ()
    label: str = ""
    """What a table without a heading is called."""


def address(screen: str, **about: Any) -> str:
    return f"{screen}?{urlencode(about)}" if about else screen


def draw_board(
    *sides: Iterable[Section], key: str, on_act: Callable[[str, str], None] = lambda _name, _about: None
) -> None:
    """One side, or two beside each other where there is room. `on_act` is told each `Act` as it is pressed."""
    _board(
        key=key,
        data=[{"sides": [[as_data(section) for section in side] for side in sides]}],
        on_act_change=lambda: on_act(*st.session_state[key]["act"]),
    )


def as_data(value: Any) -> Any:
    """As board.js reads it: by name, without what is empty."""
    if hasattr(value, "_asdict"):
        return {name: as_data(each) for name, each in value._asdict().items() if each}
    return [as_data(each) for each in value] if isinstance(value, (list, tuple)) else value
