"""Change a customer's name, number or notes."""

import streamlit as st

from pages.parts import visit
from pages.parts.conflict import ask_whose, left_as_theirs, meet
from pages.parts.customer_form import draw_fields, shown
from pages.parts.desk import actor, now, reading, transaction
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.kept_list import carry
from pages.parts.told import tell
from pages.parts.words import full_name, plain
from venue import customers
from venue.customers import FIELDS
from venue.errors import Conflict

customer_id = visit.subject()
if visit.remembered("opened") is None:
    with reading(actor()) as session:
        visit.remember("opened", customers.get(session, customer_id))
customer = visit.remembered("opened")
token = visit.form_token("edit")

st.title(f"Edit {plain(full_name(customer))}", anchor=False)
with st.form(f"edit.{token}", width=FORM_WIDTH):
    fields = Fields(token)
    draw_fields(fields, shown(customer))
    with st.container(horizontal=True):
        saved = st.form_submit_button("Save", type="primary")
        cancelled = st.form_submit_button("Cancel", type="tertiary")
# What is typed over; nothing else is touched.
if saved:
    visit.forget("left as theirs")
changed = {
    name: typed for name, typed in fields.items() if typed != shown(customer)[name] and name not in left_as_theirs()
}


def save(version: int) -> None:
    with fields.checked():
        try:
            with transaction(actor()) as session:
                edited = customers.update(session, customer_id, version=version, **changed, now=now())
        except Conflict as conflict:
            visit.remember("meanwhile", made_meanwhile())
            meet(conflict)
        theirs = [FIELDS[name].lower() for name in made_meanwhile() if name not in changed]
        besides = f". Somebody else changed meanwhile: {', '.join(theirs)}" if theirs else ""
        tell(f"{full_name(edited)} is saved{besides}")
        back()


def made_meanwhile() -> dict[str, str]:
    """What somebody else made of this customer since the form was opened."""
    with reading(actor()) as session:
        current = shown(customers.get(session, customer_id))
    return {name: value for name, value in current.items() if value != shown(customer)[name]}


def back() -> None:
    visit.go("customer.py", id=customer_id, **carry())


if cancelled:
    back()
if saved:
    visit.forget("conflict")
    save(customer.version)
chosen = ask_whose(FIELDS, yours=changed, meanwhile=visit.remembered("meanwhile"))
if chosen is not None:
    save(chosen)
