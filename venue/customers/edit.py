"""The people the venue knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from db import search as index
from db.models import Booking, Customer, Event, Message
from db.types import AnyRow, Id
from db.writes import add_once
from sms import phone
from venue import clock, concurrent_edits, messages
from venue.customers import booking_status, deletions, names
from venue.customers.booking_status import Booked
from venue.customers.find import search
from venue.errors import AlreadyThere, Conflict, Invalid, Lookalike, NotFound
from venue.messages import numbers, planning
from venue.notes import checked_notes
from venue.profile import venue_of
from venue.roles import Permission, require

__all__ = [
    "Booked",
    "Change",
    "Going",
    "Saved",
    "add",
    "delete",
    "get",
    "lookalikes",
    "row",
    "search",
    "update",
    "update_many",
    "what_goes",
]

# By name, what staff call them.
FIELDS = {
    "first_name": "First name",
    "last_name": "Last name",
    "mobile_number": "Mobile number",
    "notes": "Notes",
}
NAMES = ("first_name", "last_name")
MOST_LOOKALIKES = 5


@dataclass(frozen=True)
class Going:
    """What goes for good when a customer is deleted."""

    last_name: str
    bookings: int
    planned_texts: int

    @property
    def words(self) -> str:
        return f"{_counted(self.bookings, 'booking')}, {_counted(self.planned_texts, 'planned text')}"


@dataclass(frozen=True)
class Change:
    """Some fields of one customer, as they were typed over a version that was read; `was`: what that held."""

    customer_id: UUID
    version: int
    fields: dict[str, str]
    was: Mapping[str, str] | None = None
    save_anyway: bool = False


@dataclass
class Saved:
    """What became of many changes, by customer: saved, refused with words for each field, met by a conflict, or like
    other customers."""

    changed: dict[UUID, Customer] = field(default_factory=dict)
    refused: dict[UUID, dict[str, str]] = field(default_factory=dict)
    conflicts: dict[UUID, Conflict] = field(default_factory=dict)
    lookalikes: dict[UUID, list[Lookalike]] = field(default_factory=dict)
    gone: dict[UUID, str] = field(default_factory=dict)


def get(session: Session, customer_id: UUID) -> Customer:
    """One customer. Raises NotFound."""
    require(session, Permission.READ)
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("This customer no longer exists.")
    return customer


_customers = Customer.__table__.c
_ROW = select(Customer.__table__).where(_customers.id == bindparam("id", type_=Id()))


def row(session: Session, customer_id: UUID) -> AnyRow:
    """One customer as a row, for who only looks. Raises NotFound."""
    require(session, Permission.READ)
    found = session.execute(_ROW, {"id": customer_id}).first()
    if found is None:
        raise NotFound("This customer no longer exists.")
    return found


def add(
    session: Session,
    *,
    first_name: str,
    last_name: str,
    mobile_number: str,
    notes: str = "",
    now: datetime,
    add_anyway: bool = False,
    form_token: str | None = None,
) -> Customer:
    """Add a customer. Raises Invalid with every problem at once, and AlreadyThere unless they are to be added anyway.

    The same form token again gives back the customer it made: a double tap adds once.
    """
    require(session, Permission.CUSTOMERS)
    made = _made_by(session, form_token)
    if made is not None:
        return made
    fields = checked(
        session,
        first_name=first_name,
        last_name=last_name,
        mobile_number=mobile_number,
        notes=notes,
    )
    if not add_anyway:
        _ask_about_lookalikes(session, fields)
    customer = Customer(**fields, created_at=now, updated_at=now, form_token=form_token)
    keep_search_text(session, customer)
    return add_once(session, customer)


def update(
    session: Session,
    customer_id: UUID,
    *,
    version: int,
    now: datetime,
    was: Mapping[str, str] | None = None,
    save_anyway: bool = False,
    **fields: str,
) -> Customer:
    """Change the given fields and no others. `was` holds what they were in the version that was read: see
    `merging.to_write`. Raises Invalid, Conflict for what somebody else changed since that version, and AlreadyThere
    for a new name or number that another customer has, unless it is to be saved anyway."""
    require(session, Permission.CUSTOMERS)
    customer = session.get(Customer, customer_id, with_for_update=booking_status.ROW_LOCK)
    if customer is None:
        raise NotFound("This customer no longer exists.")
    changed = concurrent_edits.to_write(customer, checked(session, **fields), version=version, was=was)
    if not changed:
        return customer
    if not save_anyway:
        _ask_about_others_like(session, customer, changed)
    for name, value in changed.items():
        setattr(customer, name, value)
    customer.updated_at = now
    keep_search_text(session, customer)
    session.flush()
    if "mobile_number" in changed:
        messages.renumber(session, customer.id, customer.mobile_number)
        if not numbers.why_unreachable(session, customer.mobile_number):
            planning.plan_again(session, Message.customer_id == customer.id, now=now)
    return customer


def update_many(session: Session, changes: Sequence[Change], *, now: datetime) -> Saved:
    """Save each change by itself: one that is refused or meets a conflict leaves the others be."""
    require(session, Permission.CUSTOMERS)
    saved = Saved()
    # In one order everywhere: two who save the same customers do not wait for each other in a circle.
    for change in sorted(changes, key=lambda change: change.customer_id):
        who = change.customer_id
        try:
            with session.begin_nested():
                given: dict[str, Any] = {"was": change.was, "save_anyway": change.save_anyway, **change.fields}
                saved.changed[who] = update(session, who, version=change.version, now=now, **given)
        except Invalid as invalid:
            saved.refused[who] = invalid.problems
        except Conflict as conflict:
            saved.conflicts[who] = conflict
        except AlreadyThere as known:
            saved.lookalikes[who] = known.people
        except NotFound as gone:
            saved.gone[who] = str(gone)
    return saved


def what_goes(session: Session, customer_id: UUID) -> Going:
    """What deleting this customer would take along. Raises NotFound."""
    customer = get(session, customer_id)
    bookings = session.scalar(select(func.count()).where(Booking.customer_id == customer_id)) or 0
    return Going(customer.last_name, bookings, messages.planned_for(session, customer_id))


def delete(session: Session, customer_id: UUID, *, typed_last_name: str, now: datetime) -> None:
    """Remove a customer and all their bookings for good; no text goes, and the delivery log forgets who it was.

    Raises Invalid unless the last name is typed as it reads, whatever its case, its accents and its apostrophe's kind.
    """
    actor = require(session, Permission.DELETE)
    customer = session.get(Customer, customer_id, with_for_update=True)
    if customer is None:
        return
    if not names.read_alike(typed_last_name, customer.last_name):
        raise Invalid(typed_last_name=f"Type the last name, {customer.last_name}, to delete")
    messages.forget_customer(session, customer_id, now=now)
    deletions.note(session, customer, by=actor.name, now=now)
    session.delete(customer)
    session.flush()


def checked(session: Session, **fields: str) -> dict[str, str]:
    """The fields as they are kept. Raises Invalid with all that is wrong with them."""
    kept: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name, typed in fields.items():
        try:
            kept[name] = _checked_field(session, name, typed or "")
        except ValueError as problem:
            problems[name] = str(problem)
    if problems:
        raise Invalid(**problems)
    return kept


def _checked_field(session: Session, name: str, typed: str) -> str:
    if name == "mobile_number":
        venue = venue_of(session)
        return phone.normalise(typed, region=venue.region, allow_fictional=venue.fictional_numbers)
    if name not in NAMES:
        return checked_notes(typed, FIELDS[name])
    cleaned = names.clean(typed)
    problem = names.problem(cleaned, FIELDS[name])
    if problem:
        raise ValueError(problem)
    return cleaned


def keep_search_text(session: Session, customer: Customer) -> None:
    """Fold what search and the order of the list look at; call it whenever a name or the number changes."""
    national = phone.display(customer.mobile_number, region=venue_of(session).region)
    customer.search_text = index.search_text(customer.first_name, customer.last_name, customer.mobile_number, national)
    customer.sort_key = index.sort_key(customer.first_name, customer.last_name)


def lookalikes(
    session: Session, *, first_name: str, last_name: str, mobile_number: str, besides: UUID | None = None
) -> list[Lookalike]:
    """Who has the same name (accents and case aside) or the same E.164 number: those of the same number first.
    `besides` is a customer who is not meant."""
    same_name = Customer.sort_key == index.sort_key(first_name, last_name)
    same_number = Customer.mobile_number == mobile_number
    found = session.execute(
        select(Customer, same_name.label("same_name"), same_number.label("same_number"))
        .where(or_(same_name, same_number), true() if besides is None else Customer.id != besides)
        .order_by(same_number.desc(), same_name.desc(), Customer.sort_key, Customer.id)
        .limit(MOST_LOOKALIKES)
    )
    return [
        Lookalike(
            id=row.Customer.id,
            name=row.Customer.name,
            mobile_number=row.Customer.mobile_number,
            last_booking=_last_booking(session, row.Customer.id),
            same_name=bool(row.same_name),
            same_number=bool(row.same_number),
        )
        for row in found
    ]


def _made_by(session: Session, form_token: str | None) -> Customer | None:
    if form_token is None:
        return None
    return session.scalar(select(Customer).where(Customer.form_token == form_token))


def _ask_about_lookalikes(session: Session, fields: dict[str, str]) -> None:
    people = lookalikes(
        session,
        first_name=fields["first_name"],
        last_name=fields["last_name"],
        mobile_number=fields["mobile_number"],
    )
    if people:
        raise AlreadyThere(people)


def _ask_about_others_like(session: Session, customer: Customer, changed: Mapping[str, str]) -> None:
    """Only a name or number that is new is asked about: of the others staff were asked before."""
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
    return f"{last.name}, {clock.day_words(last.starts_at, venue_of(session).zone)}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
