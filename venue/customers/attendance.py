"""Conditions on how customers attended events: booked, marked, cancelled late; first came, came again."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from db.models import Booking, Customer, CustomerVisits, Event, LateCancellation

# Who comes a second time within this number of days of the first has come again.
AGAIN_WITHIN = 60

_customers, _bookings, _events, _visits, _late = (
    entity.__table__.c for entity in (Customer, Booking, Event, CustomerVisits, LateCancellation)
)


class Attendance(StrEnum):
    """Marks of bookings: any, arrived, or no-show."""

    MARKED = "marked"
    CAME = "came"
    NO_SHOW = "no_show"


def booked(event_id: UUID | None, attendance: Attendance | None, *, since: datetime) -> ColumnElement[bool]:
    """A SQL condition: the customer has a booking for this event with this mark; for any event, or with any or no
    mark, if None. No-shows at events that began before `since` are forgotten: they count as not marked."""
    query = select(_bookings.customer_id)
    if event_id is not None:
        query = query.where(_bookings.event_id == event_id)
    if attendance is not None:
        came = _bookings.arrived == true()
        no_show = and_(
            _bookings.arrived == false(), _bookings.event_id.in_(select(_events.id).where(_events.starts_at >= since))
        )
        marks = {Attendance.MARKED: or_(came, no_show), Attendance.CAME: came, Attendance.NO_SHOW: no_show}
        query = query.where(marks[attendance])
    return _customers.id.in_(query)


def cancelled_late(event_id: UUID) -> ColumnElement[bool]:
    """A SQL condition: the customer cancelled a booking for this event shortly before it."""
    return _customers.id.in_(select(_late.customer_id).where(_late.event_id == event_id))


def first_came(first: date | None, last: date | None, *, again: bool) -> ColumnElement[bool]:
    """A SQL condition: the customer first came on one of these days, both included, and if `again`, came again soon
    after that."""
    query = select(_visits.customer_id)
    if first is not None:
        query = query.where(_visits.first_day >= first)
    if last is not None:
        query = query.where(_visits.first_day <= last)
    if again:
        query = query.where(_visits.returned_after <= AGAIN_WITHIN)
    return _customers.id.in_(query)
