"""What becomes of every row that refers to the customer who is merged into another.

Tables that may have many rows for each customer just change hands. Those that may have one only, or one for each event,
tag or field, have a rule of their own below. A table without a rule that needs one is an error, which a test finds.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, PrimaryKeyConstraint, UniqueConstraint, or_, select
from sqlalchemy.orm import Session

from db import personal
from db.models import (
    Base,
    Booking,
    Consent,
    Customer,
    CustomerTag,
    CustomerValue,
    CustomerVisits,
    DuplicatePair,
    HouseholdMember,
    MergedCustomer,
    Message,
    PhoneNumber,
    WaitlistEntry,
)
from db.recorded import table_of
from db.writes import delete_where, insert_new, update_where
from venue import households
from venue.events import offered_seats
from venue.messages.causes import Cause, Reason
from venue.messages.withdrawals import REFUSALS, latest_line
from venue.roles import Permission, require
from venue.waitlist.offers import offer_key

# What staff said about a pair counts more than that it was found.
STRENGTH = {"open": 0, "later": 1, "household": 2, "not_same": 3}


def references() -> Iterator[Column[Any]]:
    """The columns of all tables that refer to a customer."""
    for table in personal.tables():
        for reference in table.foreign_keys:
            if reference.column.table is table_of(Customer):
                yield reference.parent


def just_changes_hands(column: Column[Any]) -> bool:
    """Whether a customer may have any number of rows with this column."""
    keys = [each for each in column.table.constraints if isinstance(each, UniqueConstraint | PrimaryKeyConstraint)]
    unique: list[Any] = [*keys, *(index for index in column.table.indexes if index.unique)]
    return not any(column.name in key.columns for key in unique)


def move_all(session: Session, keep_id: UUID, other_id: UUID, *, own: Mapping[UUID, str], now: datetime) -> None:
    """Move what belongs to one customer to another, except bookings. `own` says for each of the venue's own fields
    whether the value of "keep" or "other" counts; for the others, the one there is, and "keep" before "other"."""
    require(session, Permission.MERGE)
    refused = refused_channels(session, keep_id, other_id)
    for column in references():
        if column.table.name in OWN_RULES or not just_changes_hands(column):
            continue
        update_where(session, personal.entity_of(column.table), column == other_id, {column.name: keep_id})
    _move_tags(session, keep_id, other_id)
    _move_values(session, keep_id, other_id, own)
    households.move(session, other_id, keep_id)
    _move_pairs(session, keep_id, other_id)
    _move_waitlist(session, keep_id, other_id, now)
    _lead_here(session, keep_id, other_id, now)
    _refuse(session, keep_id, refused, now)


# Tables with rules of their own. Bookings are moved by `merge`, which asks about two for the same event.
OWN_RULES = frozenset(
    table_of(entity).name
    for entity in (
        *(CustomerTag, CustomerValue, HouseholdMember, DuplicatePair, MergedCustomer, WaitlistEntry),
        # Computed from bookings.
        CustomerVisits,
    )
) | {"bookings"}


def _move_tags(session: Session, keep_id: UUID, other_id: UUID) -> None:
    """Of a tag that both have, the later last day counts, and none is the latest of all."""
    rows = {row.tag_id: row for row in _rows(session, CustomerTag, CustomerTag.customer_id == other_id)}
    for mine in _rows(session, CustomerTag, CustomerTag.customer_id == keep_id):
        theirs = rows.pop(mine.tag_id, None)
        if theirs is None or mine.last_day is None or (theirs.last_day and theirs.last_day <= mine.last_day):
            continue
        same = (CustomerTag.customer_id == keep_id) & (CustomerTag.tag_id == mine.tag_id)
        update_where(session, CustomerTag, same, {"last_day": theirs.last_day})
    delete_where(session, CustomerTag, CustomerTag.customer_id == other_id)
    _insert(session, CustomerTag, [{**row._mapping, "customer_id": keep_id} for row in rows.values()])


def _move_values(session: Session, keep_id: UUID, other_id: UUID, own: Mapping[UUID, str]) -> None:
    mine = {row.field_id for row in _rows(session, CustomerValue, CustomerValue.customer_id == keep_id)}
    theirs = {row.field_id: row for row in _rows(session, CustomerValue, CustomerValue.customer_id == other_id)}
    moved = {field_id for field_id in theirs if field_id not in mine or own.get(field_id) == "other"}
    cleared = moved | {field_id for field_id in mine if own.get(field_id) == "other"}
    of_both = CustomerValue.customer_id.in_((keep_id, other_id))
    if theirs or cleared:
        # Without one of its two values, a field keeps the other.
        gone = CustomerValue.field_id.in_(cleared) | (CustomerValue.customer_id == other_id)
        delete_where(session, CustomerValue, of_both & gone)
    _insert(session, CustomerValue, [{**theirs[each]._mapping, "customer_id": keep_id} for each in sorted(moved)])


def _move_pairs(session: Session, keep_id: UUID, other_id: UUID) -> None:
    """What was found, or said, about one of them and a third is about the one who stays."""
    of_either = or_(*(column.in_((keep_id, other_id)) for column in (DuplicatePair.first_id, DuplicatePair.second_id)))
    pairs: dict[UUID, Any] = {}
    old = _rows(session, DuplicatePair, of_either)
    for row in sorted(old, key=lambda row: keep_id not in (row.first_id, row.second_id)):
        third = next((each for each in (row.first_id, row.second_id) if each not in (keep_id, other_id)), None)
        if third is not None and (third not in pairs or STRENGTH[pairs[third].state] < STRENGTH[row.state]):
            pairs[third] = row
    kept = {(row.first_id, row.second_id) for row in pairs.values() if keep_id in (row.first_id, row.second_id)}
    for row in old:
        if (row.first_id, row.second_id) not in kept:
            same = (DuplicatePair.first_id == row.first_id) & (DuplicatePair.second_id == row.second_id)
            delete_where(session, DuplicatePair, same)
    moved = [(third, row) for third, row in pairs.items() if (row.first_id, row.second_id) not in kept]
    _insert(
        session,
        DuplicatePair,
        [{**row._mapping, "first_id": min(third, keep_id), "second_id": max(third, keep_id)} for third, row in moved],
    )


def _move_waitlist(session: Session, keep_id: UUID, other_id: UUID, now: datetime) -> None:
    """Of two parties on the waitlist of one event, the one that was offered seats, or joined first, stays; none if
    one of the two is booked."""
    is_open = WaitlistEntry.state.in_(("waiting", "offered"))
    of_both = _rows(session, WaitlistEntry, is_open & WaitlistEntry.customer_id.in_((keep_id, other_id)))
    booked = set(session.scalars(select(Booking.event_id).where(Booking.customer_id == keep_id, Booking.seats > 0)))
    stays: dict[UUID, Any] = {}
    for row in sorted(of_both, key=lambda row: (row.state != "offered", row.joined_at, row.id)):
        if row.event_id in booked or stays.setdefault(row.event_id, row) is not row:
            state = "booked" if row.event_id in booked else "left"
            ended = {"state": state, "answer_by": None, "ended_at": now, "updated_at": now}
            update_where(session, WaitlistEntry, WaitlistEntry.id == row.id, ended)
            # An offer to both at the same instant would be texted to them twice.
            over = Reason(Cause.REPLACED, "the offer is over")
            offered_seats.skip_texts(session, Message.dedupe_key == offer_key(row), over, now=now)
    update_where(session, WaitlistEntry, WaitlistEntry.customer_id == other_id, {"customer_id": keep_id})


def _lead_here(session: Session, keep_id: UUID, other_id: UUID, now: datetime) -> None:
    update_where(session, MergedCustomer, MergedCustomer.survivor_id == other_id, {"survivor_id": keep_id})
    _insert(session, MergedCustomer, [{"old_id": other_id, "survivor_id": keep_id, "merged_at": now}])


def refused_channels(session: Session, keep_id: UUID, other_id: UUID) -> set[str]:
    """The channels by which one of them wants no news and offers. A number that gets no texts counts, too."""
    require(session, Permission.MERGE)
    both = (keep_id, other_id)
    refused = {channel for channel in ("text", "email") if any(_refuses(session, each, channel) for each in both)}
    stopped = (
        select(Customer.id)
        .join(PhoneNumber, PhoneNumber.mobile_number == Customer.mobile_number)
        .where(Customer.id.in_(both), PhoneNumber.opted_out_at.is_not(None))
    )
    return refused | ({"text"} if session.scalars(stopped).first() else set())


def _refuse(session: Session, customer_id: UUID, channels: set[str], now: datetime) -> None:
    """A refusal of one of them counts for both: whatever the latest line says, no news are sent until they agree
    again."""
    actor = require(session, Permission.MERGE)
    for channel in sorted(channels):
        if not _refuses(session, customer_id, channel):
            session.add(
                Consent(
                    customer_id=customer_id,
                    channel=channel,
                    basis="withdrawn",
                    how="Merged with a record that had withdrawn",
                    at=now,
                    actor=actor.name,
                    staff_id=actor.staff_id,
                )
            )
    session.flush()


def _refuses(session: Session, customer_id: UUID, channel: str) -> bool:
    line = latest_line(session, customer_id, channel)
    return line is not None and line.basis in REFUSALS


def _rows(session: Session, entity: type[Base], where: Any) -> list[Any]:
    session.flush()
    table = table_of(entity)
    return list(session.execute(select(table).where(where).order_by(*table.primary_key)))


def _insert(session: Session, entity: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        insert_new(session, entity, rows)
