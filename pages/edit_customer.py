"""Change a customer's name, number or notes."""

import streamlit as st

from pages.parts import visit
from pages.parts.conflict import also_changed, ask_whose, begin_saving, changed_since, meet, typed_over
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
was = {name: getattr(customer, name) for name in FIELDS}
token = visit.form_token("edit")

st.title(f"Edit {plain(full_name(customer))}", anchor=False)
with st.form(f"edit.{token}", width=FORM_WIDTH):
    fields = Fields(token)
    draw_fields(fields, shown(customer))
    with st.container(horizontal=True):
        saved = st.form_submit_button("Save", type="primary")
        cancelled = st.form_submit_button("Cancel", type="tertiary")
if saved:
    begin_saving()
changed = typed_over(fields, shown(customer))


def save(version: int) -> None:
    with fields.checked():
        try:
            with transaction(actor()) as session:
                edited = customers.update(session, customer_id, version=version, was=was, **changed, now=now())
        except Conflict as conflict:
            visit.remember("theirs", changed_by_others())
            meet(conflict)
        tell(f"{full_name(edited)} is saved{also_changed(FIELDS, changed_by_others(), changed)}")
        back()


def changed_by_others() -> dict[str, str]:
    with reading(actor()) as session:
        return changed_since(shown(customer), shown(customers.get(session, customer_id)))


def back() -> None:
    visit.go("customer.py", id=customer_id, **carry())


if cancelled:
    back()
if saved:
    save(customer.version)
chosen = ask_whose(FIELDS, yours=changed, theirs=visit.remembered("theirs"))
if chosen is not None:
    save(chosen)
