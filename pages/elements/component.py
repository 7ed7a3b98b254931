"""Our own elements. Streamlit sends a message for each of its elements; one of these replaces many."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent
# For one whose content changes while it is shown.
PRESS = HERE / "press.js"
_LINKS = (HERE / "links.js").read_text(encoding="utf-8")
_ROOT = (HERE / "root.js").read_text(encoding="utf-8")


def linking_component(code: Path, *, html: str, looks: Path | None = None, parts: Sequence[Path] = ()) -> Any:
    """A component with links to other screens: its JavaScript file, the initial `html`, and the CSS file beside it of
    the same name, unless `looks` names another. `parts` are files with more of its JavaScript.

    Its data is given as a list of one: Streamlit looks into each value of a dictionary for a table.
    """
    before = "".join([_LINKS, *(part.read_text(encoding="utf-8") for part in parts)])
    return styled_component(code, html=html, before=before, looks=looks)


def styled_component(code: Path, *, html: str, before: str = "", looks: Path | None = None) -> Any:
    """A component with its own styles: its JavaScript file, the initial `html`, and its CSS file as above."""
    style = (looks or code.with_suffix(".css")).read_text(encoding="utf-8")
    constants = f"const HTML = {json.dumps(html)}\nconst LOOKS = {json.dumps(style)}\n"
    return bare_component(code.stem, js=constants + _ROOT + before + code.read_text(encoding="utf-8"))


def said(key: str, event: str) -> Any:
    """What the element with this key says in an event: for the function that is called with it.

    Someone may press it and go on to another screen at once. Streamlit then drops what it keeps of the elements of the
    first screen before it calls the function, and would find nothing under the key, not even the event.
    """
    if key not in st.session_state:
        st.session_state[key] = {}
    return st.session_state[key][event]


def bare_component(name: str, *, js: str) -> Any:
    """A component without styles, or one that adds its own (root.js).

    If Streamlit isolated the styles, the content would appear one frame later.
    """
    return st.components.v2.component(f"anchor_desk.{name}", js=js, isolate_styles=False)
