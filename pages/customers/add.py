"""Add a customer."""

from typing import Any, NoReturn
from uuid import UUID

import streamlit as st

from pages.customers import own_fields
from pages.customers.form import draw_fields, start_with, tidy_names
from pages.customers.lookalikes import draw_lookalikes
from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.events import walk_in
from pages.parts import dialog, forms, page_state
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import close_button
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.format import plain, when
from pages.parts.permissions import may, need
from venue import customers, events, households
from venue.errors import AlreadyThere, Invalid, Lookalike
from venue.roles import Permission
from venue.wording import full_name, typed_name

need(Permission.CUSTOMERS)
st.title("Add customer", anchor=False)
token = forms.token("customer")
# The event that they are booked on next, when they are added from an event.
event_id = page_state.subject("event") if "event" in st.query_params else None
if event_id:
    with reading(actor()) as session:
        event = events.row(session, event_id)
    st.markdown(f"For a booking on **{plain(event.name)}**, {when(event.starts_at)}")

with reading(actor()) as session:
    own = own_fields.read(session)
opened = forms.opened("customer", lambda: own)
draft = st.container()
with st.form(f"customer.{token}", width=FORM_WIDTH):
    fields = Fields(token)
    draw_fields(fields, start_with(st.query_params.get("typed", "")))
    own_fields.draw(fields, opened, own.fields)
    with st.container(horizontal=True):
        saved = st.form_submit_button("Save", type="primary")
        then_book = not event_id and may(Permission.BOOKINGS) and st.form_submit_button("Save and book")
        then_another = not event_id and st.form_submit_button("Save and add another")
        cancelled = st.form_submit_button("Cancel", type="tertiary")
keep_draft("customer", draft)


def save(values: dict[str, Any], *, anyway: bool = False, living_with: UUID | None = None) -> None:
    with fields.checked():
        try:
            with transaction(actor()) as session:
                customer = customers.add(
                    session, **own_fields.split(values), now=now(), add_anyway=anyway, form_token=token
                )
                if living_with:
                    households.join(session, [customer.id, living_with], now=now())
        except AlreadyThere as known:
            ask("who", known.people, values)
        toast(f"{full_name(customer)} added")
        forms.finish("customer")
        if page_state.get("then") == "another":
            start_again()
        go_on(customer.id)


def go_on(customer_id: UUID) -> NoReturn:
    """Open the booking, or the walk-in, that the customer was added for, or their own screen."""
    if event_id and "walk_in" in st.query_params:
        page_state.go("events/door_list.py", (walk_in.SEATS, (event_id, customer_id)), id=event_id)
    if event_id:
        page_state.go("events/one.py", ("book", (event_id, customer_id)), id=event_id)
    page_state.go("customers/one.py", ("book", None) if page_state.get("then") == "book" else None, id=customer_id)


def start_again() -> NoReturn:
    dialog.close()
    page_state.go("customers/add.py")


def ask(question: str, about: object, values: dict[str, str]) -> NoReturn:
    """Ask in a dialog over the form, which keeps what was typed."""
    dialog.open(question, (about, values))


def save_or_ask_about_capitals() -> None:
    typed = own_fields.filled(fields)
    with fields.checked():
        try:
            with reading(actor()) as session:
                customers.checked_with_own(session, **own_fields.split(typed))
        except Invalid as invalid:
            own_fields.notice_deleted(invalid.problems, own.fields)
            raise
        tidy = tidy_names(fields["first_name"], fields["last_name"])
        if tidy:
            ask("written", {**typed, **tidy}, typed)
        save(typed)


def ask_about_capitals(question: tuple[dict[str, str], dict[str, str]]) -> None:
    tidy, values = question
    with st.container(horizontal=True):
        if st.button(plain(f"Save as ‘{typed_name(tidy)}’"), type="primary", key="written.usual"):
            save(tidy)
        if st.button("Keep as typed", key="written.typed"):
            save(values)
        close_button("Cancel")


def ask_about_duplicates(question: tuple[list[Lookalike], dict[str, str]]) -> None:
    """The customers with this name or number, to open one of them or add anyway."""
    people, values = question
    draw_lookalikes(people, values, go_on, lambda person_id: save(values, anyway=True, living_with=person_id))
    with st.container(horizontal=True):
        if st.button("Add anyway"):
            save(values, anyway=True)
        close_button("Cancel")


def _typed_name(question: tuple[object, dict[str, str]]) -> str:
    _, values = question
    return typed_name(values)


if cancelled:
    forms.finish("customer")
if cancelled and event_id:
    page_state.go(f"events/{'door_list' if 'walk_in' in st.query_params else 'one'}.py", id=event_id)
if cancelled:
    page_state.go("customers/list.py")
if saved or then_book or then_another:
    page_state.set("then", "book" if then_book else "another" if then_another else "")
    save_or_ask_about_capitals()
dialog.draw(
    {
        "written": (lambda question: f"Check the capitals: {_typed_name(question)}", ask_about_capitals),
        "who": (lambda question: f"Possible duplicate: {_typed_name(question)}", ask_about_duplicates),
    }
)
