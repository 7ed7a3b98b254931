"""The dialog that erases a customer: what goes, what stays without their name, and one red button."""

import functools
from uuid import UUID

import streamlit as st

from pages.customers.return_to_list import kept
from pages.elements.toast import toast
from pages.parts import dialog, forms, page_state
from pages.parts.context import actor, now, reading_at_length, transaction
from pages.parts.dialog_buttons import close_button, save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import plain
from venue import privacy
from venue.privacy import ErasePlan


def confirm_erase(customer_id: UUID) -> None:
    with st.spinner("Searching everything for their name and number…"), reading_at_length(actor()) as session:
        plan = privacy.erase_preview(session, customer_id)
    _draw(plan)
    if plan.blocked:
        close_button()
        return
    token = forms.token("delete")
    with st.form(f"delete.{token}", border=False):
        fields = Fields(token)
        sure = save_or_cancel("Delete", destroys=True, form=True)
    if sure:
        with fields.checked():
            with st.spinner("Deleting…"):
                privacy.erase_in_steps(
                    functools.partial(reading_at_length, actor()),
                    functools.partial(transaction, actor()),
                    customer_id,
                    fingerprint=plan.fingerprint,
                    now=now(),
                )
            dialog.close()
            toast(f"{plan.name} deleted")
            page_state.go("customers/list.py", **kept())


def _draw(plan: ErasePlan) -> None:
    also = f", with {', '.join(plan.goes)}" if plan.goes else ""
    st.markdown(f"This permanently deletes **{plain(plan.name)}**{plain(also)}. They won't be texted.")
    if plan.stays:
        st.markdown(f"Without their name and number, these stay: {plain(', '.join(plan.stays))}.")
    files = ", ".join(mention.words for mention in plan.mentions if mention.is_deleted)
    places = ", ".join(mention.words for mention in plan.mentions if not mention.is_deleted)
    if places:
        st.markdown(
            f"They are also mentioned here, where “(erased)” will replace their name or number: {plain(places)}."
        )
    if files:
        st.markdown(f"Also deleted, because they are in it, and never imported: {plain(files)}.")
    for sentence in plan.shared:
        st.caption(plain(sentence))
    if plan.blocked:
        st.error(plain(f"Change these first, because they name the customer too: {'; '.join(plan.blocked)}."))
