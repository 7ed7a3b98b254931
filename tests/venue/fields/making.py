"""Fields and values for tests."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tests.makers import NOW
from venue import fields

OPTIONS = ("Bar", "Garden", "Snug")


def a_field(session: Session, name: str = "Allergies", kind: str = "text", **over: Any) -> UUID:
    """A new field's id; a choice has OPTIONS."""
    choices = {"choices": OPTIONS} if kind == "choice" else {}
    return fields.add(session, name=name, kind=kind, now=NOW, **{**choices, **over}).id


def choice_id(session: Session, field_id: UUID, name: str) -> UUID:
    return next(choice.id for choice in fields.get(session, field_id).choices if choice.name == name)


def words_of(session: Session, customer_id: UUID) -> dict[str, str]:
    """What a customer has, by the field's name, as staff read it."""
    values = fields.values_of(session, [customer_id]).get(customer_id, {})
    named = {field.name: fields.shown(values.get(field.id)) for field in fields.listed(session)}
    return {name: words for name, words in named.items() if words}
