"""Replies: the unanswered ones, or all of them."""

from collections.abc import Mapping
from uuid import UUID

import streamlit as st

from pages.messages.proposed import draw_reply_acts
from pages.messages.shown import handled, who
from pages.parts.context import actor, now, reading
from pages.parts.device import is_phone
from pages.parts.format import near, number, plain
from venue.messages import log, numbers
from venue.messages.outbox import Kind
from venue.messages.rows import MessageRow
from venue.replies import proposals
from venue.replies.proposal import Proposal
from venue.wording import counted

ON_A_PAGE = 25
UNANSWERED, ALL = "Unanswered", "All"


def draw_replies() -> None:
    chosen = st.segmented_control(
        "Which replies",
        [UNANSWERED, ALL],
        default=UNANSWERED,
        required=True,
        key="replies",
        label_visibility="collapsed",
    )
    with reading(actor()) as session:
        found = log.listing(
            session,
            kind=Kind.INBOUND,
            waiting=chosen == UNANSWERED,
            page=st.session_state.get("page_of_replies") or 1,
            page_size=ON_A_PAGE,
        )
        ids = [text.id for text in found.rows]
        stopped = numbers.stopped(session, ids)
        proposed = proposals.for_replies(session, ids, now=now())
    if not found.rows:
        words = "No unanswered replies." if chosen == UNANSWERED else "No replies yet."
        st.info(words, icon=":material/inbox:")
        return
    st.caption(counted(found.total, "reply", "replies"))
    with st.grid("auto", min_column_width=340, gap="xsmall"):
        for text in found.rows:
            _draw_reply(text, stopped, proposed.get(text.id))
    if found.pages > 1:
        st.pagination(found.pages, key="page_of_replies", max_visible_pages=5 if is_phone() else 9)


def _draw_reply(text: MessageRow, stopped: Mapping[UUID, str | None], proposal: Proposal | None) -> None:
    with st.container(border=True, gap="xsmall"):
        if text.customer_id:
            st.page_link(
                "customers/one.py",
                label=f"**{plain(who(text))}**",
                icon=":material/person:",
                query_params={"id": str(text.customer_id)},
                width="stretch",
            )
        else:
            st.markdown(f":material/person_off: **{number(text.mobile_number) or 'Deleted customer'}**")
            if text.mobile_number:
                st.caption("No customer has this number.")
        st.caption(f"{near(text.created_at, now())}" + (f" · {plain(handled(text))}" if text.handled_at else ""))
        st.text(text.body or "(empty)")
        _draw_stopped(text, stopped)
        draw_reply_acts(text, proposal, stopped)
        if text.mobile_number:
            st.page_link(
                "messages/conversation.py",
                label="Conversation",
                icon=":material/forum:",
                query_params={"id": str(text.customer_id or text.id)},
            )


def _draw_stopped(text: MessageRow, stopped: Mapping[UUID, str | None]) -> None:
    if text.id in stopped:
        by_staff = stopped[text.id] is not None
        st.caption(
            "Texts to this number were stopped by staff." if by_staff else "They texted STOP, so they get no texts."
        )
