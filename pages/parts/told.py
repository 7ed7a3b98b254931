"""Confirmations, which survive a change of screen."""

import streamlit as st

from pages.parts.words import plain


def tell(words: str) -> None:
    """Say this on whatever is drawn next."""
    st.session_state.setdefault("told", []).append(words)


def show_told() -> None:
    for words in st.session_state.pop("told", []):
        st.toast(plain(words), icon=":material/check_circle:")
