"""The present names of the tags, fields, choices and bulk texts that rows of the journal are about."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Campaign, CustomField, FieldChoice, Tag

# By table: what its rows may name.
_NAMED: dict[str, tuple[type[Any], ...]] = {
    "tags": (Tag,),
    "customer_tags": (Tag,),
    "custom_fields": (CustomField,),
    "field_choices": (CustomField, FieldChoice),
    "customer_values": (CustomField, FieldChoice),
    "campaign_customers": (Campaign,),
}
_REFERENCES = ("tag_id", "field_id", "choice_id", "campaign_id")


class _Changed(Protocol):
    """One row that was changed, as `entries.Value`."""

    @property
    def table(self) -> str: ...
    @property
    def row_id(self) -> str: ...
    @property
    def before(self) -> Any: ...
    @property
    def after(self) -> Any: ...


def of(session: Session, values: Iterable[_Changed]) -> dict[str, str]:
    """The names by id as text. Those that were deleted are missing."""
    ids: dict[type[Any], set[UUID]] = {}
    for value in values:
        for entity in _NAMED.get(value.table, ()):
            ids.setdefault(entity, set()).update(_ids_in(value))
    names: dict[str, str] = {}
    for entity, wanted in ids.items():
        query = select(entity.id, entity.name).where(entity.id.in_(wanted))
        names |= {str(row.id): row.name for row in session.execute(query)}
    return names


def _ids_in(value: _Changed) -> Iterator[UUID]:
    """The ids in the key of a row, and in its columns."""
    yield from map(UUID, value.row_id.split())
    for columns in (value.before, value.after):
        yield from (UUID(columns[name]) for name in _REFERENCES if columns and columns.get(name))
