"""Twenty fields of the venue's own, of which each customer has a third, and the best queries for a filter by one."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from benchmarks.people import NOW
from venue import fields
from venue.fields import FieldRow, Kind
from venue.profile import Venue
from venue.roles import DESK

FIELDS = 20
CHOICES = ("Bar", "Snug", "Garden", "Window", "Roof")
TEXTS = ("no nuts", "gluten", "milk, eggs", "shellfish", "celery", "nothing", "mustard", "soya", "fish", "bees")
# A customer has a value of a field when their number, which is random, leaves this remainder.
EVERY = 3


@dataclass(frozen=True)
class Wanted:
    """What is looked for in the first field of a kind. `condition` is on a row `v` of customer_values; `many`: more
    than a page of 50 are soon found in the list's order."""

    name: str
    kind: Kind
    typed: str
    condition: str
    many: bool


WANTED = (
    Wanted("a text", Kind.TEXT, "nut", "v.text IS NOT NULL AND v.text {like} :part", many=True),
    Wanted("a number, 1 in 3,000", Kind.NUMBER, "7", "v.number = 7", many=False),
    Wanted("a range of numbers", Kind.NUMBER, "100..499", "v.number BETWEEN 100 AND 499", many=True),
    Wanted("a day, 1 in 30,000", Kind.DAY, "1980-03-06", "v.day = '1980-03-06'", many=False),
    Wanted("yes", Kind.FLAG, "yes", "v.flag = {true}", many=True),
    Wanted("a choice", Kind.CHOICE, CHOICES[1], "v.choice_id = :choice", many=True),
)


def fill(venue: Venue) -> list[FieldRow]:
    """The fields, which are made with their values unless they are there."""
    with venue.transaction(DESK) as session:
        listed = fields.listed(session)
        if listed:
            return list(listed)
        kinds = list(Kind)
        for number in range(FIELDS):
            kind = kinds[number % len(kinds)]
            fields.add(session, name=f"Field {number + 1}", kind=kind, choices=CHOICES, now=NOW)
        listed = fields.listed(session)
    with venue.database.engine.begin() as connection:
        for number, field in enumerate(listed):
            values = {"field": field.id.hex if connection.dialect.name == "sqlite" else field.id}
            connection.execute(text(_insert(field, number, connection.dialect.name)), values)
    with venue.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return list(listed)


def _insert(field: FieldRow, number: int, dialect: str) -> str:
    """SQL that gives every third customer a value of the field."""
    spread = f"(search_id / {number * 1_009 + 7})"
    cast = "CAST(:field AS uuid)" if dialect == "postgresql" else ":field"
    return (
        f"INSERT INTO customer_values (customer_id, field_id, {field.kind.column}) "
        f"SELECT id, {cast}, {_value(field, spread, dialect)} FROM customers WHERE {spread} % {EVERY} = 0"
    )


def _value(field: FieldRow, spread: str, dialect: str) -> str:
    rest = f"{spread} / {EVERY}"
    if field.kind is Kind.TEXT:
        cases = " ".join(f"WHEN {place} THEN '{food}'" for place, food in enumerate(TEXTS))
        return f"CASE {rest} % {len(TEXTS)} {cases} END || ' ' || ({rest} % 1000)"
    if field.kind is Kind.NUMBER:
        return f"{rest} % 1000"
    if field.kind is Kind.DAY:
        days = f"({rest} % 10000)"
        sqlite = f"date('1970-01-01', '+' || {days} || ' days')"
        return sqlite if dialect == "sqlite" else f"date '1970-01-01' + CAST({days} AS integer)"
    if field.kind is Kind.FLAG:
        return f"{rest} % 2 = 0"
    ids = [choice.id.hex if dialect == "sqlite" else str(choice.id) for choice in field.choices]
    cases = " ".join(f"WHEN {place} THEN '{choice}'" for place, choice in enumerate(ids))
    chosen = f"CASE {rest} % {len(ids)} {cases} END"
    return chosen if dialect == "sqlite" else f"CAST({chosen} AS uuid)"


def filter_of(wanted: Wanted, listed: list[FieldRow]) -> tuple[tuple[UUID, str], ...]:
    """The filter as our list takes it."""
    field = next(each for each in listed if each.kind is wanted.kind)
    return ((field.id, wanted.typed),)


def condition_of(wanted: Wanted, listed: list[FieldRow], dialect: str) -> tuple[str, dict[str, Any]]:
    """The condition on a row `v` of customer_values, and its values."""
    field = next(each for each in listed if each.kind is wanted.kind)
    like, true = ("ILIKE", "true") if dialect == "postgresql" else ("LIKE", "1")
    values: dict[str, Any] = {"field": field.id}
    if wanted.kind is Kind.TEXT:
        values["part"] = f"%{wanted.typed}%"
    if wanted.kind is Kind.CHOICE:
        values["choice"] = field.choices[1].id
    return f"v.field_id = :field AND {wanted.condition.format(like=like, true=true)}", values
