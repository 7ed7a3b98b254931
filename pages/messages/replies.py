"""Replies: the unanswered ones, or all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from pages.messages.proposed import draw_reply_acts
from pages.messages.shown import handled, who
from pages.parts import page_state
from pages.parts.context import actor, now, reading
from pages.parts.device import is_phone
from pages.parts.format import near, number, plain
from venue.errors import NotFound
from venue.messages import log, numbers
from venue.messages.filters import MessageFilter
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
    page = st.session_state.get("page_of_replies") or 1
    place = f"replies {chosen} {page}"
    with reading(actor()) as session:
        found = log.listing(
            session, MessageFilter(kind=Kind.INBOUND, waiting=chosen == UNANSWERED), page=page, page_size=ON_A_PAGE
        )
        shown = _in_their_places(session, found.rows, place=place)
    if not shown:
        words = (
            "No unanswered replies."
            if chosen == UNANSWERED
            else "No replies yet. What guests text back is listed here."
        )
        st.info(words, icon=":material/inbox:")
        return
    count = counted(found.total, "reply", "replies") if found.total else "No unanswered replies."
    came = sum(each.is_new and not each.done for each in shown.values())
    st.caption(f"{count} · :violet-badge[{came} new, at the end]" if came else count)
    with st.grid("auto", min_column_width=340, gap="xsmall"):
        for each in shown.values():
            _draw_reply(each)
    if found.pages > 1:
        st.pagination(found.pages, key="page_of_replies", max_visible_pages=5 if is_phone() else 9)


@dataclass(frozen=True)
class _Shown:
    """A reply as it is drawn. `done` is who dealt with it since it was first shown here; empty if it still waits."""

    text: MessageRow
    stopped: Mapping[UUID, str | None]
    proposal: Proposal | None
    done: str = ""
    # Whether it came in since the screen was opened. It is last, as the others keep their places.
    is_new: bool = False


def _in_their_places(session: Session, texts: Sequence[MessageRow], *, place: str) -> dict[UUID, _Shown]:
    """These replies, by id. Those that were shown before stay where they were until the screen is left, also once they
    are dealt with: the second tap of two would land on the button of another guest that took the place of the first."""
    ids = [text.id for text in texts]
    stopped = numbers.stopped(session, ids)
    proposed = proposals.for_replies(session, ids, now=now())
    present = {text.id: _Shown(text, stopped, proposed.get(text.id)) for text in texts}
    before: dict[UUID, _Shown] = page_state.get(place, {})
    kept = {
        message_id: replace(present[message_id], is_new=shown.is_new)
        if message_id in present
        else replace(shown, done=_done(session, message_id))
        for message_id, shown in before.items()
    }
    came = {each: replace(present[each], is_new=bool(before)) for each in ids if each not in before}
    shown = {**kept, **came}
    page_state.set(place, shown)
    return shown


def _done(session: Session, message_id: UUID) -> str:
    """Who dealt with a reply, and when; empty if it waits, on another page by now."""
    try:
        return handled(log.story(session, message_id).message)
    except NotFound:
        return "Deleted"


def _draw_reply(shown: _Shown) -> None:
    text = shown.text
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
        new = "New" if shown.is_new and not shown.done else ""
        about = " · ".join(filter(None, (new, near(text.created_at, now()), plain(shown.done or handled(text)))))
        st.caption(about)
        st.text(text.body or "(empty)")
        _draw_stopped(text, shown.stopped)
        draw_reply_acts(text, shown.proposal, shown.stopped, done=bool(shown.done))
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
