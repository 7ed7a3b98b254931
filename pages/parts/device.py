"""What the staff member holds, and what it remembers."""

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
    """Whether the browser says it is a phone's; only ever used for what comes first, never for what is possible."""
    return "Mobi" in st.context.headers.get("User-Agent", "")


def liked(name: str, among: Sequence[str]) -> str | None:
    """What was chosen last on this device: in this session, or by the cookie that came when it began."""
    choice = _liked().get(name) or st.context.cookies.get(f"anchor_{name}")
    return choice if choice in among else None


def like(name: str, choice: str) -> None:
    """Remember a choice on this device; `keep_liked` writes it down."""
    _liked()[name] = choice


def keep_liked() -> None:
    """Drawn below where choices are made."""
    if _liked():
        _write_cookies(key="cookies", data={"liked": _liked()})


def _liked() -> dict[str, str]:
    return st.session_state.setdefault("liked", {})
