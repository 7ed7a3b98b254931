"""Elements of our own: what Streamlit draws piece by piece is a message for each piece."""

import json
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent
_LINKS = (HERE / "links.js").read_text(encoding="utf-8")
_ROOT = (HERE / "root.js").read_text(encoding="utf-8")


def linking_component(name: str, *, html: str, looks: str = "") -> Any:
    """One that leads to other screens: `name`.js and `name`.css (or `looks`.css) beside this, and the `html` that it
    begins as.

    Its data is given as a list of one: Streamlit looks into each value of a dictionary for a table.
    """
    return styled_component(name, html=html, before=_LINKS, looks=looks)


def styled_component(name: str, *, html: str, before: str = "", looks: str = "") -> Any:
    """One with looks of its own: `name`.js and `name`.css (or `looks`.css) beside this, and the `html` it begins as."""
    style = (HERE / f"{looks or name}.css").read_text(encoding="utf-8")
    code = (HERE / f"{name}.js").read_text(encoding="utf-8")
    constants = f"const HTML = {json.dumps(html)}\nconst LOOKS = {json.dumps(style)}\n"
    return bare_component(name, js=constants + _ROOT + before + code)


def bare_component(name: str, *, js: str) -> Any:
    """A component without looks, or one that sees to them by itself (root.js).

    When Streamlit sees to them, it draws the component's place, then a root of its own in it, and only then asks for
    what stands there: a frame later on the screen.
    """
    return st.components.v2.component(f"anchor_desk.{name}", js=js, isolate_styles=False)
