"""Add and change customers. They are deleted by venue/privacy/erase.py."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select, true
from sqlalchemy.orm import Session

from db import search as index
from db.models import Booking, Customer, Event, Message
from db.types import AnySelect, Id
from db.writes import add_once
from sms import phone
from venue import acts, clock, masking, messages
from venue import fields as own_fields
from venue.acts import Act, act
from venue.customers import booking_status
from venue.customers.booking_status import Booked
from venue.customers.checks import checked_with_own, to_write
from venue.customers.find import search
from venue.errors import AlreadyThere, Conflict, Invalid, Lookalike, NotFound
from venue.messages import numbers, planning, stopped_numbers
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.rows import StoredCustomerRow
from venue.wording import full_name

__all__ = [
    "Booked",
    "Change",
    "Saved",
    "add",
    "get",
    "lookalikes",
    "row",
    "search",
    "update",
    "update_many",
]

MOST_LOOKALIKES = 5


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
    notes: str = "",
    own: Mapping[UUID, Any] | None = None,
    now: datetime,
    add_anyway: bool = False,
    form_token: str | None = None,
) -> Customer:
    """Add a customer; `own` are values of the venue's fields, by the field's id. Raises Invalid with every problem at
    once. Raises AlreadyThere when other customers have the same name or number, unless `add_anyway`.

    A form token that was used before returns the customer it added, so a double tap adds one customer.
    """
    require(session, Permission.CUSTOMERS)
    existing = _added_with(session, form_token)
    if existing is not None:
        return existing
    typed = {"first_name": first_name, "last_name": last_name, "mobile_number": mobile_number, "notes": notes}
    fields, values = checked_with_own(session, own=own, **typed)
    if not add_anyway:
        _refuse_duplicates(session, fields)
    customer = Customer(**fields, created_at=now, updated_at=now, form_token=form_token)
    update_search_text(session, customer)
    stopped_numbers.block_again(session, [customer.mobile_number])
    customer = add_once(session, customer)
    own_fields.put(session, customer.id, values, now=now)
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
    **fields: str,
) -> Customer:
    """Change only the given fields; `own` are values of the venue's fields, by the field's id. `was` holds the values
    in the version that was read, own ones by `fields.key_of`; see `concurrent_edits.to_write`.

    Raises Invalid, NotFound, and Conflict for fields that someone else changed since that version. Raises AlreadyThere
    for a new name or number that another customer has, unless `save_anyway`.
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
        _refuse_new_duplicates(session, customer, changed)
    for name, value in changed.items():
        setattr(customer, name, value)
    customer.updated_at = now
    if changed:
        update_search_text(session, customer)
    session.flush()
    own_fields.put(session, customer.id, values, now=now)
    if "mobile_number" in changed:
        stopped_numbers.block_again(session, [customer.mobile_number])
        messages.renumber(session, customer.id, customer.mobile_number)
        if not numbers.why_unreachable(session, customer.mobile_number):
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


def lookalikes(
    session: Session, *, first_name: str, last_name: str, mobile_number: str, besides: UUID | None = None
) -> list[Lookalike]:
    """Up to MOST_LOOKALIKES customers who have the same name (ignoring case and accents) or the same E.164 number,
    those with the same number first. `besides` is the id of a customer to leave out."""
    same_name = Customer.sort_key == index.sort_key(first_name, last_name)
    same_number = Customer.mobile_number == mobile_number
    rows = session.execute(
        select(
            Customer.id,
            Customer.first_name,
            Customer.last_name,
            masking.number(Customer.mobile_number, full=masking.sees_numbers(session)),
            same_name.label("same_name"),
            same_number.label("same_number"),
        )
        .where(or_(same_name, same_number), true() if besides is None else Customer.id != besides)
        .order_by(same_number.desc(), same_name.desc(), Customer.sort_key, Customer.id)
        .limit(MOST_LOOKALIKES)
    )
    return [
        Lookalike(
            id=row.id,
            name=full_name(row),
            mobile_number=row.mobile_number,
            last_booking=_last_booking(session, row.id),
            same_name=bool(row.same_name),
            same_number=bool(row.same_number),
        )
        for row in rows
    ]


def _added_with(session: Session, form_token: str | None) -> Customer | None:
    if form_token is None:
        return None
    return session.scalar(select(Customer).where(Customer.form_token == form_token))


def _refuse_duplicates(session: Session, fields: dict[str, str]) -> None:
    people = lookalikes(
        session,
        first_name=fields["first_name"],
        last_name=fields["last_name"],
        mobile_number=fields["mobile_number"],
    )
    if people:
        raise AlreadyThere(people)


def _refuse_new_duplicates(session: Session, customer: Customer, changed: Mapping[str, str]) -> None:
    """Check only a name or number that changed: staff have already confirmed the others."""
    after = {name: changed.get(name, getattr(customer, name)) for name in ("first_name", "last_name", "mobile_number")}
    renamed = index.sort_key(after["first_name"], after["last_name"]) != customer.sort_key
    people = [
        person
        for person in lookalikes(session, **after, besides=customer.id)
        if (person.same_number and "mobile_number" in changed) or (person.same_name and renamed)
    ]
    if people:
        raise AlreadyThere(people)


def _last_booking(session: Session, customer_id: UUID) -> str:
    last: Any = session.execute(
        select(Event.name, Event.starts_at)
        .join(Booking, Booking.event_id == Event.id)
        .where(Booking.customer_id == customer_id, Event.cancelled_at.is_(None))
        .order_by(Event.starts_at.desc())
        .limit(1)
    ).first()
    if last is None:
        return "no bookings yet"
    return f"{last.name}, {clock.format_day(last.starts_at, venue_of(session).zone)}"
