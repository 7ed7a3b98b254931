"""What the staff member holds."""

import streamlit as st


def is_phone() -> bool:
    """Whether the browser says it is a phone's; only ever used for what comes first, never for what is possible."""
    return "Mobi" in st.context.headers.get("User-Agent", "")
