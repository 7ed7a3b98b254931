"""Replies: what came in and nobody has dealt with, then all of them."""

import streamlit as st

from pages.parts import text_acts
from pages.parts.desk import actor, now, reading
from pages.parts.device import is_phone
from pages.parts.texts import handled, who
from pages.parts.words import counted, near, number, plain
from venue import message_log
from venue.messages import Kind

ON_A_PAGE = 25
WAITING, ALL = "Waiting", "All"


def draw_replies() -> None:
    chosen = st.segmented_control(
        "Which replies", [WAITING, ALL], default=WAITING, required=True, key="replies", label_visibility="collapsed"
    )
    with reading(actor()) as session:
        found = message_log.listing(
            session,
            kind=Kind.INBOUND,
            waiting=chosen == WAITING,
            page=st.session_state.get("page_of_replies") or 1,
            page_size=ON_A_PAGE,
        )
    if not found.rows:
        words = "No reply waits for an answer." if chosen == WAITING else "Nobody has texted yet."
        st.info(words, icon=":material/inbox:")
        return
    st.caption(counted(found.total, "reply", "replies"))
    with st.grid("auto", min_column_width=340, gap="xsmall"):
        for text in found.rows:
            _draw_reply(text)
    if found.pages > 1:
        st.pagination(found.pages, key="page_of_replies", max_visible_pages=5 if is_phone() else 9)


def _draw_reply(text) -> None:
    with st.container(border=True, gap="xsmall"):
        if text.customer_id:
            st.page_link(
                "customer.py",
                label=f"**{plain(who(text))}**",
                icon=":material/person:",
                query_params={"id": str(text.customer_id)},
                width="stretch",
            )
        else:
            st.markdown(f":material/person_off: **{number(text.mobile_number) or 'A number without a name'}**")
            st.caption("No customer has this number.")
        st.caption(f"{near(text.created_at, now())}" + (f" · {plain(handled(text))}" if text.handled_at else ""))
        st.text(text.body or "(empty)")
        text_acts.draw_acts(text)
