"""Who is signed in, with a menu to sign out, and a button that searches everything. On a shared tablet also "Switch",
and the lock after a while without use.

Our own element, because a form that posts, and a clock in the browser, must work without the server's session:
docs/decisions/0031-user-menu-and-lock.md.
"""

from pathlib import Path

import streamlit as st

from pages.elements.board import Link, address, as_data
from pages.elements.component import linking_component
from pages.elements.keys import HELP_DIALOG, SEARCH
from pages.parts import dialog
from pages.parts.context import actor, reading, venue
from pages.parts.device import is_phone
from pages.screens import DATA
from venue.roles import Actor
from venue.staff import sign_ins

_menu = linking_component(Path(__file__).with_suffix(".js"), html='<nav class="user" aria-label="Your account"></nav>')


def draw_user_menu() -> None:
    """Drawn once on every screen, before everything else."""
    me = actor()
    is_on_tablet = _is_on_tablet(me)
    links = [Link("Your account", address("account"), icon="account_circle")]
    if is_phone():  # The bar at the bottom has no room for them.
        if any(me.may(permission) for permission in DATA):
            links.append(Link("Data", address("data"), icon="database"))
        links.append(Link("Settings", address("settings"), icon="settings"))
    _menu(
        key="user_menu",
        data=[
            {
                "name": me.name,
                "signIn": str(me.sign_in_id),
                "links": as_data(links),
                "lockAfter": venue().tablet_lock_minutes * 60 if is_on_tablet else None,
                "place": _place(is_on_tablet),
            }
        ],
        on_searched_change=lambda: dialog.open(SEARCH),
        on_helped_change=lambda: dialog.open(HELP_DIALOG),
    )


def _place(is_on_tablet: bool) -> str:
    """Beside the navigation. A phone has none at the top: beside the first line if both are short, or above it."""
    if not is_phone():
        return "in_header"
    return "beside_next" if venue().simulated and not is_on_tablet else "above_next"


def _is_on_tablet(me: Actor) -> bool:
    """Whether this sign-in is on a shared tablet, read once: that never changes."""
    known: tuple[object, bool] | None = st.session_state.get("is_on_tablet")
    if known is None or known[0] != me.sign_in_id:
        known = (me.sign_in_id, _read_is_on_tablet(me))
        st.session_state["is_on_tablet"] = known
    return known[1]


def _read_is_on_tablet(me: Actor) -> bool:
    with reading(me) as session:
        return sign_ins.on_tablet(session) is not None
