"""One conversation: every text to and from a customer, or a number that is no customer's, and the answer to it."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import streamlit as st

from pages.elements.drafts import keep_draft
from pages.elements.scroll import back_link
from pages.elements.toast import toast
from pages.messages import actions
from pages.messages.proposed import OF_THE_NUMBER, draw_proposal
from pages.messages.shown import moment_in_short, state_badge
from pages.parts import dialog, forms, page_state
from pages.parts.context import actor, now, reading, transaction
from pages.parts.device import is_phone
from pages.parts.fields import Fields
from pages.parts.format import near_in_short, number, plain
from pages.parts.permissions import may
from venue.messages import numbers
from venue.messages.labels import title
from venue.messages.rows import MessageRow
from venue.replies import conversations, proposals
from venue.roles import Permission

REPLIES_SEEN = "replies seen"  # In the page state.

subject_id = page_state.subject()
shown = page_state.get("texts_shown", conversations.ON_A_PAGE)
with reading(actor()) as session:
    conversation = conversations.read(session, subject_id, limit=shown)
    proposed = proposals.for_replies(session, conversation.waiting, now=now())
    stopped = numbers.stopped(session, [text.id for text in conversation.texts])
    known = numbers.details(session, conversation.customer_id) if conversation.customer_id else None
cannot_text = known.cannot_text if known else "They get no texts" if set(conversation.waiting) & set(stopped) else ""


def head() -> None:
    if conversation.customer_id:
        st.page_link(
            "customers/one.py",
            label=plain(conversation.name),
            icon=":material/arrow_back:",
            query_params={"id": str(conversation.customer_id)},
        )
    else:
        back_link("messages/list.py", "Messages")
    st.title(plain(conversation.name or number(conversation.mobile_number) or "Deleted customer"), anchor=False)
    if conversation.customer_id is None:
        st.caption("No customer has this number.")


def show_earlier() -> None:
    page_state.set("texts_shown", shown + 2 * conversations.ON_A_PAGE)


def draw_text(text: MessageRow) -> None:
    """Theirs on the left, ours on the right."""
    side: Literal["left", "right"] = "left" if text.direction == "in" else "right"
    width = 300 if is_phone() else 460
    with st.container(horizontal_alignment=side), st.container(border=True, width=width, gap="xxsmall"):
        st.text(text.body or "(not written yet)")
        st.caption(about(text))
        if text.id in proposed and not (text.id in stopped and proposed[text.id].meaning in OF_THE_NUMBER):
            draw_proposal(proposed[text.id], text.mobile_number)
        if text.id in conversation.waiting and may(Permission.TEXTS):
            no_reply_needed(text.id)


def about(text: MessageRow) -> str:
    """What it is, when, and for ours its state."""
    if text.direction == "in":
        return plain(f"Reply · {near_in_short(text.created_at, now())}")
    return f"{plain(f'{title(text)} · {moment_in_short(text)}')} {state_badge(text.state).markdown}"


def no_reply_needed(text_id: UUID) -> None:
    st.button(
        "No reply needed",
        key=f"no_reply.{text_id}",
        icon=":material/done:",
        on_click=actions.mark_handled,
        args=([text_id], "Marked as done"),
    )


def draw_answer() -> None:
    if cannot_text:
        st.warning(plain(f"{cannot_text.removesuffix('.')}. Call instead."), icon=":material/phone_disabled:")
        return
    token = forms.token("conversation")
    draft = st.container()
    with st.form(f"conversation.{token}", border=False):
        fields = Fields(token)
        fields.long_text("body", "Answer" if conversation.waiting else "Message")
        sent = st.form_submit_button("Send", type="primary", icon=":material/send:")
    keep_draft("conversation", draft)
    if sent:
        send(fields)


def send(fields: Fields) -> None:
    with fields.checked():
        with transaction(actor()) as session:
            conversations.answer(
                session,
                subject_id,
                body=fields["body"],
                answered=seen(conversation.waiting),
                were_waiting=page_state.get(REPLIES_SEEN, ()),
                form_token=fields.form,
                now=now(),
            )
        forms.finish("conversation")
        toast("Text queued")
        st.rerun()


def seen(replies: Sequence[UUID]) -> list[UUID]:
    """Those of these replies that were on the screen when Send was pressed. A later one stays unanswered."""
    return [text_id for text_id in replies if text_id in page_state.get(REPLIES_SEEN, ())]


head()
if conversation.earlier:
    st.button("Earlier texts", icon=":material/expand_less:", on_click=show_earlier)
for each in conversation.texts:
    draw_text(each)
if not conversation.texts:
    st.info("No texts yet.", icon=":material/sms:")
if may(Permission.TEXTS):
    draw_answer()
page_state.set(REPLIES_SEEN, conversation.waiting)
dialog.draw(actions.DIALOGS)
