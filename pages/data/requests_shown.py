"""Requests of guests as staff read them, and the dialogs to add and edit one."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import streamlit as st

from pages.elements.board import Act, Badge, Card, Section, address
from pages.elements.calendar import read_day
from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.parts import dialog, forms
from pages.parts.conflict import Editing
from pages.parts.context import actor, now, reading, transaction, venue
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import number
from pages.parts.permissions import if_may, may
from venue import clock, customers
from venue.errors import Conflict, Invalid
from venue.privacy import requests
from venue.privacy.requests import FIELDS, RequestKind, RequestRow
from venue.roles import Permission
from venue.wording import full_name

KINDS = {
    RequestKind.ACCESS: "Access",
    RequestKind.CORRECTION: "Correction",
    RequestKind.ERASURE: "Erasure",
    RequestKind.COMPLAINT: "Complaint",
}
ASKED = {
    RequestKind.ACCESS.value: "What do you hold about me?",
    RequestKind.CORRECTION.value: "Something about me is wrong",
    RequestKind.ERASURE.value: "Delete what you hold about me",
    RequestKind.COMPLAINT.value: "A complaint about how you use my data",
}
EDITED = ("person", "contact", "details", "received_on")


def today() -> date:
    return clock.today(now(), venue().zone)


def day_words(day: date) -> str:
    """Like "Mon 4 January 2027"."""
    return f"{day:%a %-d %B %Y}"


def next_step(request: RequestRow) -> Badge:
    """What must be done next, and by when. Red once the day is past, orange within a week of it."""
    if request.answered_on:
        return Badge("green", f"Answered {day_words(request.answered_on)}")
    if request.next_on is None and request.paused_on:
        return Badge("blue", f"Paused since {day_words(request.paused_on)}")
    by = request.next_on or request.due_on
    colour = "red" if by < today() else "orange" if by <= today() + timedelta(days=7) else "gray"
    overdue = "Overdue: " if by < today() else ""
    step = "acknowledge" if request.must_acknowledge else "answer"
    words = f"{overdue}{step} by {day_words(by)}"
    return Badge(colour, words[0].upper() + words[1:])


# On the customer's page


def section_of_customer(customer_id: UUID) -> Section:
    """The requests of a customer, for those who answer them, and a button to add one."""
    rows: Sequence[RequestRow] = ()
    if may(Permission.REQUESTS):
        with reading(actor()) as session:
            rows = requests.for_customer(session, customer_id)
    cards = [Card(address("request", id=row.id), KINDS[row.kind], badge=next_step(row)) for row in rows]
    add_card = Card("", "Access, correction, erasure, complaints", ways=(Act("Add request", "request", str(customer_id)),))
    return Section("Requests about data", [*cards, *if_may(Permission.CUSTOMERS, add_card)], empty="No requests.")


# Dialogs


def add(customer_id: UUID | None) -> None:
    """What was asked, by whom and when. With a customer, it is about their record."""
    person, contact = _named(customer_id)
    draft = st.container()
    fields = Fields(forms.token("request"))
    fields.radio("kind", "What they ask", list(ASKED), format_func=lambda kind: ASKED[kind])
    _draw_fields(fields, {"person": person, "contact": contact, "details": "", "received_on": today()})
    keep_draft("request", draft)
    if save_or_cancel():
        with fields.checked():
            with transaction(actor()) as session:
                added = requests.add(
                    session,
                    kind=fields["kind"],
                    **_typed(fields),
                    customer_id=customer_id,
                    form_token=forms.token("request"),
                    now=now(),
                )
                by = added.acknowledge_by or added.due_on
            done(f"Request added. {'Acknowledge' if added.acknowledge_by else 'Answer'} it by {day_words(by)}")


def edit(request_id: UUID) -> None:
    request = forms.opened("edit_request", lambda: _request(request_id))
    editing = Editing("edit_request", FIELDS, was=_stored(request), read=lambda: _stored(_request(request_id)))
    question = st.container()
    draft = st.container()
    fields = Fields(forms.token("edit_request"))
    _draw_fields(fields, _stored(request))
    keep_draft("edit_request", draft)
    if save_or_cancel():
        editing.begin_saving()
        _change(fields, editing, request, request.version)
    with question:
        version = editing.draw(yours=editing.changed(_typed_or_stored(fields, request)))
    if version is not None:
        _change(fields, editing, request, version)


def answer(request_id: UUID) -> None:
    request = forms.opened("answer_request", lambda: _request(request_id))
    st.markdown("The guest was answered. What came of it?")
    draft = st.container()
    fields = Fields(forms.token("answer_request"))
    fields.long_text("outcome", "Outcome", request.outcome)
    keep_draft("answer_request", draft)
    if save_or_cancel():
        with fields.checked():
            with transaction(actor()) as session:
                requests.answer(session, request_id, outcome=fields["outcome"], now=now())
            done("Marked as answered")


def done(words: str) -> None:
    dialog.close()
    toast(words)
    st.rerun()


def _change(fields: Fields, editing: Editing, request: RequestRow, version: int) -> None:
    with fields.checked():
        changed = editing.changed(_typed(fields))
        try:
            with transaction(actor()) as session:
                requests.update(session, request.id, version=version, was=_stored(request), now=now(), **changed)
        except Conflict as conflict:
            editing.meet(conflict)
        done("Saved" + editing.also_changed(changed))


def _draw_fields(fields: Fields, values: dict[str, Any]) -> None:
    fields.text("person", FIELDS["person"], values["person"])
    fields.text("contact", FIELDS["contact"], values["contact"], placeholder="Phone, e-mail or address")
    fields.day("received_on", FIELDS["received_on"], values["received_on"])
    fields.long_text("details", FIELDS["details"], values["details"])


def _typed(fields: Fields) -> dict[str, Any]:
    """The fields as the rules take them. Raises Invalid for an unreadable day."""
    try:
        received_on = read_day(fields["received_on"])
    except ValueError as problem:
        raise Invalid(received_on=str(problem)) from problem
    return {name: fields[name] for name in EDITED} | {"received_on": received_on}


def _typed_or_stored(fields: Fields, request: RequestRow) -> dict[str, Any]:
    try:
        return _typed(fields)
    except Invalid:
        return {**_stored(request), **{name: fields[name] for name in EDITED if name != "received_on"}}


def _stored(request: RequestRow) -> dict[str, Any]:
    return {name: getattr(request, name) for name in EDITED}


def _request(request_id: UUID) -> RequestRow:
    with reading(actor()) as session:
        return requests.get(session, request_id)


def _named(customer_id: UUID | None) -> tuple[str, str]:
    if customer_id is None:
        return "", ""
    with reading(actor()) as session:
        customer = customers.row(session, customer_id)
    return full_name(customer), number(customer.mobile_number)


ADD: dict[str, tuple[Any, Any]] = {"request": ("Add request", add)}
DIALOGS: dict[str, tuple[Any, Any]] = {
    "edit_request": ("Edit request", edit),
    "answer_request": ("Answer request", answer),
}
