"""Edit a customer's name, number, notes or own fields of the venue."""

from typing import Any

import streamlit as st

from db.models import Customer
from pages.customers import old_address, own_fields
from pages.customers.form import draw_fields, shown
from pages.customers.lookalikes import draw_lookalikes
from pages.customers.return_to_list import carry
from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.parts import dialog, forms, page_state
from pages.parts.conflict import Editing
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import close
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.format import plain
from pages.parts.permissions import need
from venue import acts, customers
from venue import fields as fields_of_venue
from venue.customers.checks import FIELDS
from venue.errors import AlreadyThere, Conflict, Invalid, Lookalike
from venue.roles import Permission
from venue.wording import full_name

# The name in the page state of what someone else saved in the venue's fields, and a conflict has shown.
SEEN = "seen"

need(Permission.CUSTOMERS)
customer_id = old_address.survivor_of_subject()


def read() -> tuple[Customer, own_fields.Opened]:
    with reading(actor()) as session:
        return customers.get(session, customer_id), own_fields.read(session, customer_id)


def read_again() -> dict[str, Any]:
    with reading(actor()) as session:
        return shown(customers.get(session, customer_id)) | opened.again(session, customer_id).typed


customer, opened = forms.opened("edit", read)
with reading(actor()) as session:
    present = fields_of_venue.listed(session)
editing = Editing("edit", FIELDS | opened.labels, was=shown(customer) | opened.typed, read=read_again)
token = forms.token("edit")

st.title(f"Edit {plain(full_name(customer))}", anchor=False)
draft = st.container()
with st.form(f"edit.{token}", width=FORM_WIDTH):
    fields = Fields(token)
    draw_fields(fields, shown(customer))
    own_fields.draw(fields, opened, present)
    with st.container(horizontal=True):
        saved = st.form_submit_button("Save", type="primary")
        cancelled = st.form_submit_button("Cancel", type="tertiary")
keep_draft("edit", draft)
if saved:
    editing.begin_saving()
changed = editing.changed(fields)


def save(version: int) -> None:
    with fields.checked():
        try:
            with transaction(actor()) as session:
                edited = customers.update(
                    session,
                    customer_id,
                    version=version,
                    was={name: getattr(customer, name) for name in FIELDS} | opened.stored | page_state.get(SEEN, {}),
                    save_anyway=page_state.get("anyway") == changed,
                    **own_fields.split(changed),
                    now=now(),
                )
                entry = acts.last_entry(session)
        except Conflict as conflict:
            page_state.set(SEEN, own_fields.seen(conflict))
            editing.meet(own_fields.in_words(conflict, present))
        except Invalid as invalid:
            own_fields.notice_deleted(invalid.problems, present)
            raise
        except AlreadyThere as known:
            dialog.open("lookalikes", (known.people, version))
        toast(f"{full_name(edited)} saved{editing.also_changed(changed)}", undo=entry)
        back()


def ask_about_lookalikes(question: tuple[list[Lookalike], int]) -> None:
    people, version = question
    draw_lookalikes(
        people, {**shown(customer), **changed}, lambda person_id: page_state.go("customers/one.py", id=person_id)
    )
    with st.container(horizontal=True):
        anyway = st.button("Save anyway", key="lookalikes.anyway")
        cancelled = st.button("Cancel", type="tertiary", key="lookalikes.cancel")
    if anyway:
        page_state.set("anyway", changed)
        dialog.answer(version)
    if cancelled:
        close()


def back() -> None:
    forms.finish("edit")
    page_state.go("customers/one.py", id=customer_id, **carry())


if cancelled:
    back()
if saved:
    page_state.delete("anyway")
    page_state.delete(SEEN)
    save(customer.version)
version = dialog.pop_answer("lookalikes")
if version is not None:
    save(version)
version = editing.ask(full_name(customer), yours=changed)
if version is not None:
    save(version)
dialog.draw({"lookalikes": (f"Possible duplicate: {full_name(customer)}", ask_about_lookalikes)})
