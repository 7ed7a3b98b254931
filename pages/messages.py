"""Every text, in and out, and what became of it."""

import streamlit as st

from pages.parts.desk import actor, reading
from pages.parts.device import is_phone
from pages.parts.filters import first_page
from pages.parts.texts import KINDS, STATES, draw_text
from pages.parts.words import counted
from venue import messages

ON_A_PAGE = 25
BY_KIND = {words: kind for kind, words in KINDS.items()}
BY_STATE = {words: state for state, (words, _, _) in STATES.items()}


@st.fragment
def listing() -> None:
    words = st.text_input(
        "Search texts",
        type="search",
        live=True,
        key="text_q",
        bind="query-params",
        on_change=first_page,
        placeholder="Name or number",
    )
    left, right = st.columns(2, wrap=False, gap="xsmall")
    with left:
        state = _choice("State", list(BY_STATE), "state")
    with right:
        kind = _choice("Kind", list(BY_KIND), "kind")
    with reading(actor()) as session:
        found = messages.listing(
            session,
            words=words or "",
            kind=BY_KIND.get(kind or ""),
            state=BY_STATE.get(state or ""),
            page=st.session_state.get("page") or 1,
            page_size=ON_A_PAGE,
        )
    st.caption(counted(found.total, "text"))
    if not found.rows:
        st.info("No texts match." if words or state or kind else "No texts yet.", icon=":material/sms:")
        return
    with st.grid("auto", min_column_width=340, gap="xsmall"):
        for text in found.rows:
            draw_text(text, with_customer=True)
    if found.pages > 1:
        st.pagination(found.pages, key="page", bind="query-params", max_visible_pages=5 if is_phone() else 9)


def _choice(label: str, options: list[str], key: str) -> str | None:
    return st.selectbox(
        label,
        options,
        index=None,
        placeholder=f"Any {label.lower()}",
        label_visibility="collapsed",
        key=key,
        bind="query-params",
        filter_mode=None,
        on_change=first_page,
    )


st.title("Messages", anchor=False)
listing()
