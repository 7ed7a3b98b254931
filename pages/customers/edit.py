"""Change a customer's name, number or notes."""

from functools import partial

import streamlit as st

from pages.customers.form import draw_fields, shown
from pages.customers.lookalikes import draw_lookalikes
from pages.customers.return_to_list import carry
from pages.elements.drafts import keep_draft
from pages.elements.toast import tell
from pages.parts import page_state
from pages.parts.conflict import also_changed, ask_whose, begin_saving, changed_since, meet, typed_over
from pages.parts.context import actor, now, reading, transaction
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.format import full_name, plain
from venue import customers
from venue.customers.edit import FIELDS
from venue.errors import AlreadyThere, Conflict, Lookalike

customer_id = page_state.subject()
if page_state.remembered("opened") is None:
    with reading(actor()) as session:
        page_state.remember("opened", customers.get(session, customer_id))
customer = page_state.remembered("opened")
was = {name: getattr(customer, name) for name in FIELDS}
token = page_state.form_token("edit")

st.title(f"Edit {plain(full_name(customer))}", anchor=False)
draft = st.container()
with st.form(f"edit.{token}", width=FORM_WIDTH):
    fields = Fields(token)
    draw_fields(fields, shown(customer))
    with st.container(horizontal=True):
        saved = st.form_submit_button("Save", type="primary")
        cancelled = st.form_submit_button("Cancel", type="tertiary")
keep_draft("edit", draft)
if saved:
    begin_saving()
changed = typed_over(fields, shown(customer))


def save(version: int) -> None:
    with fields.checked():
        try:
            with transaction(actor()) as session:
                edited = customers.update(
                    session,
                    customer_id,
                    version=version,
                    was=was,
                    save_anyway=page_state.remembered("anyway") == changed,
                    **changed,
                    now=now(),
                )
        except Conflict as conflict:
            page_state.remember("theirs", changed_by_others())
            meet(conflict)
        except AlreadyThere as known:
            page_state.remember("lookalikes", (known.people, version))
            st.rerun()
        tell(f"{full_name(edited)} is saved{also_changed(FIELDS, changed_by_others(), changed)}")
        back()


def ask_about_lookalikes(asked: tuple[list[Lookalike], int]) -> None:
    people, version = asked
    draw_lookalikes(
        people, {**shown(customer), **changed}, lambda person_id: page_state.go("customers/one.py", id=person_id)
    )
    with st.container(horizontal=True):
        anyway = st.button("Save anyway", key="lookalikes.anyway")
        cancelled = st.button("Cancel", type="tertiary", key="lookalikes.cancel")
    if anyway:
        page_state.remember("anyway", changed)
        page_state.remember("go on", version)
    if anyway or cancelled:
        page_state.forget("lookalikes")
        st.rerun()


def changed_by_others() -> dict[str, str]:
    with reading(actor()) as session:
        return changed_since(shown(customer), shown(customers.get(session, customer_id)))


def back() -> None:
    page_state.finish_form("edit")
    page_state.go("customers/one.py", id=customer_id, **carry())


if cancelled:
    back()
if saved:
    page_state.forget("lookalikes")
    page_state.forget("anyway")
    save(customer.version)
go_on = page_state.take("go on")
if go_on is not None:
    save(go_on)
chosen = ask_whose(FIELDS, name=full_name(customer), yours=changed, theirs=page_state.remembered("theirs"))
if chosen is not None:
    save(chosen)
asked = page_state.remembered("lookalikes")
if asked is not None:
    title = plain(f"Possible duplicate: {full_name(customer)}")
    st.dialog(title, on_dismiss=partial(page_state.forget, "lookalikes"))(ask_about_lookalikes)(asked)
