"""Scrolls to what needs an answer: a form or dialog is often longer than the screen."""

import streamlit as st

from pages.elements.component import bare_component

_scroll = bare_component(
    "in_view",
    js="""
export default function ({ data, parentElement }) {
  if (parentElement.shownFor === data.shownFor) return // A later run does not scroll again.
  parentElement.shownFor = data.shownFor
  requestAnimationFrame(() => parentElement.scrollIntoView({ block: "center" }))
}
""",
)


def bring_into_view(name: str, *, once_for: str) -> None:
    """Drawn just above what should be in view; scrolls there again only when `once_for` changes."""
    with st.container(gap=None):
        _scroll(key=f"in_view.{name}", data={"shownFor": once_for})
