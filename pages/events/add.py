"""Add an event, or duplicate one for another date."""

import streamlit as st

from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.events.form import about, ask_about_past, draw_about, is_past, refuse_all_at_once, start_of
from pages.parts import dialog, forms, page_state
from pages.parts.context import actor, now, reading, transaction
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.permissions import need
from venue import events
from venue.roles import Permission

need(Permission.EVENTS)
again = "id" in st.query_params
original = None
if again:
    with reading(actor()) as session:
        original = events.get(session, page_state.subject())
token = forms.token("event")

st.title("Duplicate event" if again else "New event", anchor=False)
if again:
    st.caption("A new event with the same details and no bookings. Pick a new date. No texts are sent.")
draft = st.container()
with st.form(f"event.{token}", width=FORM_WIDTH):
    fields = Fields(token)
    draw_about(fields, original)
    with st.container(horizontal=True):
        saved = st.form_submit_button("Save", type="primary")
        cancelled = st.form_submit_button("Cancel", type="tertiary")
keep_draft("event", draft)


def save(*, even_in_the_past: bool = False) -> None:
    with fields.checked():
        refuse_all_at_once(fields)
        start = start_of(fields)
        if not even_in_the_past and is_past(start.instant):
            dialog.open("past", start.instant)
        with transaction(actor()) as session:
            event = events.add(session, **about(fields), starts_at=start.instant, now=now(), form_token=token)
        toast(f"{event.name} added")
        if start.note:
            toast(start.note)
        forms.finish("event")
        page_state.go("events/one.py", id=event.id)


if cancelled:
    forms.finish("event")
    page_state.go("events/list.py")
if saved:
    save()
if dialog.pop_answer("past"):
    save(even_in_the_past=True)
dialog.draw({"past": (f"This date is in the past: {fields['name']}", ask_about_past)})
