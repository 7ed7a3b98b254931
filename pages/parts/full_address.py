"""Addresses of pages, in full, for other devices."""

from urllib.parse import urlsplit

import streamlit as st

import settings


def full_address(path: str) -> str:
    """The address of a page as others reach it: below PUBLIC_URL, or else below the address of this browser."""
    here = urlsplit(st.context.url or "http://localhost:8501")
    base = settings.load().public_url or f"{here.scheme}://{here.netloc}"
    return f"{base.rstrip('/')}/{path}"
