"""The customer list's filter by the venue's own fields.

What is wanted of a field is text, as an address has it: of a text what it contains, of a number or a day one value or a
range like "5..10", "5.." or "..10", of a flag "yes" or "no", of a choice its id.
"""

import functools
import re
from datetime import date
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, select
from sqlalchemy.orm import Session

from db.models import Customer, CustomerValue
from venue import masking
from venue.fields.find import listed
from venue.fields.kinds import FieldRow, Kind, format_number, format_value, read
from venue.profile import venue_of
from venue.roles import Permission, require

_customers, _values = Customer.__table__.c, CustomerValue.__table__
# What is wanted of each field, by the field's id.
Wanted = tuple[tuple[UUID, str], ...]
RANGE = ".."
GONE = "A field of this address no longer exists."
# Between a field's id and what is wanted, and between fields.
_IS, _AND = "~", ","
# A comma within what is wanted separates no fields, unless an id follows.
_NEXT = re.compile(rf"{_AND}(?=[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}{_IS})")


def from_address(typed: str) -> Wanted:
    """Parse what an address has, like "<id>~nuts,<id>~5..10". Raises ValueError."""
    wanted: list[tuple[UUID, str]] = []
    for part in _NEXT.split(typed):
        field_id, _, value = part.partition(_IS)
        if not value:
            raise ValueError(f"{part} does not say what to look for")
        wanted.append((UUID(field_id), unquote(value)))
    return tuple(wanted)


def to_address(wanted: Wanted) -> str:
    """What `from_address` parses.

    What is wanted stays as readable as it can: it is stored with a saved view and a bulk text, where erasing a customer
    looks for their name and number.
    """
    return _AND.join(f"{field_id}{_IS}{_escaped(value)}" for field_id, value in wanted)


def _escaped(value: str) -> str:
    return _NEXT.sub("%2C", value.replace("%", "%25"))


def checked_wanted(field: FieldRow, typed: str) -> str:
    """What is wanted of a field as an address has it: "bar" of a choice becomes its id. Raises ValueError with a
    sentence for staff."""
    if field.kind in (Kind.NUMBER, Kind.DAY):
        first, last = _bounds(field, typed)
        return _as_range(first, last)
    value = read(field, typed)
    if value is None:
        raise ValueError(f"Say what to look for in {field.name}")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def label(field: FieldRow, wanted: str) -> str:
    """A filter in words, like "Allergies: nuts" or "Table: 5 to 10"."""
    try:
        return f"{field.name}: {_words(field, wanted)}"
    except ValueError:
        return f"{field.name}: {wanted}"


def problem(session: Session, wanted: Wanted) -> str:
    """Why no customer can have what is wanted, as a sentence: the field no longer exists, or the value makes no sense
    for it. An empty string if all is well."""
    require(session, Permission.READ)
    fields = _fields(session, wanted)
    for field_id, typed in wanted:
        if field_id not in fields:
            return GONE
        try:
            checked_wanted(fields[field_id], typed)
        except ValueError as error:
            return str(error)
    return ""


def matching(session: Session, wanted: Wanted, *, own_first: bool, in_order: bool = False) -> list[ColumnElement[bool]]:
    """SQL conditions for customers who have what is wanted, one for each field. What has a `problem`, no one has.

    With `own_first` the database is to find the customers who have the values, and otherwise to look at the values of
    each customer that it has found. `in_order`: it must not look at the values first, even if few seem to match.
    """
    fields = _fields(session, wanted)
    conditions: list[ColumnElement[bool]] = []
    for place, (field_id, typed) in enumerate(wanted):
        value, field = _alias(place), fields.get(field_id)
        has_value = _has(session, value, field, typed)
        if own_first:
            conditions.append(_customers.id.in_(select(value.customer_id).where(has_value)))
            continue
        theirs = select(literal(1)).where(value.customer_id == _customers.id, has_value)
        if (in_order or _is_broad(field, typed)) and venue_of(session).database.dialect == "postgresql":
            # PostgreSQL reads a subquery with an offset for one customer at a time. Without it, it would gather all who
            # match: it expects too few of them, as it knows nothing of the values of a single field.
            theirs = theirs.offset(0)
        conditions.append(theirs.exists())
    return conditions


def _is_broad(field: FieldRow | None, typed: str) -> bool:
    """Whether many customers usually have what is wanted: yes or no, or a range."""
    return field is not None and (field.kind is Kind.FLAG or RANGE in typed)


def counting(session: Session, wanted: Wanted) -> Select[int]:
    """A query for the number of customers who have all that is wanted, from their values alone."""
    fields = _fields(session, wanted)
    values = [_alias(place) for place in range(len(wanted))]
    conditions = [
        _has(session, value, fields.get(field_id), typed)
        for value, (field_id, typed) in zip(values, wanted, strict=True)
    ]
    first = values[0]
    others = [
        exists().where(value.customer_id == first.customer_id, condition)
        for value, condition in zip(values[1:], conditions[1:], strict=True)
    ]
    return select(func.count(first.customer_id)).where(conditions[0], *others)


@functools.cache
def _alias(place: int) -> Any:
    """The columns of an alias of the values' table, one for each field that is filtered by."""
    return _values.alias(f"own_{place}").c


def _fields(session: Session, wanted: Wanted) -> dict[UUID, FieldRow]:
    ids = [field_id for field_id, _ in wanted]
    return {field.id: field for field in listed(session, only=ids)} if wanted else {}


def _has(session: Session, value: Any, field: FieldRow | None, typed: str) -> ColumnElement[bool]:
    """A SQL condition: the row of values is of this field, and what is wanted."""
    try:
        condition = _compare(session, value[field.kind.column], field, typed) if field else false()
    except ValueError:
        condition = false()
    if field is None:
        return condition
    # Said in full: so both databases see that a partial index has these rows.
    return and_(value.field_id == field.id, value[field.kind.column].is_not(None), condition)


def _compare(session: Session, column: Any, field: FieldRow, typed: str) -> ColumnElement[bool]:
    if field.kind in (Kind.NUMBER, Kind.DAY):
        first, last = _bounds(field, typed)
        if first == last:
            return column == first  # type: ignore[no-any-return]
        return and_(*([column >= first] if first is not None else []), *([column <= last] if last is not None else []))
    wanted = read(field, typed)
    if wanted is None:
        raise ValueError(f"Say what to look for in {field.name}")
    if isinstance(wanted, str):
        return _contains(session, column, wanted)
    return column == wanted  # type: ignore[no-any-return]


def _contains(session: Session, column: Any, wanted: str) -> ColumnElement[bool]:
    """Who may not see numbers finds no one by digits: they could be found out digit by digit."""
    if not masking.sees_numbers(session) and any(letter.isnumeric() for letter in wanted):
        return false()
    if venue_of(session).database.dialect == "postgresql" or wanted.isascii():
        # SQLite's LIKE ignores the case of ASCII letters.
        like = column.ilike if venue_of(session).database.dialect == "postgresql" else column.like
        escaped = wanted.replace("/", "//").replace("%", "/%").replace("_", "/_")
        return like(f"%{escaped}%", escape="/")  # type: ignore[no-any-return]
    return column.op("GLOB")(f"*{''.join(map(_either_case, wanted))}*")  # type: ignore[no-any-return]


def _either_case(letter: str) -> str:
    """A pattern of GLOB for one letter in upper or lower case. "[^]" would be another one."""
    if letter == "^":
        return letter
    return f"[{''.join(dict.fromkeys((letter, *letter.upper(), *letter.lower())))}]"


def _bounds(field: FieldRow, typed: str) -> tuple[Any, Any]:
    """The first and the last value of a range. None for no bound."""
    first, dots, last = typed.partition(RANGE)
    bounds = (read(field, first), read(field, last)) if dots else (read(field, typed),) * 2
    if bounds == (None, None):
        raise ValueError(f"Say what to look for in {field.name}")
    return bounds


def _as_range(first: Any, last: Any) -> str:
    one, other = (str(bound) if isinstance(bound, date) else _number(bound) for bound in (first, last))
    return one if first == last else f"{one}{RANGE}{other}"


def _number(bound: float | None) -> str:
    return "" if bound is None else format_number(bound)


def _words(field: FieldRow, wanted: str) -> str:
    if field.kind in (Kind.NUMBER, Kind.DAY):
        first, last = (format_value(bound, {}) for bound in _bounds(field, wanted))
        if first == last:
            return first
        return f"{first} to {last}" if first and last else f"from {first}" if first else f"until {last}"
    if field.kind is Kind.FLAG:
        return "Yes" if read(field, wanted) else "No"
    if field.kind is Kind.CHOICE:
        chosen = read(field, wanted)
        return next(choice.name for choice in field.choices if choice.id == chosen)
    return wanted
