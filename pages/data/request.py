"""One request of a guest: what was asked, by when it must be answered, and what came of it."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.data import requests_shown
from pages.elements.board import Card, Link, Section, address, draw_board
from pages.elements.scroll import back_link
from pages.elements.toast import toast
from pages.parts import confirm, dialog, page_state
from pages.parts.context import actor, now, reading, transaction
from pages.parts.format import plain
from pages.parts.permissions import need
from venue.privacy import requests
from venue.privacy.requests import RequestKind
from venue.roles import Permission
from venue.wording import ERASED, counted

HELP = {
    RequestKind.ACCESS: "Make sure who they are, then send them everything you hold about them. It is free of charge.",
    RequestKind.CORRECTION: "Make sure who they are, then correct the record and tell them.",
    RequestKind.ERASURE: "Make sure who they are, then erase the customer and tell them.",
    RequestKind.COMPLAINT: "Acknowledge it, look into it without delay, and tell them what came of it. Say that they may "
    "also complain to the Information Commissioner: ico.org.uk/make-a-complaint.",
}

need(Permission.REQUESTS)
request_id = page_state.subject()
with reading(actor()) as session:
    request = requests.get(session, request_id)


def details() -> Section:
    facts = {
        "Received": request.received_on,
        "Acknowledge by": request.acknowledge_by,
        "Acknowledged": request.acknowledged_on,
        "Answer by": request.due_on,
        "Paused since": request.paused_on,
        "Answered": request.answered_on,
    }
    said = [(label, requests_shown.day_words(day)) for label, day in facts.items() if day]
    paused = [("Paused for", counted(request.paused_days, "day") + " in all")] if request.paused_days else []
    reach = [("How to reach them", request.contact)] if request.contact else []
    of_customer = Link("Open the customer", address("customer", id=request.customer_id), "person")
    return Section(facts=(*reach, *said, *paused), links=(of_customer,) if request.customer_id else ())


def written() -> Section:
    texts = {"Details": request.details, "Outcome": request.outcome}
    return Section(cards=[Card("", label, words=words) for label, words in texts.items() if words])


def draw_buttons() -> None:
    with st.container(horizontal=True, gap="xsmall"):
        if request.must_acknowledge:
            press("Acknowledged", "mark_email_read", requests.acknowledge, "Marked as acknowledged", type="primary")
        if request.answered_on:
            press("Reopen", "undo", requests.reopen, "Reopened")
        elif st.button("Answered…", icon=":material/done:", type="secondary" if request.must_acknowledge else "primary"):
            dialog.open("answer_request", request_id)
        if request.paused_on:
            press("Resume the clock", "play_circle", requests.resume, "The clock runs again")
        elif request.kind is not RequestKind.COMPLAINT and not request.answered_on:
            press("Pause the clock", "pause_circle", requests.pause, "The clock is paused")
        if st.button("Edit", icon=":material/edit:"):
            dialog.open("edit_request", request_id)


def press(label: str, icon: str, command: Callable[..., None], done: str, **looks: Any) -> None:
    def act() -> None:
        with transaction(actor()) as session:
            command(session, request_id, now=now())
        toast(done)

    st.button(label, icon=f":material/{icon}:", on_click=confirm.acting(act), **looks)


back_link("data/requests.py", "Requests")
st.title(f"{requests_shown.KINDS[request.kind]}: {plain(request.person or ERASED)}", anchor=False)
st.markdown(requests_shown.next_step(request).markdown)
draw_buttons()
draw_board([details(), written()], key=f"request.{request_id}")
if not request.answered_on:
    st.caption(HELP[request.kind])
    if request.kind is not RequestKind.COMPLAINT:
        st.caption("Pause the clock while you wait for something that you need to answer, such as proof of who they are.")
dialog.draw(requests_shown.DIALOGS)
