"""A list that is searched while typing: a fragment with Streamlit's own table."""

import streamlit as st

from benchmarks.plain import guests


def first_page() -> None:
    st.session_state["place"] = 0


def turn() -> None:
    st.session_state["place"] += 1


@st.fragment
def listing() -> None:
    words = st.text_input("Search", type="search", live=True, key="q", bind="query-params", on_change=first_page) or ""
    found = guests.search(words)
    place = st.session_state["place"]
    rows = guests.page(found, place)
    st.caption(f"{len(found):,} found, page {place + 1}")
    st.dataframe(rows, hide_index=True)
    st.button("First", on_click=first_page, disabled=not place)
    st.button("Next", on_click=turn, disabled=len(found) <= (place + 1) * guests.PAGE)
    st.page_link("record.py", label="Open the first", query_params={"id": rows.iloc[0]["Mobile number"]})


first_page()
st.title("List", anchor=False)
listing()
