"""The columns of a file of customers that are the venue's own fields, by their names. An empty cell changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import CustomerValue
from db.search import fold
from db.session import is_trial
from db.writes import insert_new
from venue import fields
from venue.errors import Invalid
from venue.fields import FieldRow, Kind, key_of
from venue.fields.values import column_of
from venue.imports.importer import Importer
from venue.imports.table import Row

NO_VALUE = dict.fromkeys(kind.column for kind in Kind)
Problems = list[tuple[str, str, str]]


def with_fields(importer: Importer, own: Sequence[FieldRow]) -> Importer:
    """The importer of customers that knows the columns of these fields too."""
    if not own:
        return importer
    taken = {fold(field.name) for field in own}
    # A heading that is the name of an own field is no usual one of another field.
    usual = {name: tuple(each for each in names if fold(each) not in taken) for name, names in importer.names.items()}
    names = {field.key: (field.name,) for field in own}
    check: Any = importer.check
    return replace(importer, names={**usual, **names}, check=partial(check, own=own))


def read(row: Row, own: Sequence[FieldRow]) -> dict[UUID, fields.Stored]:
    """What a row has in these fields. Raises Invalid with every problem, by the field's key."""
    typed = {field.id: row[field.key] for field in own if row[field.key].strip()}
    return {field_id: value for field_id, value in fields.checked_for(own, typed).items() if value is not None}


class ValuesOfFile:
    """The values of the file's customers in the venue's fields, some rows at a time."""

    def __init__(self, session: Session):
        self.session = session
        self.fields = {field.id: field for field in fields.listed(session)}
        self.stored: dict[UUID, dict[UUID, Any]] = {}
        self.rows: list[dict[str, Any]] = []

    def load(self, customer_ids: Collection[UUID]) -> None:
        """Read what these customers have: called before each batch."""
        found = fields.values_of(self.session, customer_ids)
        for customer_id, values in found.items():
            self.stored.setdefault(customer_id, {field_id: value.stored for field_id, value in values.items()})

    def differing(self, customer_id: UUID, values: Mapping[UUID, Any]) -> dict[UUID, Any]:
        """Those of the values that the customer does not have yet."""
        stored = self.stored.get(customer_id, {})
        return {field_id: value for field_id, value in values.items() if stored.get(field_id) != value}

    def has_others(self, customer_id: UUID, values: Mapping[UUID, Any]) -> bool:
        """Whether the customer has other values already in any of these fields."""
        return not values.keys().isdisjoint(self.stored.get(customer_id, {}))

    def problems(self, row: Row, customer_id: UUID | None, values: Mapping[UUID, Any]) -> Problems:
        """What is wrong with giving a customer these values, for the report: a field that was deleted since the file
        was read, or a choice that is no longer offered."""
        said: Problems = []
        for field_id, value in (self.differing(customer_id, values) if customer_id else values).items():
            field = self.fields.get(field_id)
            if field is None:
                said.append(row.problem(key_of(field_id), "This field was deleted in the meantime"))
            elif field.kind is Kind.CHOICE and value not in {choice.id for choice in field.offered}:
                said.append(row.problem(field.key, "This choice is no longer offered: choose another one"))
        return said

    def remarks(self, row: Row, customer_id: UUID, values: Mapping[UUID, Any]) -> Problems:
        """What the report says about changed values of a customer: what was there before."""
        stored = self.stored.get(customer_id, {})
        said: Problems = []
        for field_id in values:
            field = self.fields[field_id]
            before = stored.get(field_id)
            names = {choice.id: choice.name for choice in field.choices}
            words = f"It was: {fields.format_value(before, names)}" if before is not None else "It was empty"
            said.append(row.problem(field.key, words))
        return said

    def remember(self, customer_id: UUID, values: Mapping[UUID, Any]) -> None:
        """Know of values that a row has given a customer, for later rows."""
        self.stored[customer_id] = {**self.stored.get(customer_id, {}), **values}

    def add(self, customer_id: UUID, values: Mapping[UUID, Any]) -> None:
        """Give values to a new customer, once `write` is called."""
        self.remember(customer_id, values)
        for field_id, value in values.items():
            row = {"customer_id": customer_id, "field_id": field_id, **NO_VALUE, column_of(value): value}
            self.rows.append(row)

    def write(self) -> None:
        """Store the values of new customers. A check, which is rolled back, stores none: others would wait for it."""
        rows, self.rows = self.rows, []
        if is_trial(self.session):
            return
        if rows:
            insert_new(self.session, CustomerValue, rows)
        # They are read again if a later row is about the same customer, so that a long file takes little memory.
        self.stored = {}


def problems_of(row: Row, invalid: Invalid) -> Problems:
    """The problems of a row for the report."""
    return [row.problem(name, reason) for name, reason in invalid.problems.items()]
