"""Add a customer."""

import streamlit as st

from pages.parts import visit
from pages.parts.customer_form import draw_fields, start_with
from pages.parts.desk import actor, now, transaction
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.told import tell
from pages.parts.words import number, plain
from venue import customers
from venue.errors import AlreadyThere

st.title("Add customer", anchor=False)
token = visit.form_token("customer")
typed = st.query_params.get("typed", "")

with st.form(f"customer.{token}", width=FORM_WIDTH):
    fields = Fields(token)
    draw_fields(fields, start_with(typed))
    with st.container(horizontal=True):
        saved = st.form_submit_button("Save", type="primary")
        saved_and_another = st.form_submit_button("Save and add another")
        cancelled = st.form_submit_button("Cancel", type="tertiary")


def save(*, another: bool, anyway: bool = False) -> None:
    visit.remember("another", another)
    with fields.checked():
        try:
            with transaction(actor()) as session:
                customer = customers.add(session, **fields, now=now(), add_anyway=anyway, form_token=token)
        except AlreadyThere as known:
            visit.remember("already_there", (dict(fields), known.people))
            return
        tell(f"{customer.name} is added")
        if another:
            visit.new_form("customer")
            visit.forget("already_there")
            visit.go("add_customer.py")
        visit.go("customer.py", id=customer.id)


def ask_about(people) -> None:
    """Who is there already, and the choice between opening them and adding anyway."""
    with st.container(border=True):
        st.subheader("Somebody like this is already there", anchor=False)
        for person in people:
            same = " and ".join(
                word for word, is_same in (("name", person.same_name), ("number", person.same_number)) if is_same
            )
            st.markdown(
                f"**{plain(person.name)}**, {number(person.mobile_number)}  \nSame {same}. {plain(person.last_booking)}"
            )
            if st.button("Open", key=f"open.{person.id}", icon=":material/person:"):
                visit.go("customer.py", id=person.id)
        if st.button("Add anyway", type="primary"):
            save(another=visit.remembered("another", False), anyway=True)


if cancelled:
    visit.go("customers.py")
if saved or saved_and_another:
    visit.forget("already_there")
    save(another=saved_and_another)
asked_with, people = visit.remembered("already_there", (None, []))
if people and asked_with == dict(fields):
    ask_about(people)
