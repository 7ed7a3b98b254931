"""The names of the tags, fields, choices and bulk texts that entries of the journal are about.

Details of entries hold their ids: they are never erased, while a name may be that of a guest."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from db.models import Campaign, CustomField, FieldChoice, JournalValue, Tag

# By table: what its rows may name.
_NAMED: dict[str, tuple[type[Any], ...]] = {
    "tags": (Tag,),
    "customer_tags": (Tag,),
    "custom_fields": (CustomField,),
    "field_choices": (CustomField, FieldChoice),
    "customer_values": (CustomField, FieldChoice),
    "campaign_customers": (Campaign,),
}
# By the name of the detail.
_IN_DETAILS: dict[str, type[Any]] = {"tag_id": Tag, "into_id": Tag, "field_id": CustomField, "choice_id": FieldChoice}
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


def of(session: Session, values: Iterable[_Changed], details: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The present names by id as text. Those that were deleted are missing, but for what details are about: of these
    it is the last name, unless it was erased."""
    ids: dict[type[Any], set[UUID]] = {}
    for value in values:
        for entity in _NAMED.get(value.table, ()):
            ids.setdefault(entity, set()).update(_ids_in(value))
    about = {(entity, each[name]) for each in details for name, entity in _IN_DETAILS.items() if name in each}
    for entity, row_id in about:
        ids.setdefault(entity, set()).add(UUID(row_id))
    names: dict[str, str] = {}
    for entity, wanted in ids.items():
        query = select(entity.id, entity.name).where(entity.id.in_(wanted))
        names |= {str(row.id): row.name for row in session.execute(query)}
    return names | _last_names(session, [(entity, row_id) for entity, row_id in about if row_id not in names])


def _last_names(session: Session, deleted: Iterable[tuple[type[Any], str]]) -> dict[str, str]:
    """The names that these had when they were deleted."""
    rows = [(entity.__tablename__, row_id) for entity, row_id in deleted]
    if not rows:
        return {}
    query = (
        select(JournalValue.row_id, JournalValue.before)
        .where(JournalValue.customer_id.is_(None), JournalValue.event_id.is_(None))
        .where(tuple_(JournalValue.table_name, JournalValue.row_id).in_(rows))
        .where(JournalValue.before.is_not(None), JournalValue.after.is_(None))
        .order_by(JournalValue.id)
    )
    return {row.row_id: json.loads(row.before)["name"] for row in session.execute(query)}


def _ids_in(value: _Changed) -> Iterator[UUID]:
    """The ids in the key of a row, and in its columns."""
    yield from map(UUID, value.row_id.split())
    for columns in (value.before, value.after):
        yield from (UUID(columns[name]) for name in _REFERENCES if columns and columns.get(name))
