"""Cards that lead to other screens, however many they are: one element."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pages.parts.component import linking_component

_cards = linking_component("cards", html="<ul></ul>")


class Badge(NamedTuple):
    colour: str
    words: str

    @property
    def markdown(self) -> str:
        """For words that Streamlit draws."""
        return f":{self.colour}-badge[{self.words}]"


class Card(NamedTuple):
    """What is read on it is written as it was typed; nothing in it is Markdown."""

    address: str
    title: str
    lines: tuple[str, ...] = ()
    badge: Badge | None = None
    """Beside the last line."""
    faint: tuple[str, ...] = ()
    words: str = ""
    """What somebody wrote, with its lines."""


def address(screen: str, **about: Any) -> str:
    return f"{screen}?{urlencode(about)}"


def draw_cards(cards: Iterable[Card], *, key: str, across: bool = False) -> None:
    """One below the other; `across` puts as many side by side as there is room for."""
    _cards(key=key, data=[{"cards": [card._asdict() for card in cards], "across": across}])
