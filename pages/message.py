"""One text's whole story."""

import streamlit as st

from pages.parts import visit
from pages.parts.desk import actor, reading
from pages.parts.texts import TO_DO, kind_words, state_badge
from pages.parts.words import counted, full_name, number, plain, when
from venue import messages
from venue.messages import State

with reading(actor()) as session:
    story = messages.story(session, visit.subject())
text = story.message


def head() -> None:
    st.page_link("messages.py", label="Messages", icon=":material/arrow_back:")
    st.title(kind_words(text.kind), anchor=False)
    st.markdown(f"{state_badge(text.state)} {plain(text.reason)}")
    if State(text.state) in TO_DO:
        st.warning(TO_DO[State(text.state)], icon=":material/call:")
    with st.container(border=True):
        st.text(text.body or "The words are made at the moment of sending, from what is true then.")
    if text.customer_id:
        st.page_link(
            "customer.py",
            label=plain(full_name(text)),
            icon=":material/person:",
            query_params={"id": str(text.customer_id)},
        )
    if text.event_id:
        st.page_link(
            "event.py", label=plain(text.event_name), icon=":material/event:", query_params={"id": str(text.event_id)}
        )


def facts() -> None:
    known = {
        "Number": number(text.mobile_number) or "forgotten with the customer",
        "Made": when(text.created_at),
        "Due": when(text.due_at),
        "Of use until": when(text.useful_until),
        "Sent": when(text.sent_at),
        "Settled": when(text.final_at),
        "Length": f"{counted(text.segments, 'segment')}, {text.encoding}" if text.segments else "",
        "Provider's number": plain(text.provider_id or ""),
        "Error code": plain(text.error_code or ""),
        "Sent once more": "Yes: the provider never had the first" if text.resent else "",
    }
    st.table({name: value for name, value in known.items() if value}, border="horizontal")


def attempts() -> None:
    st.subheader("Attempts", anchor=False)
    if not story.attempts:
        st.caption("Nobody has tried to send it yet.")
    for attempt in story.attempts:
        ended = f" to {attempt.ended_at:%H:%M:%S} UTC" if attempt.ended_at else ", not ended"
        outcome = plain(attempt.outcome or "nobody knows")
        st.markdown(f"**{attempt.fence}.** {when(attempt.started_at)}{ended}: {outcome} {plain(attempt.detail)}")


head()
facts()
attempts()
