"""QR codes, drawn on this server: what they hold is sent to no other."""

import segno
import streamlit as st


def draw_qr_code(words: str, alt: str) -> None:
    """Black on white, whatever the theme is: cameras need the contrast. `alt` is read out instead of the picture."""
    code = segno.make(words, micro=False).svg_inline(scale=5, border=4, dark="#000", light="#fff")
    st.image(code, alt=alt)
