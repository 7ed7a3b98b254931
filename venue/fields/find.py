"""Find the venue's fields, and the values that customers have in them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from db.models import CustomerValue, CustomField, FieldChoice
from venue import masking
from venue.errors import NotFound
from venue.fields.kinds import ChoiceRow, FieldRow, Kind, Stored, folded, format_value, key_of
from venue.roles import Permission, require

_fields, _choices, _values = CustomField.__table__.c, FieldChoice.__table__.c, CustomerValue.__table__.c


@dataclass(frozen=True)
class Value:
    """A customer's value of a field, and how staff read it."""

    stored: Stored
    words: str


@dataclass(frozen=True)
class ListColumn:
    """A field as a column of the customer list: its name there, like "field.0193…", and its label."""

    name: str
    label: str
    field_id: UUID


def listed(session: Session, *, only: Collection[UUID] | None = None) -> Sequence[FieldRow]:
    """All fields, or `only` those with these ids, in their order."""
    require(session, Permission.READ)
    query = select(_fields.id, _fields.name, _fields.kind).order_by(_fields.position, _fields.id)
    rows = session.execute(query if only is None else query.where(_fields.id.in_(list(only)))).all()
    choices = _choices_of(session, [row.id for row in rows if row.kind == Kind.CHOICE])
    return [FieldRow(row.id, row.name, Kind(row.kind), tuple(choices.get(row.id, ()))) for row in rows]


def get(session: Session, field_id: UUID) -> FieldRow:
    """One field. Raises NotFound."""
    require(session, Permission.READ)
    field = next((each for each in listed(session) if each.id == field_id), None)
    if field is None:
        raise NotFound("This field no longer exists.")
    return field


def named(session: Session, name: str) -> FieldRow:
    """The field with this name, in capitals or not. Raises NotFound."""
    require(session, Permission.READ)
    field = next((each for each in listed(session) if folded(each.name) == folded(name)), None)
    if field is None:
        raise NotFound("There is no field with this name.")
    return field


def count(session: Session, field: FieldRow, choice_id: UUID | None = None) -> int:
    """The number of customers who have a value of this field, or have this choice."""
    require(session, Permission.READ)
    matching = filled(field) if choice_id is None else and_(filled(field), _values.choice_id == choice_id)
    return session.scalars(select(func.count()).select_from(CustomerValue).where(matching)).one()


def filled(field: FieldRow) -> ColumnElement[bool]:
    """A SQL condition for the values of this field, for which there is an index."""
    return and_(_values.field_id == field.id, _values[field.kind.column].is_not(None))


def values_of(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, dict[UUID, Value]]:
    """The values of these customers, by customer id and field id. Who has none is missing. Numbers within text are
    hidden from those who may not see them."""
    require(session, Permission.READ)
    found: dict[UUID, dict[UUID, Value]] = defaultdict(dict)
    if not customer_ids:
        return found
    text = masking.free_text(_values.text, full=masking.sees_numbers(session))
    columns = (_values.customer_id, _values.field_id, text, _values.number, _values.day, _values.flag)
    query = (
        select(*columns, _values.choice_id, _choices.name.label("choice"))
        .join_from(CustomerValue.__table__, FieldChoice.__table__, _choices.id == _values.choice_id, isouter=True)
        .where(_values.customer_id.in_(list(customer_ids)))
    )
    for row in session.execute(query):
        found[row.customer_id][row.field_id] = value_of(row, {row.choice_id: row.choice})
    return found


def shown(value: Value | None) -> str:
    """A value as staff read it; empty for none."""
    return "" if value is None else value.words


def list_columns(session: Session) -> Sequence[ListColumn]:
    """The fields as columns of the customer list, in their order."""
    require(session, Permission.READ)
    query = select(CustomField.id, CustomField.name).order_by(CustomField.position, CustomField.id)
    return [ListColumn(key_of(row.id), row.name, row.id) for row in session.execute(query)]


def value_of(row: Any, choices: Mapping[UUID, str]) -> Value:
    """The value in a row of `customer_values`. `choices` are the names of choices by id."""
    columns = (row.text, row.number, row.day, row.flag, row.choice_id)
    stored: Stored = next(value for value in columns if value is not None)
    return Value(stored, format_value(stored, choices))


def words(row: Mapping[str, Any], choices: Mapping[UUID, str]) -> str:
    """What a row of `customer_values`, by column, says as staff read it. `choices` are the names of choices by id."""
    columns = (row["text"], row["number"], row["day"], row["flag"], row["choice_id"])
    return format_value(next(value for value in columns if value is not None), choices)


def _choices_of(session: Session, field_ids: Collection[UUID]) -> dict[UUID, list[ChoiceRow]]:
    choices: dict[UUID, list[ChoiceRow]] = defaultdict(list)
    if not field_ids:
        return choices
    query = select(_choices.id, _choices.field_id, _choices.name, _choices.is_retired)
    query = query.where(_choices.field_id.in_(list(field_ids))).order_by(_choices.position, _choices.id)
    for row in session.execute(query):
        choices[row.field_id].append(ChoiceRow(row.id, row.name, row.is_retired))
    return choices
