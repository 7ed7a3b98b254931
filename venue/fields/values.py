"""Save what customers have in the venue's fields."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import CustomerValue, CustomField, FieldChoice
from venue.errors import Invalid
from venue.fields import find
from venue.fields.kinds import FieldRow, Kind, Stored, key_of, read
from venue.roles import Permission, require

GONE = "This field was deleted in the meantime. Save again to leave it out"
Values = Mapping[UUID, Stored | None]


@dataclass(frozen=True)
class Edits:
    """The values to write, by field id. `conflicts` are values that someone else changed too, by `key_of`: (theirs,
    mine)."""

    values: dict[UUID, Stored | None] = field(default_factory=dict)
    conflicts: dict[str, tuple[Stored | None, Stored | None]] = field(default_factory=dict)


def checked(session: Session, typed: Mapping[UUID, Any]) -> Values:
    """The values to store for what was typed, by field id; None clears a field. Raises Invalid with every problem at
    once, by `key_of`."""
    return checked_for(find.listed(session), typed) if typed else {}


def checked_for(fields: Iterable[FieldRow], typed: Mapping[UUID, Any]) -> Values:
    """As `checked`, for these fields."""
    by_id = {each.id: each for each in fields}
    values: dict[UUID, Stored | None] = {}
    problems: dict[str, str] = {}
    for field_id, text in typed.items():
        try:
            if field_id in by_id:
                values[field_id] = read(by_id[field_id], text)
            else:
                problems[key_of(field_id)] = GONE
        except ValueError as problem:
            problems[key_of(field_id)] = str(problem)
    if problems:
        raise Invalid(**problems)
    return values


def edits(session: Session, customer_id: UUID, values: Values, *, was: Mapping[str, Any] | None = None) -> Edits:
    """What to write of these values: those that differ from the present ones.

    `was` holds the values that were read, by `key_of`. With it, what only someone else changed is left as it is, and
    what both changed to different values is a conflict. Raises Invalid for a choice that is no longer offered.
    """
    present = _present(session, customer_id)
    differing = {field_id: value for field_id, value in values.items() if present.get(field_id) != value}
    if was is None:
        mine, both = differing, []
    else:
        before = {field_id: was.get(key_of(field_id)) for field_id in differing}
        mine = {field_id: value for field_id, value in differing.items() if before[field_id] != value}
        both = [field_id for field_id in mine if before[field_id] != present.get(field_id)]
    _refuse_retired(session, mine)
    return Edits(mine, {key_of(field_id): (present.get(field_id), mine[field_id]) for field_id in both})


def put(
    session: Session, customer_id: UUID, values: Values, *, was: Mapping[str, Any] | None = None, now: datetime
) -> bool:
    """Store these values of a customer, whose row is locked or new, and return whether anything changed. They are as
    `checked` returned them; None clears a field. It is part of an act.

    With `was`, what someone else changed is left as it is. Raises Invalid for a field or choice that was deleted.
    """
    require(session, Permission.CUSTOMERS, Permission.IMPORT, Permission.CHANGE_MANY)
    changed = edits(session, customer_id, values, was=was).values
    _refuse_deleted(session, changed)
    rows = session.scalars(select(CustomerValue).where(CustomerValue.customer_id == customer_id))
    stored = {row.field_id: row for row in rows}
    for field_id, value in changed.items():
        row = stored.get(field_id)
        if value is None and row is not None:
            session.delete(row)
        elif row is not None:
            setattr(row, column_of(value), value)
        else:
            session.add(CustomerValue(customer_id=customer_id, field_id=field_id, **{column_of(value): value}))
    session.flush()
    return bool(changed)


def column_of(value: Stored | None) -> str:
    """The column of `customer_values` that has values of this type."""
    if isinstance(value, bool):
        return Kind.FLAG.column
    if isinstance(value, float | int):
        return Kind.NUMBER.column
    if isinstance(value, UUID):
        return Kind.CHOICE.column
    return Kind.TEXT.column if isinstance(value, str) else Kind.DAY.column


def _present(session: Session, customer_id: UUID) -> dict[UUID, Stored]:
    query = select(CustomerValue.__table__).where(CustomerValue.__table__.c.customer_id == customer_id)
    return {row.field_id: find.value_of(row, {}).stored for row in session.execute(query)}


def _refuse_retired(session: Session, values: Values) -> None:
    """Raises Invalid for a choice that is no longer offered. Customers who have it keep it."""
    wanted = {value: field_id for field_id, value in values.items() if isinstance(value, UUID)}
    if not wanted:
        return
    query = select(FieldChoice.id, FieldChoice.name).where(FieldChoice.id.in_(list(wanted)), FieldChoice.is_retired)
    problems = {
        key_of(wanted[row.id]): f"‘{row.name}’ is no longer offered: choose another one"
        for row in session.execute(query)
    }
    if problems:
        raise Invalid(**problems)


def _refuse_deleted(session: Session, values: Values) -> None:
    """Raises Invalid for a field or a choice that was deleted. The others cannot be until this transaction ends."""
    gone = values.keys() - _locked(session, CustomField, list(values))
    problems = dict.fromkeys(map(key_of, gone), GONE)
    choices = {value: field_id for field_id, value in values.items() if isinstance(value, UUID)}
    for choice_id in set(choices) - _locked(session, FieldChoice, list(choices)):
        problems.setdefault(key_of(choices[choice_id]), "This choice was deleted in the meantime: choose another one")
    if problems:
        raise Invalid(**problems)


def _locked(session: Session, entity: Any, ids: list[UUID]) -> set[UUID]:
    """Those of these rows that exist, which no one can delete until the transaction ends."""
    if not ids:
        return set()
    query = select(entity.id).where(entity.id.in_(ids)).order_by(entity.id)
    return set(session.scalars(query.with_for_update(read=True, key_share=True)))
