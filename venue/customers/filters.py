"""The filter of the customer list: search words and conditions. The list, its address, downloads and exports use it.

A new filter is a field of CustomerFilter, its condition below, and its widget in pages/customers/filters.py.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db import search as index
from db.models import Customer, PhoneNumber
from venue import clock, masking, tags
from venue.customers import attendance, booking_status, visit_counts
from venue.customers.attendance import Attendance
from venue.customers.booking_status import Booked
from venue.customers.visit_counts import Came
from venue.errors import Invalid
from venue.fields import conditions as own_fields
from venue.messages import numbers
from venue.profile import venue_of

_customers, _numbers = Customer.__table__.c, PhoneNumber.__table__.c

MISSING_TAG = "A tag of this address no longer exists."
# Booking statuses in old bookmarks, from before addresses used the stored values.
_OLD_BOOKED = {"Active bookings": Booked.ACTIVE, "Reminder only": Booked.REMINDER_ONLY, "No bookings": Booked.NONE}


def _read_booked(typed: str) -> Booked:
    return _OLD_BOOKED.get(typed) or Booked(typed)


def _read_yes(typed: str) -> bool:
    if typed.casefold() not in ("true", "false"):
        raise ValueError(f"{typed} is neither true nor false")
    return typed.casefold() == "true"


def _read_ids(typed: str) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(UUID(each.strip()) for each in typed.split(",")))


def _written(value: Any) -> str:
    return "true" if value is True else str(value)


def _written_ids(ids: Iterable[UUID]) -> str:
    return ",".join(map(str, ids))


def _in_address(key: str, read: Callable[[str], Any], *, write: Callable[[Any], str] = _written) -> dict[str, Any]:
    """Metadata of a field: its key in an address, the function that parses it there, which raises ValueError, and the
    one that writes it there."""
    return {"key": key, "read": read, "write": write}


@dataclass(frozen=True)
class CustomerFilter:
    """Matches customers who meet all conditions that are set. Days are in the venue's zone, both included. `event_id`
    is an event that they are booked on. `cannot_text`: no text can be sent to their number. `tags` are the ids of tags
    of which they have all, `without_tags`: they have none. `own` is what is wanted of the venue's own fields, as
    venue/fields/conditions.py says. `came` is a group by their visits. `attendance` is a mark of their booking for the
    event, or for any. `first_from` and `first_to` are days on which they first came, `came_again`: a second time within
    60 days. `late_event_id` is an event for which they cancelled late."""

    words: str = field(default="", metadata=_in_address("q", str))
    booked: Booked | None = field(default=None, metadata=_in_address("show", _read_booked))
    event_id: UUID | None = field(default=None, metadata=_in_address("event", UUID))
    created_from: date | None = field(default=None, metadata=_in_address("from", clock.read_day))
    created_to: date | None = field(default=None, metadata=_in_address("until", clock.read_day))
    cannot_text: bool = field(default=False, metadata=_in_address("cannot_text", _read_yes))
    tags: tuple[UUID, ...] = field(default=(), metadata=_in_address("tag", _read_ids, write=_written_ids))
    without_tags: bool = field(default=False, metadata=_in_address("untagged", _read_yes))
    own: own_fields.Wanted = field(
        default=(), metadata=_in_address("field", own_fields.from_address, write=own_fields.to_address)
    )
    came: Came | None = field(default=None, metadata=_in_address("came", Came))
    attendance: Attendance | None = field(default=None, metadata=_in_address("attendance", Attendance))
    first_from: date | None = field(default=None, metadata=_in_address("first_from", clock.read_day))
    first_to: date | None = field(default=None, metadata=_in_address("first_until", clock.read_day))
    came_again: bool = field(default=False, metadata=_in_address("came_again", _read_yes))
    late_event_id: UUID | None = field(default=None, metadata=_in_address("cancelled_late", UUID))

    @classmethod
    def from_query(cls, query: Mapping[str, str], *, skip_unreadable: bool = False) -> Self:
        """The filter in an address's query. Other parameters and empty ones are ignored.

        Raises Invalid for values that make no sense, unless they are to be skipped as if they were not there.
        """
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for each in fields(cls):
            typed = _typed(query, each)
            try:
                if typed:
                    values[each.name] = each.metadata["read"](typed)
            except ValueError:
                problems[each.name] = f"‘{typed}’ makes no sense for ‘{each.metadata['key']}’"
        if problems and not skip_unreadable:
            raise Invalid(**problems)
        return cls(**values)

    def to_query(self) -> dict[str, str]:
        """The filter as the query of an address: only the fields that are set."""
        return {KEYS[name]: _WRITE[name](value) for name, value in self.in_use().items()}

    def in_use(self) -> dict[str, Any]:
        """The fields that are set, by name."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value}

    def without(self, *names: str) -> Self:
        """A copy with some fields not set."""
        unset: dict[str, Any] = {each.name: each.default for each in fields(self) if each.name in names}
        return replace(self, **unset)


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
        matching.append(attendance.booked(where.event_id, where.attendance))
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


def _typed(query: Mapping[str, str], each: Field[Any]) -> str:
    """The value of a field in an address's query. Links to older downloads use the field's name as the key."""
    return query.get(each.metadata["key"]) or query.get(each.name) or ""


KEYS: dict[str, str] = {each.name: each.metadata["key"] for each in fields(CustomerFilter)}
"""The key of each field in an address, by the field's name."""
_WRITE: dict[str, Callable[[Any], str]] = {each.name: each.metadata["write"] for each in fields(CustomerFilter)}
