"""Add and change customers. They are deleted by venue/privacy/erase.py."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from db import search as index
from db.models import Customer, Message
from db.types import AnySelect, Id
from db.writes import add_once
from sms import phone
from venue import acts, duplicates, masking, messages
from venue import fields as own_fields
from venue.acts import Act, act
from venue.customers import booking_status
from venue.customers.booking_status import Booked
from venue.customers.checks import checked_with_own, to_write
from venue.customers.find import search
from venue.customers.lookalikes import IDENTIFYING, refuse_duplicates, refuse_new_duplicates
from venue.duplicates.compare import Person
from venue.errors import AlreadyThere, Conflict, Invalid, Lookalike, NotFound
from venue.messages import channels, planning, stopped_numbers
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.rows import StoredCustomerRow

__all__ = [
    "Booked",
    "Change",
    "Saved",
    "add",
    "get",
    "row",
    "search",
    "update",
    "update_many",
]


@dataclass(frozen=True)
class Change:
    """New values for some fields of one customer. `version` is the version that was edited, `was` its values."""

    customer_id: UUID
    version: int
    fields: dict[str, str]
    was: Mapping[str, str] | None = None
    save_anyway: bool = False


@dataclass
class Saved:
    """The result of each change, by customer id: saved, refused (with a sentence for each field), in conflict, similar
    to other customers, or about a customer who no longer exists."""

    changed: dict[UUID, Customer] = field(default_factory=dict)
    refused: dict[UUID, dict[str, str]] = field(default_factory=dict)
    conflicts: dict[UUID, Conflict] = field(default_factory=dict)
    lookalikes: dict[UUID, list[Lookalike]] = field(default_factory=dict)
    gone: dict[UUID, str] = field(default_factory=dict)


def get(session: Session, customer_id: UUID) -> Customer:
    """One customer, with the full number, which not everyone may see: `row` is for those. Raises NotFound."""
    require(session, Permission.NUMBERS)
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("This customer no longer exists.")
    return customer


_customers = Customer.__table__.c


@functools.cache
def _row_query(*, full: bool) -> AnySelect:
    # The text for searching contains the digits of the number.
    columns = [column for column in _customers if column.key != "search_text"]
    return select(*masking.shown(columns, full=full)).where(_customers.id == bindparam("id", type_=Id()))


def row(session: Session, customer_id: UUID) -> StoredCustomerRow:
    """One customer as a row, which is cheaper than an object when nothing is changed. Raises NotFound."""
    require(session, Permission.READ)
    query = _row_query(full=masking.sees_numbers(session))
    customer = session.execute(query, {"id": customer_id}).first()
    if customer is None:
        raise NotFound("This customer no longer exists.")
    return customer


@act(Act.CUSTOMER_ADDED)
def add(
    session: Session,
    *,
    first_name: str,
    last_name: str,
    mobile_number: str,
    email: str = "",
    notes: str = "",
    own: Mapping[UUID, Any] | None = None,
    now: datetime,
    add_anyway: bool = False,
    form_token: str | None = None,
) -> Customer:
    """Add a customer; `own` are values of the venue's fields, by the field's id. Raises Invalid with every problem at
    once. Raises AlreadyThere when other customers have the same name or number, or are probably the same person, unless
    `add_anyway`.

    A form token that was used before returns the customer it added, so a double tap adds one customer.
    """
    require(session, Permission.CUSTOMERS)
    existing = _added_with(session, form_token)
    if existing is not None:
        return existing
    fields, values = checked_with_own(
        session,
        own=own,
        first_name=first_name,
        last_name=last_name,
        mobile_number=mobile_number,
        email=email,
        notes=notes,
    )
    if not add_anyway:
        refuse_duplicates(session, fields)
    customer = Customer(**fields, created_at=now, updated_at=now, form_token=form_token)
    update_search_text(session, customer)
    stopped_numbers.block_again(session, [customer.mobile_number])
    customer = add_once(session, customer)
    own_fields.put(session, customer.id, values, now=now)
    duplicates.refresh(session, customer.id, Person.of(customer), now=now)
    return customer


@act(Act.CUSTOMER_CHANGED)
def update(
    session: Session,
    customer_id: UUID,
    *,
    version: int,
    now: datetime,
    was: Mapping[str, Any] | None = None,
    save_anyway: bool = False,
    own: Mapping[UUID, Any] | None = None,
    **fields: Any,
) -> Customer:
    """Change only the given fields; `own` are values of the venue's fields, by the field's id. `was` holds the values
    in the version that was read, own ones by `fields.key_of`; see `concurrent_edits.to_write`.

    Raises Invalid, NotFound, and Conflict for fields that someone else changed since that version. Raises AlreadyThere
    for a new name or number that is like another customer's, unless `save_anyway`.
    """
    require(session, Permission.CUSTOMERS)
    customer = session.get(Customer, customer_id, with_for_update=booking_status.ROW_LOCK)
    if customer is None:
        raise NotFound("This customer no longer exists.")
    typed, values = checked_with_own(session, own=own, **fields)
    changed, values = to_write(session, customer, typed, values, version=version, was=was)
    if not changed and not values:
        return customer
    if changed and not save_anyway:
        refuse_new_duplicates(session, customer, changed)
    for name, value in changed.items():
        setattr(customer, name, value)
    customer.updated_at = now
    if changed:
        update_search_text(session, customer)
    session.flush()
    if changed.keys() & IDENTIFYING:
        duplicates.refresh(session, customer.id, Person.of(customer), now=now)
    own_fields.put(session, customer.id, values, now=now)
    if "mobile_number" in changed:
        stopped_numbers.block_again(session, [customer.mobile_number])
        messages.renumber(session, customer.id, customer.mobile_number)
    if changed.keys() & {"mobile_number", "email"} and not channels.why_unreachable(session, customer):
        planning.plan_again(session, Message.customer_id == customer.id, now=now)
    return customer


@act(Act.CUSTOMERS_CHANGED)
def update_many(session: Session, changes: Sequence[Change], *, now: datetime) -> Saved:
    """Save each change separately: one that fails does not stop the others. Raises nothing for a single change."""
    require(session, Permission.CUSTOMERS)
    saved = Saved()
    # Always locked in the same order, so that two staff saving the same customers do not deadlock.
    for change in sorted(changes, key=lambda change: change.customer_id):
        customer_id = change.customer_id
        try:
            with session.begin_nested():
                values: dict[str, Any] = {"was": change.was, "save_anyway": change.save_anyway, **change.fields}
                saved.changed[customer_id] = update(session, customer_id, version=change.version, now=now, **values)
        except Invalid as error:
            saved.refused[customer_id] = error.problems
        except Conflict as error:
            saved.conflicts[customer_id] = error
        except AlreadyThere as error:
            saved.lookalikes[customer_id] = error.people
        except NotFound as error:
            saved.gone[customer_id] = str(error)
    acts.details(session, customers=len(saved.changed))
    return saved


def update_search_text(session: Session, customer: Customer) -> None:
    """Update the columns that search and sorting use. Call it whenever a name or the number changes."""
    national = phone.display(customer.mobile_number, region=venue_of(session).region)
    customer.search_text = index.search_text(customer.first_name, customer.last_name, customer.mobile_number, national)
    customer.sort_key = index.sort_key(customer.first_name, customer.last_name)


def _added_with(session: Session, form_token: str | None) -> Customer | None:
    if form_token is None:
        return None
    return session.scalar(select(Customer).where(Customer.form_token == form_token))
