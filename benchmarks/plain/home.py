"""A first screen with hardly anything on it."""

import streamlit as st

st.title("Home", anchor=False)
st.caption("Nothing is on today.")
st.page_link("list.py", label="Find a guest")
