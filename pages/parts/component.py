"""Elements of our own that lead to other screens: what Streamlit draws piece by piece is a message for each piece."""

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent
_LINKS = (HERE / "links.js").read_text(encoding="utf-8")


def linking_component(name: str, *, html: str) -> Any:
    """The component whose code and looks are `name`.js and `name`.css beside this.

    Its data is given as a list of one: Streamlit looks into each value of a dictionary for a table.
    """
    return st.components.v2.component(
        f"anchor_desk.{name}",
        html=html,
        css=(HERE / f"{name}.css").read_text(encoding="utf-8"),
        js=_LINKS + (HERE / f"{name}.js").read_text(encoding="utf-8"),
    )
