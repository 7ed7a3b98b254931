"""Restores the scroll position of a screen on return. Streamlit shows every screen from the top."""

from pathlib import Path
from uuid import uuid4

import streamlit as st

from pages.elements.component import bare_component

HERE = Path(__file__).parent

_keep_scroll = bare_component("scroll", js=(HERE / "scroll.js").read_text(encoding="utf-8"))


def keep_scroll(screen: str) -> None:
    """Drawn once on every screen, after its content. It gets new data with every run, since Back may show another state
    of the same screen."""
    _keep_scroll(key="scroll", data={"screen": f"{screen}?{st.query_params.get('id', '')}", "run": uuid4().hex})


def back_link(page: str, label: str, /, **address: str) -> None:
    """A link back to a list, at the scroll position where it was left."""
    with st.container(key=f"back_to_{label.lower()}"):
        st.page_link(page, label=label, icon=":material/arrow_back:", query_params=address or None)
