"""Customers who were not seen for long: who would be erased and why, and erasing those that a manager chose.

UK GDPR, article 5(1)(e): personal data is kept no longer than necessary. How long that is, is the venue's choice. It
counts from the last visit or contact, else from when the customer was added. Nothing is erased without a look.
"""

import calendar
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, tuple_
from sqlalchemy.orm import Session

from db.models import Booking, Consent, Customer, Event, Message, Request, WaitlistEntry
from db.session import Transaction
from db.types import AnyRow
from sms.texts import Kind
from venue import acts, clock
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.messages.states import State
from venue.privacy.erase import erase, erase_what_was_added
from venue.privacy.plan import ErasePlan, erase_preview
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.setting_list import LEAST_MONTHS, MOST_MONTHS
from venue.waitlist.states import OPEN
from venue.wording import full_name

# Erased in one transaction. Each is looked for in all tables, during which no one else can write to SQLite.
MOST_AT_ONCE = 5
# Counting more takes long, and says no more to those who tick them.
MOST_COUNTED = 1_000


class Reason(StrEnum):
    """What was last heard of a customer."""

    VISIT = "visit"
    CONTACT = "contact"
    ADDED = "added"


@dataclass(frozen=True)
class OldCustomer:
    """A customer who may be erased. The instants are in UTC; `last_visit_at` is the start of an event that they were
    booked on and not marked as a no-show, `last_contact_at` is of a text in or out, an answer about consent, or the day
    they joined a waitlist."""

    id: UUID
    name: str
    mobile_number: str
    created_at: datetime
    last_visit_at: datetime | None
    last_contact_at: datetime | None

    @property
    def last(self) -> tuple[Reason, datetime]:
        """What was last heard of them, and when."""
        known = {
            Reason.VISIT: self.last_visit_at,
            Reason.CONTACT: self.last_contact_at,
            Reason.ADDED: self.created_at,
        }
        instants = [(at, reason) for reason, at in known.items() if at is not None]
        at, reason = max(instants, key=lambda pair: pair[0])
        return reason, at


@dataclass(frozen=True)
class RetentionPlan:
    """Some of the customers who may be erased, those added first at the top.

    They were last heard of before `before`. `total` is how many there are in all, or more than MOST_COUNTED if it is
    that. `next` is the `after` of the following rows, None at the end.
    """

    rows: Sequence[OldCustomer]
    total: int
    before: datetime
    next: UUID | None


@dataclass(frozen=True)
class RetentionResult:
    """How many customers were erased, and the names of those who were kept because they were heard of since."""

    erased: int
    kept: Sequence[str]


def plan(session: Session, *, months: int, now: datetime, after: UUID | None = None, limit: int = 50) -> RetentionPlan:
    """Who would be erased, and why, after the customer `after`. Changes nothing. Raises Invalid(months=…).

    Customers with coming bookings, a place on the waitlist of a coming event, or an open request are never among them.
    """
    require(session, Permission.DELETE, ask_again=False)
    before = _before(session, months, now)
    old = _is_old(session, before, now)
    # An index has this order, so that only as many customers are read as it takes.
    page = select(Customer.id).where(old, _comes_after(session, after)).order_by(Customer.created_at, Customer.id)
    ids = session.scalars(page.limit(limit + 1)).all()
    has_all = after is None and len(ids) <= limit
    total = len(ids) if has_all else _count(session, old)
    rows = _rows(session, ids[:limit], now)
    return RetentionPlan(rows, total, before, ids[limit - 1] if len(ids) > limit else None)


def erase_in_steps(
    reading: Transaction, transaction: Transaction, customer_ids: Sequence[UUID], *, months: int, now: datetime
) -> Iterator[RetentionResult]:
    """As `erase_chosen`, one customer after the other, so that others can go on writing on SQLite: each is searched for
    outside the transaction that erases. Yields the result of each."""
    for customer_id in customer_ids:
        try:
            with reading() as session:
                planned = erase_preview(session, customer_id)
        except NotFound:
            yield RetentionResult(0, [])
            continue
        with transaction() as session:
            done = erase_chosen(session, [customer_id], months=months, now=now, plans={customer_id: planned})
        if done.erased:
            erase_what_was_added(reading, transaction, planned, now)
        yield done


@act(Act.CUSTOMERS_ERASED)
def erase_chosen(
    session: Session,
    customer_ids: Collection[UUID],
    *,
    months: int,
    now: datetime,
    plans: Mapping[UUID, ErasePlan] = MappingProxyType({}),
) -> RetentionResult:
    """Erase those of the chosen customers who still were not heard of for this long. Raises Invalid for a number of
    months that is not possible, for too many customers at once, and for one who cannot be erased.

    `plans` are what was found about them just before; see `erase`.
    """
    require(session, Permission.DELETE)
    before = _before(session, months, now)
    if len(customer_ids) > MOST_AT_ONCE:
        raise Invalid(customer_ids=f"At most {MOST_AT_ONCE} customers are erased at once")
    # Locked first, so that a booking made at the same time is seen; in one order, so that there are no deadlocks.
    chosen = select(Customer).where(Customer.id.in_(list(customer_ids))).order_by(Customer.id).with_for_update()
    locked = session.scalars(chosen).all()
    still_old = (
        Customer.id.in_(list(customer_ids)),
        _is_old(session, before, now),
        not_(_may_come(session, before, now)),
    )
    old = set(session.scalars(select(Customer.id).where(*still_old)))
    kept = [full_name(customer) for customer in locked if customer.id not in old]
    for customer in locked:
        if customer.id in old:
            _erase(session, customer, plans.get(customer.id), now)
    acts.details(session, customers=len(old), months=months)
    return RetentionResult(len(old), kept)


def _erase(session: Session, customer: Customer, planned: ErasePlan | None, now: datetime) -> None:
    name = full_name(customer)
    try:
        erase(session, customer.id, plan=planned, now=now)
    except Invalid as problem:
        raise Invalid(customer_ids=f"{name} cannot be erased. {problem}") from problem


def _before(session: Session, months: int, now: datetime) -> datetime:
    """The start of the venue's day that many months ago, in UTC."""
    if not LEAST_MONTHS <= months <= MOST_MONTHS:
        raise Invalid(months=f"Enter {LEAST_MONTHS} to {MOST_MONTHS} months")
    zone = venue_of(session).zone
    today = clock.today(now, zone)
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = min(today.day, calendar.monthrange(year, month + 1)[1])
    return clock.start_of(date(year, month + 1, day), zone)


def _is_old(session: Session, before: datetime, now: datetime) -> ColumnElement[bool]:
    """A SQL condition on Customer: not heard of since `before`, nothing coming, and no open request."""
    today = clock.start_of_business_day(now, venue_of(session).zone)
    nothing_coming = and_(_is_before(Customer.active_until, today), _is_before(Customer.reminder_until, today))
    return and_(
        Customer.created_at < before,
        nothing_coming,
        # Decided by the customer's own columns, unless these count events at which they were a no-show.
        or_(
            and_(_is_before(Customer.active_until, before), _is_before(Customer.reminder_until, before)),
            and_(
                Customer.id.in_(select(Booking.customer_id).where(Booking.arrived.is_(False))),
                not_(_visited(Event.starts_at >= before)),
            ),
        ),
        not_(_any(Message.id, _contacts(), or_(Message.sent_at >= before, Message.created_at >= before))),
        not_(_any(Consent.id, Consent.customer_id == Customer.id, Consent.at >= before)),
        not_(_any(WaitlistEntry.id, WaitlistEntry.customer_id == Customer.id, WaitlistEntry.joined_at >= before)),
        not_(_waits(today)),
        not_(
            _any(
                Request.id,
                Request.customer_id == Customer.id,
                or_(Request.answered_on.is_(None), Request.created_at >= before),
            )
        ),
    )


def _any(column: Any, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Like EXISTS, for a condition on Customer. PostgreSQL would turn EXISTS into a join of whole tables; this it
    looks up for each customer, so that the first page is there before the last is read."""
    return select(column).where(*where).limit(1).correlate(Customer).scalar_subquery().is_not(None)


def _may_come(session: Session, before: datetime, now: datetime) -> ColumnElement[bool]:
    """The same of bookings, read from the bookings themselves: what is erased must not depend on columns that are
    computed from them."""
    today = clock.start_of_business_day(now, venue_of(session).zone)
    booked = _any(Booking.id, Booking.event_id == Event.id, Booking.customer_id == Customer.id, *_coming(today))
    return or_(booked, _visited(Event.starts_at >= before))


def _waits(today: datetime) -> ColumnElement[bool]:
    """A SQL condition on Customer: they wait for seats of a coming event, or were offered some."""
    waits = (WaitlistEntry.customer_id == Customer.id, WaitlistEntry.state.in_(OPEN))
    return _any(WaitlistEntry.id, WaitlistEntry.event_id == Event.id, *waits, *_coming(today))


def _coming(today: datetime) -> tuple[ColumnElement[bool], ...]:
    return Event.starts_at >= today, Event.cancelled_at.is_(None)


def _is_before(column: Any, instant: datetime) -> ColumnElement[bool]:
    return or_(column.is_(None), column < instant)


def _visited(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    """A SQL condition on Customer: they have a booking on an event that took place, and are no no-show."""
    return _any(Booking.id, Booking.event_id == Event.id, Booking.customer_id == Customer.id, _took_place(), *where)


def _took_place() -> ColumnElement[bool]:
    return and_(Event.cancelled_at.is_(None), Booking.arrived.is_not(False))


def _contacts() -> ColumnElement[bool]:
    """A SQL condition on Message: a text of the customer, in or out, that was not skipped. News is no contact: it would
    keep their record for as long as it is sent."""
    return and_(
        Message.customer_id == Customer.id, Message.state != State.SKIPPED.value, Message.kind != Kind.CAMPAIGN.value
    )


def _comes_after(session: Session, after: UUID | None) -> ColumnElement[bool]:
    row = None if after is None else session.get(Customer, after)
    if row is None:
        return Customer.id.is_not(None)
    return tuple_(Customer.created_at, Customer.id) > tuple_(row.created_at, row.id)


def _count(session: Session, old: ColumnElement[bool]) -> int:
    counted = select(Customer.id).where(old).limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


def _rows(session: Session, ids: Sequence[UUID], now: datetime) -> list[OldCustomer]:
    """These customers, in this order."""
    visit = (
        select(func.max(Event.starts_at))
        .join(Booking, Booking.event_id == Event.id)
        .where(Booking.customer_id == Customer.id, _took_place(), Event.starts_at <= now)
        .correlate(Customer)
    )
    text = select(func.max(func.coalesce(Message.sent_at, Message.created_at))).where(_contacts()).correlate(Customer)
    consent = select(func.max(Consent.at)).where(Consent.customer_id == Customer.id).correlate(Customer)
    joined = select(func.max(WaitlistEntry.joined_at)).where(WaitlistEntry.customer_id == Customer.id)
    columns = (Customer.id, Customer.first_name, Customer.last_name, Customer.mobile_number, Customer.created_at)
    latest = (each.scalar_subquery() for each in (visit, text, consent, joined.correlate(Customer)))
    labels = ("visit_at", "text_at", "consent_at", "joined_at")
    query = select(*columns, *(each.label(label) for each, label in zip(latest, labels, strict=True)))
    found = {row.id: row for row in session.execute(query.where(Customer.id.in_(ids)))}
    return [_old_customer(found[customer_id]) for customer_id in ids]


def _old_customer(row: AnyRow) -> OldCustomer:
    contacts = [at for at in (row.text_at, row.consent_at, row.joined_at) if at is not None]
    return OldCustomer(
        row.id,
        full_name(row),
        row.mobile_number,
        row.created_at,
        row.visit_at,
        max(contacts, default=None),
    )
