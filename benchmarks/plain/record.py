"""One record and its few fields."""

import streamlit as st

from benchmarks.plain import guests

guest = guests.get(st.query_params["id"])
st.page_link("list.py", label="Back to the list")
st.title(guest["Name"], anchor=False)
for field in ("Mobile number", "Notes", "Added"):
    st.text(f"{field}: {guest[field]}")
