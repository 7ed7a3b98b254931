"""Addresses of customers who were merged into another lead to the one who stayed."""

from uuid import UUID

from pages.elements.toast import toast
from pages.parts import page_state
from pages.parts.context import actor, reading
from venue import customers
from venue.customers.merged import survivor_of
from venue.wording import full_name


def survivor_of_subject() -> UUID:
    """The customer in the address. If they were merged into another, that one's screen is opened instead."""
    customer_id = page_state.subject()
    with reading(actor()) as session:
        survivor = survivor_of(session, customer_id)
        name = "" if survivor is None else full_name(customers.row(session, survivor))
    if survivor is not None:
        toast(f"This customer was merged into {name}")
        page_state.go("customers/one.py", id=survivor)
    return customer_id
