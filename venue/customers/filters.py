"""The filter of the customer list: search words and conditions. The list, its address, downloads and exports use it.

A new filter is a field of CustomerFilter, its condition below, and its widget in pages/customers/filters.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import Session

from db import search as index
from db.models import Customer, PhoneNumber
from venue import clock, masking, tags
from venue.customers import attendance, booking_status, visit_counts
from venue.customers.attendance import Attendance
from venue.customers.booking_status import Booked
from venue.customers.visit_counts import Came
from venue.fields import conditions as own_fields
from venue.filters import Filter, condition, read_yes
from venue.messages import numbers
from venue.profile import venue_of

_customers, _numbers = Customer.__table__.c, PhoneNumber.__table__.c

# A literal, so that the index of those who have one is used.
HAS_EMAIL = _customers.email != literal_column("''")
MISSING_TAG = "A tag of this address no longer exists."
# Booking statuses in old bookmarks, from before addresses used the stored values.
_OLD_BOOKED = {"Active bookings": Booked.ACTIVE, "Reminder only": Booked.REMINDER_ONLY, "No bookings": Booked.NONE}


class Email(StrEnum):
    """Whether a customer has an e-mail address."""

    WITH = "with"
    WITHOUT = "without"


def _read_booked(typed: str) -> Booked:
    return _OLD_BOOKED.get(typed) or Booked(typed)


def _read_ids(typed: str) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(UUID(each.strip()) for each in typed.split(",")))


def _written_ids(ids: Iterable[UUID]) -> str:
    return ",".join(map(str, ids))


@dataclass(frozen=True)
class CustomerFilter(Filter):
    """Matches customers who meet all conditions that are set. Days are in the venue's zone, both included. `event_id`
    is an event that they are booked on. `cannot_text`: no text can be sent to their number. `tags` are the ids of tags
    of which they have all, `without_tags`: they have none. `own` is what is wanted of the venue's own fields, as
    venue/fields/conditions.py says. `came` is a group by their visits. `attendance` is a mark of their booking for the
    event, or for any; no-shows are forgotten after a year. `first_from` and `first_to` are days on which they first
    came, `came_again`: a second time within 60 days. `late_event_id` is an event for which they cancelled late. `email`
    is whether they have an address."""

    words: str = condition("q", str, default="")
    booked: Booked | None = condition("show", _read_booked)
    event_id: UUID | None = condition("event", UUID)
    created_from: date | None = condition("from", clock.read_day)
    created_to: date | None = condition("until", clock.read_day)
    cannot_text: bool = condition("cannot_text", read_yes, default=False)
    tags: tuple[UUID, ...] = condition("tag", _read_ids, write=_written_ids, default=())
    without_tags: bool = condition("untagged", read_yes, default=False)
    own: own_fields.Wanted = condition("field", own_fields.from_address, write=own_fields.to_address, default=())
    came: Came | None = condition("came", Came)
    attendance: Attendance | None = condition("attendance", Attendance)
    first_from: date | None = condition("first_from", clock.read_day)
    first_to: date | None = condition("first_until", clock.read_day)
    came_again: bool = condition("came_again", read_yes, default=False)
    late_event_id: UUID | None = condition("cancelled_late", UUID)
    email: Email | None = condition("email", Email)


def merged(where: CustomerFilter | None, words: str, filters: Mapping[str, Any]) -> CustomerFilter:
    """A copy of the filter with these search words and fields."""
    where = where or CustomerFilter()
    return replace(where, words=words or where.words, **filters)


def conditions(
    session: Session, where: CustomerFilter, *, today: datetime, in_order: bool = False
) -> list[ColumnElement[bool]]:
    """SQL conditions for the filter: one for each field that is set. `today` is the instant at which the venue's day
    began.

    Unless an index finds the words, the databases are led to look at tags and values of own fields first, and then for
    their customers; but not if customers are read `in_order` until a page is full."""
    matching: list[ColumnElement[bool]] = []
    zone = venue_of(session).zone
    if index.fragments(where.words):
        matching.append(masking.matches(session, where.words))
    if where.booked is not None:
        matching.append(booking_status.is_booked(Booked(where.booked), today))
    if where.event_id is not None or where.attendance is not None:
        since = today - visit_counts.NO_SHOWS_COUNT_FOR
        matching.append(attendance.booked(where.event_id, where.attendance, since=since))
    if where.late_event_id is not None:
        matching.append(attendance.cancelled_late(where.late_event_id))
    if where.first_from or where.first_to or where.came_again:
        matching.append(attendance.first_came(where.first_from, where.first_to, again=where.came_again))
    if where.created_from is not None:
        matching.append(_customers.created_at >= clock.start_of(where.created_from, zone))
    if where.created_to is not None:
        matching.append(_customers.created_at < clock.day_bounds(where.created_to, zone)[1])
    if where.cannot_text:
        blocked = select(_numbers.mobile_number).where(numbers.is_blocked())
        matching.append(_customers.mobile_number.in_(blocked))
    if where.email is not None:
        matching.append(HAS_EMAIL if Email(where.email) is Email.WITH else ~HAS_EMAIL)
    day = clock.today(today, zone)
    if where.came is not None:
        matching.append(visit_counts.came(Came(where.came), today=today, day=day))
    first = not in_order and not index.is_indexed(where.words)
    matching += [tags.has(_customers.id, tag_id, today=day, tags_first=first) for tag_id in where.tags]
    if where.without_tags:
        on_sqlite = venue_of(session).database.dialect == "sqlite"
        matching.append(tags.has_none(_customers.id, today=day, tags_first=first and on_sqlite))
    if where.own:
        matching += own_fields.matching(session, where.own, own_first=first, in_order=in_order)
    return matching


def is_selective(where: CustomerFilter) -> bool:
    """Whether few customers match, and an index finds them: guests of an event, or words that are long enough."""
    return bool(where.event_id or where.late_event_id or where.cannot_text) or index.is_indexed(where.words)
