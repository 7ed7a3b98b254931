"""A board: sections of cards and tables, side by side or one below the other, as one element.

A table has headings where there is room; on a narrow screen each of its rows is a card.

Streamlit would send a message for each text and make each button a widget. All text is shown as typed, not as Markdown.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pages.elements.component import PRESS, linking_component, said
from pages.parts.confirm import acting

_board = linking_component(Path(__file__).with_suffix(".js"), html='<div class="board"></div>', parts=[PRESS])


class Badge(NamedTuple):
    colour: str
    words: str

    @property
    def markdown(self) -> str:
        """For text that Streamlit draws."""
        return f":{self.colour}-badge[{self.words}]"


class Link(NamedTuple):
    label: str
    address: str
    icon: str = ""
    key: str = ""
    """The keyboard shortcut that presses it."""
    looks: str = ""
    """"button", "primary" or "chosen" (a pressed button), with "wide" or not. Empty: a line of its own."""


class Act(NamedTuple):
    """A button: `on_act` gets its name and what it is about. "danger" in its looks is red, for buttons that delete. One
    that is disabled stays where it was, and cannot be pressed."""

    label: str
    name: str
    about: str = ""
    icon: str = ""
    key: str = ""
    looks: str = "button"
    disabled: bool = False


class Notice(NamedTuple):
    """A problem that needs action, with its buttons."""

    badge: Badge
    words: str
    ways: tuple[Act | Link, ...] = ()


class Line(NamedTuple):
    """One line of a list: what, its state, when."""

    what: str
    badge: Badge
    when: str


class Card(NamedTuple):
    """Opens a screen, or calls a number with "tel:", unless its address is empty."""

    address: str
    title: str
    lines: tuple[str, ...] = ()
    badge: Badge | None = None
    """Beside the last line."""
    faint: tuple[str, ...] = ()
    words: str = ""
    """Typed text, with its line breaks."""
    said: tuple[Line, ...] = ()
    notices: tuple[Notice, ...] = ()
    ways: tuple[Act | Link, ...] = ()
    bar: str = ""
    """How full a bar below the lines is, like "40%". The lines must say it too: it is not read out."""


class Day(NamedTuple):
    """One day of a calendar, with a card for each event. Its `looks` are "today" and "outside", of the month."""

    number: str
    label: str
    """Like "Wed 3 March", for screen readers, and where the days are a list."""
    cards: tuple[Card, ...] = ()
    more: Link | None = None
    looks: str = ""


class Column(NamedTuple):
    heading: str
    width: str
    """Its share of a row, as CSS writes the columns of a grid: "8rem", "2fr"."""
    on_card: str = "line"
    """Where its cells are on a card: in the "title", on a "line" of their own, or "beside" what is before them."""


Cell = str | Badge | Link


class Row(NamedTuple):
    """Opens a screen, unless its address is empty. Contents without a column are in the last column if that has no
    cell, or else below the cells."""

    address: str
    cells: tuple[Cell, ...]
    label: str = ""
    """The name of its link for screen readers, if the first cell of its title is not enough."""
    faint: tuple[str, ...] = ()
    words: str = ""
    """Typed text, with its line breaks."""
    said: tuple[Line, ...] = ()
    notices: tuple[Notice, ...] = ()
    ways: tuple[Act | Link, ...] = ()


class Section(NamedTuple):
    heading: str = ""
    cards: Sequence[Card] = ()
    empty: str = ""
    """Shown when there are neither cards nor rows."""
    across: bool = False
    """As many cards side by side as fit."""
    notices: tuple[Notice, ...] = ()
    facts: Sequence[tuple[str, str]] = ()
    faint: str = ""
    links: tuple[Link, ...] = ()
    columns: tuple[Column, ...] = ()
    """Of a table, which has `rows` instead of cards."""
    rows: Sequence[Row] = ()
    label: str = ""
    """The name of a table or calendar without a heading, for screen readers."""
    days: Sequence[Day] = ()
    """Of a calendar: whole weeks from Monday. Where there is no room for a grid, the days with cards are a list."""


def address(screen: str, **about: object) -> str:
    return f"{screen}?{urlencode(about)}" if about else screen


def draw_board(
    *sides: Iterable[Section], key: str, on_act: Callable[[str, str], None] = lambda _name, _about: None
) -> None:
    """One column, or two where there is room. `on_act` is called with each `Act` that is pressed."""
    acted = acting(on_act)
    _board(
        key=key,
        data=[{"sides": [[as_data(section) for section in side] for side in sides]}],
        on_act_change=lambda: acted(*said(key, "act")),
    )


def as_data(value: Any) -> Any:
    """The data for board.js: by name, without empty values."""
    if hasattr(value, "_asdict"):
        return {name: as_data(each) for name, each in value._asdict().items() if each}
    return [as_data(each) for each in value] if isinstance(value, (list, tuple)) else value
