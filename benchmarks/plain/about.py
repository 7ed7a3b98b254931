"""Another screen with hardly anything on it."""

import streamlit as st

st.title("About", anchor=False)
st.caption("An empty app.")
st.page_link("list.py", label="The list")
