"""The venue's own fields on the forms of a customer and on their screen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from pages.elements.board import Section
from pages.elements.calendar import day_words
from pages.parts import page_state
from pages.parts.fields import Fields
from venue import fields as own_fields
from venue.errors import Conflict
from venue.fields import FieldRow, Kind, Stored, Value
from venue.fields.kinds import format_value

YES_OR_NO = ("Yes", "No")
# The name in the page state of the fields that staff know were deleted while they typed.
GONE = "deleted_fields"


@dataclass(frozen=True)
class Opened:
    """The venue's fields as they were when a form was opened, and the customer's values in them."""

    fields: Sequence[FieldRow]
    values: Mapping[UUID, Value] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, str]:
        return {each.key: each.name for each in self.fields}

    @property
    def stored(self) -> dict[str, Stored | None]:
        """The values by the field's key, as the rules compare them."""
        return {each.key: _stored(self.values.get(each.id)) for each in self.fields}

    @property
    def typed(self) -> dict[str, Any]:
        """The values by the field's key, as their widgets return them."""
        return {each.key: _typed(each, _stored(self.values.get(each.id))) for each in self.fields}

    def again(self, session: Session, customer_id: UUID) -> "Opened":
        """The same fields with the customer's values of now."""
        return Opened(self.fields, own_fields.values_of(session, [customer_id]).get(customer_id, {}))


def read(session: Session, customer_id: UUID | None = None) -> Opened:
    """The venue's fields and, of a customer, their values."""
    fields = own_fields.listed(session)
    ids = [customer_id] if customer_id and fields else []
    values = own_fields.values_of(session, ids)
    return Opened(fields, values.get(customer_id, {}) if customer_id else {})


def draw(typed: Fields, opened: Opened, present: Iterable[FieldRow]) -> None:
    """Draw a widget for each field. `present` are the fields of now: other names and choices are shown at once, a
    deleted field until staff know it."""
    by_id = {each.id: each for each in present}
    known = page_state.get(GONE, frozenset())
    for each in opened.fields:
        if each.id in by_id or each.key not in known:
            _draw(typed, by_id.get(each.id, each), each, _stored(opened.values.get(each.id)))


def draw_one(typed: Fields, field: FieldRow) -> None:
    """Draw an empty widget for one field."""
    _draw(typed, field, field, None)


def notice_deleted(problems: Iterable[str], present: Iterable[FieldRow]) -> None:
    """Remember which of the fields with a problem were deleted: they are not drawn again."""
    keys = {each.key for each in present}
    gone = {name for name in problems if name.startswith("field.") and name not in keys}
    page_state.set(GONE, page_state.get(GONE, frozenset()) | gone)


def split(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments for `customers.add` and `customers.update`: the venue's own fields as `own`."""
    own = {name: value for name, value in typed.items() if name.startswith("field.")}
    others = {name: value for name, value in typed.items() if name not in own}
    return {**others, "own": {UUID(name.removeprefix("field.")): value for name, value in own.items()}}


def filled(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, without the venue's own fields that are empty."""
    return {name: value for name, value in typed.items() if not name.startswith("field.") or value not in ("", None)}


def in_words(conflict: Conflict, fields: Iterable[FieldRow]) -> Conflict:
    """The conflict with the values of own fields as staff read them."""
    choices = {choice.id: choice.name for each in fields for choice in each.choices}
    pairs = {
        name: (format_value(theirs, choices), format_value(mine, choices))
        for name, (theirs, mine) in conflict.fields.items()
        if name.startswith("field.")
    }
    return Conflict(conflict.fields | pairs, version=conflict.version, changed_at=conflict.changed_at)


def seen(conflict: Conflict) -> dict[str, Any]:
    """The saved values of own fields that a conflict shows, by the field's key."""
    return {name: theirs for name, (theirs, _mine) in conflict.fields.items() if name.startswith("field.")}


def sections(opened: Opened, first_name: str) -> tuple[Section, ...]:
    """What a customer has in the venue's fields, on their screen; nothing if they have nothing."""
    facts = [(each.name, opened.values[each.id].words) for each in opened.fields if each.id in opened.values]
    return (Section(f"About {first_name}", facts=facts),) if facts else ()


def _draw(typed: Fields, each: FieldRow, opened: FieldRow, stored: Stored | None) -> None:
    value = _typed(each, stored)
    if each.kind is Kind.TEXT:
        typed.text(each.key, each.name, value)
    elif each.kind is Kind.NUMBER:
        typed.number(each.key, each.name, value)
    elif each.kind is Kind.DAY:
        typed.day(each.key, each.name, stored if isinstance(stored, date) else None)
    elif each.kind is Kind.FLAG:
        typed.optional_choice(each.key, each.name, YES_OR_NO, value)
    else:
        # One that was removed since may be chosen already: the rules say so when it is saved.
        choices = [*each.choices, *(choice for choice in opened.choices if choice not in each.choices)]
        offered = {choice.id: choice.name for choice in (*opened.offered, *each.offered)}
        names = {str(choice.id): choice.name for choice in choices if choice.id in offered or choice.id == stored}
        typed.optional_choice(
            each.key, each.name, list(names), value, format_func=lambda choice_id: names.get(choice_id, choice_id)
        )


def _stored(value: Value | None) -> Stored | None:
    return value.stored if value else None


def _typed(each: FieldRow, stored: Stored | None) -> Any:
    """A stored value as the field's widget returns it."""
    if each.kind is Kind.TEXT:
        return stored or ""
    if stored is None:
        return "" if each.kind is Kind.DAY else None
    if isinstance(stored, bool):
        return YES_OR_NO[0] if stored else YES_OR_NO[1]
    if isinstance(stored, date):
        return day_words(stored)
    return str(stored) if isinstance(stored, UUID) else stored
