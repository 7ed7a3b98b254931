"""All screens of the empty app."""

import streamlit as st

page = st.navigation(
    [
        st.Page("home.py", title="Home", default=True),
        st.Page("list.py", title="List"),
        st.Page("about.py", title="About"),
        st.Page("record.py", title="Record", visibility="hidden"),
    ],
    position="top",
)
st.set_page_config(page_title=page.title, layout="wide")
page.run()
