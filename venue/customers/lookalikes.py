"""Customers who are like one that is being saved: the same name, the same number, or probably the same person."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import Session

from db import search as index
from db.models import Booking, Customer, DuplicatePair, Event
from venue import clock, masking
from venue.duplicates import Found, find_for, with_one_of
from venue.duplicates.compare import Person
from venue.duplicates.find import HAS_EMAIL
from venue.errors import AlreadyThere, Lookalike
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.wording import full_name

MOST_LOOKALIKES = 5
IDENTIFYING = ("first_name", "last_name", "mobile_number", "email")


def refuse_duplicates(session: Session, fields: Mapping[str, str]) -> None:
    """Raise AlreadyThere if others are like a customer with these fields, who is about to be added."""
    require(session, Permission.CUSTOMERS)
    people = lookalikes(
        session,
        first_name=fields["first_name"],
        last_name=fields["last_name"],
        mobile_number=fields["mobile_number"],
        email=fields.get("email", ""),
    )
    if people:
        raise AlreadyThere(people)


def refuse_new_duplicates(session: Session, customer: Customer, changed: Mapping[str, str]) -> None:
    """Raise AlreadyThere for those whom a customer becomes like by this change of name, number or address: staff have
    already confirmed the others."""
    require(session, Permission.CUSTOMERS)
    after = {name: changed.get(name, getattr(customer, name)) for name in IDENTIFYING}
    renamed = index.sort_key(after["first_name"], after["last_name"]) != customer.sort_key
    renumbered, readdressed = "mobile_number" in changed, "email" in changed
    if not (renamed or renumbered or readdressed):
        return
    known = _paired_with(session, customer.id)
    people = [
        person
        for person in lookalikes(session, **after, besides=customer.id)
        if (person.same_number and renumbered)
        or (person.same_email and readdressed)
        or (person.same_name and renamed)
        or (person.reason and person.id not in known)
    ]
    if people:
        raise AlreadyThere(people)


def lookalikes(
    session: Session,
    *,
    first_name: str,
    last_name: str,
    mobile_number: str,
    email: str = "",
    besides: UUID | None = None,
) -> list[Lookalike]:
    """Up to MOST_LOOKALIKES customers who are probably the same person, likeliest first, then those who have the same
    E.164 number, the same e-mail address or the same name (ignoring case and accents). `besides` is the id of a
    customer to leave out."""
    found = find_for(session, Person.named(first_name, last_name, mobile_number, besides, email=email))
    same_name = Customer.sort_key == index.sort_key(first_name, last_name)
    same_number = Customer.mobile_number == mobile_number
    same_email = Customer.id.in_(_with_email(session, email) if email else [])
    same = (same_name, same_number, same_email)
    likely = _rows(session, same, Customer.id.in_([each.customer_id for each in found]))
    others = _rows(session, same, or_(*same) & _is_not(besides))
    return _in_order(session, found, {row.id: row for row in (*likely, *others)})


def _with_email(session: Session, email: str) -> Sequence[UUID]:
    """By a query of its own, which uses the index on addresses."""
    address = func.lower(Customer.email) == email.lower()
    return session.scalars(select(Customer.id).where(address, HAS_EMAIL).limit(MOST_LOOKALIKES + 1)).all()


def _rows(session: Session, same: Sequence[Any], where: Any) -> Sequence[Any]:
    same_name, same_number, same_email = same
    return session.execute(
        select(
            Customer.id,
            Customer.first_name,
            Customer.last_name,
            masking.number(Customer.mobile_number, full=masking.sees_numbers(session)),
            same_name.label("same_name"),
            same_number.label("same_number"),
            same_email.label("same_email"),
        )
        .where(where)
        .order_by(same_number.desc(), same_email.desc(), same_name.desc(), Customer.sort_key, Customer.id)
        .limit(MOST_LOOKALIKES)
    ).all()


def _is_not(customer_id: UUID | None) -> Any:
    return true() if customer_id is None else Customer.id != customer_id


def _in_order(session: Session, found: Sequence[Found], rows: Mapping[UUID, Any]) -> list[Lookalike]:
    reasons = {each.customer_id: each.comparison.words for each in found}
    likely = [rows[customer_id] for customer_id in reasons if customer_id in rows]
    others = [row for row in rows.values() if row.id not in reasons]
    return [
        Lookalike(
            id=row.id,
            name=full_name(row),
            mobile_number=row.mobile_number,
            last_booking=_last_booking(session, row.id),
            same_name=bool(row.same_name),
            same_number=bool(row.same_number),
            reason=reasons.get(row.id, ""),
            same_email=bool(row.same_email),
        )
        for row in (*likely, *others)[:MOST_LOOKALIKES]
    ]


def _paired_with(session: Session, customer_id: UUID) -> set[UUID]:
    """Those who were found to be like this customer before."""
    pairs = select(DuplicatePair.first_id, DuplicatePair.second_id).where(with_one_of([customer_id]))
    return {each for pair in session.execute(pairs) for each in pair}


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
