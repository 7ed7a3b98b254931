"""The device: whether it is a phone, and choices that it remembers."""

from collections.abc import Sequence

import streamlit as st

from pages.elements.component import bare_component

_write_cookies = bare_component(
    "cookies",
    js="""
export default function ({ data }) {
  for (const [name, value] of Object.entries(data.liked)) {
    document.cookie = `anchor_${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; SameSite=Lax`
  }
}
""",
)


def is_phone() -> bool:
    """Whether the browser says it is a phone. Changes the layout only, never what staff can do."""
    return "Mobi" in st.context.headers.get("User-Agent", "")


def liked(name: str, among: Sequence[str]) -> str | None:
    """The last choice on this device, from this session or from its cookie."""
    choice = _liked().get(name) or st.context.cookies.get(f"anchor_{name}")
    return choice if choice in among else None


def like(name: str, choice: str) -> None:
    """Remember a choice on this device; `keep_liked` writes the cookie."""
    _liked()[name] = choice


def keep_liked() -> None:
    """Write the cookies. Drawn after everything that calls `like`."""
    if _liked():
        _write_cookies(key="cookies", data={"liked": _liked()})


def _liked() -> dict[str, str]:
    choices: dict[str, str] = st.session_state.setdefault("liked", {})
    return choices
