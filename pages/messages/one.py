"""One text and its history."""

import streamlit as st

from pages.elements.scroll import back_link
from pages.messages import actions
from pages.messages.history import draw_story
from pages.messages.proposed import draw_reply_acts
from pages.messages.shown import handled, state_badge, who, why
from pages.parts import dialog, page_state
from pages.parts.context import actor, now, reading, venue
from pages.parts.format import number, plain, tel, when
from pages.parts.permissions import may
from venue.delivery import emails
from venue.messages import labels, log, numbers, upcoming
from venue.messages.channels import Channel
from venue.messages.labels import title
from venue.messages.states import State
from venue.replies import proposals
from venue.roles import Permission
from venue.wording import counted

with reading(actor()) as session:
    story = log.story(session, page_state.subject(), now=now())
    text = story.message
    first = log.story(session, text.again_of_id).message if text.again_of_id else None
    coming = upcoming.get(session, text.id, now=now())
    stopped = numbers.stopped(session, [text.id])
    proposed = proposals.for_replies(session, [text.id], now=now())
    in_bulk = text.campaign_id if labels.waits_its_turn(text) else None
    waits = upcoming.why_bulk_text_waits(session, in_bulk) if in_bulk else ""


def head() -> None:
    back_link("messages/list.py", "Messages")
    st.title(title(text), anchor=False)
    st.markdown(state_badge(text.state).markdown)
    if story.needs_person:
        st.warning(plain(why(text)), icon=":material/call:")
    elif why(text):
        st.markdown(plain(why(text)))
    if text.handled_at:
        st.caption(f":material/check_circle: {plain(handled(text))}")
    with st.container(border=True):
        st.text(text.body or (coming and coming.body) or no_words())
    if coming.row.by_email if coming is not None else text.channel == Channel.EMAIL:
        st.caption(plain(f"The e-mail ends: “{emails.how_to_answer(venue())}”"))
    if coming is not None and not text.body:
        st.caption("Preview. The final wording is set when it is sent.")
    if coming is not None and coming.why_not:
        st.warning(plain(f"Won't be sent: {coming.why_not}"), icon=":material/block:")
    elif coming is not None and coming.paused is not None:
        words = f"Waiting: {coming.paused.what}. {coming.paused.reason}"
        st.warning(plain(words), icon=":material/pause_circle:")
    elif waits and text.state == State.PLANNED:
        st.info(plain(f"Waiting: {waits}"), icon=":material/hourglass_top:")
    draw_buttons()


def no_words() -> str:
    return "No text was written." if text.mobile_number else "Deleted with the customer."


def draw_buttons() -> None:
    draw_reply_acts(text, proposed.get(text.id), stopped)
    if story.needs_person:
        with st.container(horizontal=True, gap="xsmall"):
            if tel(text.mobile_number):
                st.link_button(f"Call {number(text.mobile_number)}", tel(text.mobile_number), icon=":material/call:")
            if may(Permission.TEXTS):
                st.button(
                    "Mark as called",
                    icon=":material/done:",
                    on_click=actions.mark_handled,
                    args=([text.id], "Marked as called"),
                )


def links() -> None:
    if text.customer_id:
        _link("customers/one.py", who(text), "person", text.customer_id)
    if text.customer_id or text.mobile_number:
        _link("messages/conversation.py", "Conversation", "forum", text.customer_id or text.id)
    if text.event_id:
        _link("events/one.py", text.event_name or "", "event", text.event_id)
    if text.campaign_id and may(Permission.BULK):
        _link("campaigns/one.py", "The bulk text", "campaign", text.campaign_id)
    if first is not None:
        _link("messages/one.py", f"Replaces: {title(first)}, {when(first.created_at)}", "undo", first.id)
    for again in story.again:
        _link("messages/one.py", f"Sent again: {when(again.created_at)}", "redo", again.id)


def _link(page: str, label: str, icon: str, subject: object) -> None:
    st.page_link(page, label=plain(label), icon=f":material/{icon}:", query_params={"id": str(subject)})


def resent(times: int) -> str:
    if times <= 1:
        return "The first never reached Twilio" if times else ""
    return f"{times} times: the earlier ones never reached Twilio"


def facts() -> None:
    known = {
        "E-mail": plain(text.email or ""),
        "Subject": plain(text.subject or ""),
        "Number": number(text.mobile_number) or "Deleted with the customer",
        "Due": "" if waits else when(text.due_at),
        "Expires": when(text.useful_until),
        "Length": counted(text.segments, "SMS", "SMS") if text.segments else "",
        "Twilio ID": plain(text.provider_id or "") if text.channel == Channel.TEXT else "",
        "Error code": plain(text.error_code or ""),
        "Resent": resent(text.resends),
    }
    st.table({name: value for name, value in known.items() if value}, border="horizontal")


head()
story_side, facts_side = st.columns([3, 2], gap="medium")
with story_side:
    draw_story(story)
with facts_side:
    links()
    facts()
dialog.draw(actions.DIALOGS)
