"""Keys that work on every screen.

Streamlit's own shortcuts do not support "/" and "?", and change the name of a button for screen readers.
"""

from pathlib import Path

import streamlit as st

from pages import help
from pages.elements.component import bare_component, said
from pages.parts import dialog, page_state
from pages.parts.dialog_buttons import close_button
from pages.parts.permissions import may
from venue.roles import Permission
from venue.version import VERSION

HERE = Path(__file__).parent
# Each presses the button with this key on a board, or Streamlit's button whose key is "press_" and this key.
KEYS = ("n", "b", "e")
SEARCH = "search"  # The dialog that Ctrl+K opens.
HELP_DIALOG = "keys"  # The one that "?" opens.
HELP = {
    "Ctrl+K": "Search customers, events and screens",
    "/": "Search customers",
    "N": "Add customer",
    "B": "Add a booking, on a customer's screen",
    "E": "Edit, on a customer's screen",
    "U": "Undo what was just done, while its message is shown",
    "↓ ↑": "Move through the list, also from the search box",
    "Enter": "Open the selected customer",
    "Esc": "Close a dialog or menu",
    "?": "Show this help",
}
# What some of them need: who may not do it sees no such button, and is not told of the key.
NEEDED = {"N": Permission.CUSTOMERS, "B": Permission.BOOKINGS, "E": Permission.CUSTOMERS}

_FILES = ("history.js", "links.js", "leaving.js", "seats.js", "connection.js", "keys.js")
_CODE = "".join((HERE / name).read_text(encoding="utf-8") for name in _FILES)
_listen = bare_component("keys", js=_CODE)


def listen_to_keys(screen: str) -> None:
    """Drawn once on every screen, after it."""
    _listen(
        key="keys",
        data={"screen": screen, "keys": KEYS},
        on_pressed_change=_answer,
    )
    dialog.draw({HELP_DIALOG: ("Help and keyboard shortcuts", lambda _about: _draw_help(screen))})


def _answer() -> None:
    """Act on a key that has no button on this screen."""
    pressed = said("keys", "pressed")
    if pressed == "k":
        dialog.open(SEARCH)
    elif pressed == "?":
        dialog.open(HELP_DIALOG)
    elif pressed == "/":
        page_state.go("customers/list.py")
    elif pressed == "n" and may(Permission.CUSTOMERS):
        page_state.go("customers/add.py")


def _draw_help(screen: str) -> None:
    """What this screen is for, and the keys."""
    st.markdown(help.OF_SCREENS.get(screen, ""))
    keys = {key: words for key, words in HELP.items() if key not in NEEDED or may(NEEDED[key])}
    st.table({f"**{key}**": words for key, words in keys.items()}, border="horizontal")
    st.caption("Shortcuts do not work while you type in a field.")
    st.caption(f"Anchor Desk {VERSION}")
    close_button()
