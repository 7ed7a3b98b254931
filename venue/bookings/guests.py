"""The bookings of an event with their customers: all, a page of them, and their numbers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer
from db.search import has_name
from db.types import AnySelect
from venue import masking
from venue.messages import log, needs_call
from venue.page import Page, nearest_page, offset_of
from venue.roles import Permission, require
from venue.rows import GuestRow

_booking, _customer = Booking.__table__.c, Customer.__table__.c


@dataclass(frozen=True)
class GuestCounts:
    """Numbers of an event's bookings: those with seats, and the reminder-only ones. Of those with seats, `seats` are
    booked, `arrived` came and `missing` belong to no-shows; `running_late` and `walked_in` are bookings. `unused_seats`
    are booked by no-shows, and by guests who came with fewer."""

    bookings: int
    reminder_only: int
    seats: int
    arrived: int
    missing: int
    running_late: int
    walked_in: int
    unused_seats: int

    @property
    def total(self) -> int:
        """All bookings, with seats or without."""
        return self.bookings + self.reminder_only


def for_event(session: Session, event_id: UUID) -> Sequence[GuestRow]:
    """An event's bookings with their customers, sorted by name; those with seats first."""
    require(session, Permission.READ)
    return session.execute(_listed(session, event_id)).all()


def page_for_event(
    session: Session,
    event_id: UUID,
    *,
    words: str = "",
    with_seats: bool = False,
    not_texted_at: datetime | None = None,
    page: int = 1,
    page_size: int = 30,
) -> Page[GuestRow]:
    """A page of the bookings in `for_event`, or of those `with_seats`, of guests whose names contain these words. With
    `not_texted_at`, only those that `needs_call.guests_of_event` counts at that instant. A page number that is too high
    returns the last page."""
    require(session, Permission.READ)
    among = [_booking.event_id == event_id, *([_booking.seats > 0] if with_seats else [])]
    counted = select(func.count()).select_from(Booking.__table__)
    if words:
        among.append(has_name(words))
        counted = counted.join(Customer.__table__, _customer.id == _booking.customer_id)
    values = {}
    if not_texted_at is not None:
        among.append(_booking.id.in_(needs_call.bookings_of_event(event_id)))
        values = log.attention_values(not_texted_at)
    total = session.scalar(counted.where(*among), values) or 0
    page = nearest_page(page, total, page_size)
    listed = _listed(session, event_id).where(*among).limit(page_size).offset(offset_of(page, page_size))
    return Page(session.execute(listed, values).all(), total, page, page_size)


def of_customers(session: Session, event_id: UUID, customer_ids: Collection[UUID]) -> Mapping[UUID, GuestRow]:
    """The bookings that these customers have for an event, by customer id."""
    require(session, Permission.READ)
    rows = session.execute(_listed(session, event_id).where(_booking.customer_id.in_(customer_ids))).all()
    return {row.customer_id: row for row in rows}


def count_for_event(session: Session, event_id: UUID) -> GuestCounts:
    """The numbers of an event's bookings, as they are now."""
    require(session, Permission.READ)
    row = session.execute(_COUNTS.where(_booking.event_id == event_id)).one()
    return GuestCounts(*(int(number or 0) for number in row))


def _listed(session: Session, event_id: UUID) -> AnySelect:
    full = masking.sees_numbers(session)
    return (
        select(
            _booking.id,
            _booking.customer_id,
            _customer.first_name,
            _customer.last_name,
            masking.number(_customer.mobile_number, full=full),
            _booking.seats,
            masking.free_text(_booking.notes, full=full),
            _booking.arrived,
            _booking.arrived_seats,
            _booking.walked_in,
            _booking.late_since,
            _booking.late_minutes,
            _booking.version,
        )
        .join(Customer.__table__, _customer.id == _booking.customer_id)
        .where(_booking.event_id == event_id)
        .order_by(_booking.seats == 0, _customer.sort_key, _booking.id)
    )


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(and_(condition, _booking.seats > 0))


def _seats(came: ColumnElement[bool], seats: ColumnElement[int]) -> ColumnElement[int]:
    return func.sum(case((and_(came, _booking.seats > 0), seats), else_=0))


_has_come, _stayed_away = _booking.arrived.is_(True), _booking.arrived.is_(False)
_came_with = func.coalesce(_booking.arrived_seats, _booking.seats)
_unused = case(
    (_stayed_away, _booking.seats),
    (and_(_has_come, _came_with < _booking.seats), _booking.seats - _came_with),
    else_=0,
)
# In the order of the fields of `GuestCounts`.
_COUNTS = select(
    func.count().filter(_booking.seats > 0),
    func.count().filter(_booking.seats == 0),
    func.sum(_booking.seats),
    _seats(_has_come, _came_with),
    _seats(_stayed_away, _booking.seats),
    _number(and_(_booking.late_since.is_not(None), _booking.arrived.is_(None))),
    _number(_booking.walked_in.is_(True)),
    func.sum(_unused),
)
