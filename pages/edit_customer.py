"""Change a customer's name, number or notes."""

import streamlit as st

from pages.parts import visit
from pages.parts.conflict import draw_conflict
from pages.parts.customer_form import draw_fields
from pages.parts.desk import actor, now, reading, transaction
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.told import tell
from pages.parts.words import full_name, number
from venue import customers
from venue.customers import FIELDS
from venue.errors import Conflict

customer_id = visit.subject()
if visit.remembered("opened") is None:
    with reading(actor()) as session:
        visit.remember("opened", customers.get(session, customer_id))
customer = visit.remembered("opened")
token = visit.form_token("edit")

st.title("Edit customer", anchor=False)
with st.form(f"edit.{token}", width=FORM_WIDTH):
    fields = Fields(token)
    draw_fields(
        fields,
        {name: getattr(customer, name) for name in FIELDS} | {"mobile_number": number(customer.mobile_number)},
    )
    with st.container(horizontal=True):
        saved = st.form_submit_button("Save", type="primary")
        cancelled = st.form_submit_button("Cancel", type="tertiary")


def save(version: int) -> None:
    with fields.checked():
        try:
            with transaction(actor()) as session:
                changed = customers.update(session, customer_id, version=version, **fields, now=now())
        except Conflict as conflict:
            visit.remember("conflict", conflict)
            return
        tell(f"{full_name(changed)} is saved")
        back()


def back() -> None:
    visit.go("customer.py", id=customer_id)


if cancelled:
    back()
if saved:
    visit.forget("conflict")
    save(customer.version)
chosen = draw_conflict(FIELDS)
if chosen is not None:
    save(chosen)
