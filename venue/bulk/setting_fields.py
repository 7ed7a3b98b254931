"""Give many customers the same value of one of the venue's fields, or clear it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from db.models import CustomerValue, CustomField, FieldChoice
from db.writes import delete_where, insert_new, update_where
from venue import acts, fields
from venue.acts import Act, act
from venue.bulk.selection import Chosen, confirm, in_parts
from venue.bulk.tagging import Changed
from venue.errors import Invalid, NotFound
from venue.fields import FieldRow, Kind, Stored
from venue.roles import Permission, require

GONE = "This field no longer exists."


@act(Act.CUSTOMERS_FIELD_SET)
def set_field(session: Session, chosen: Chosen, *, field_id: UUID, value: Any, now: datetime) -> Changed:
    """Give all of them this value, as it was typed. Raises Invalid(value=…), NotFound, and SelectionChanged."""
    require(session, Permission.CHANGE_MANY)
    ids = confirm(session, chosen, now=now)
    field = _locked(session, field_id)
    stored = _checked(session, field, value)
    column = field.kind.column
    has = select(CustomerValue.customer_id)
    have = {each for part in in_parts(ids) for each in session.scalars(has.where(_of(field_id, part)))}
    same = {"field_id": field_id, column: stored}
    new = [{**same, "customer_id": each} for each in ids if each not in have]
    for rows in in_parts(new):
        insert_new(session, CustomerValue, rows)
    other = CustomerValue.__table__.c[column].is_distinct_from(stored)
    changed = len(new)
    for part in in_parts(sorted(have)):
        changed += update_where(session, CustomerValue, and_(_of(field_id, part), other), {column: stored})
    return _noted(session, field, changed, len(ids))


@act(Act.CUSTOMERS_FIELD_CLEARED)
def clear_field(session: Session, chosen: Chosen, *, field_id: UUID, now: datetime) -> Changed:
    """Leave all of them without a value of this field. Raises NotFound, and SelectionChanged."""
    require(session, Permission.CHANGE_MANY)
    ids = confirm(session, chosen, now=now)
    field = _locked(session, field_id)
    changed = sum(delete_where(session, CustomerValue, _of(field_id, part)) for part in in_parts(ids))
    return _noted(session, field, changed, len(ids))


def _locked(session: Session, field_id: UUID) -> FieldRow:
    """The field. Until the transaction ends no one else can delete it, or give a customer a first value of it."""
    if session.scalar(select(CustomField.id).where(CustomField.id == field_id).with_for_update()) is None:
        raise NotFound(GONE)
    return fields.get(session, field_id)


def _checked(session: Session, field: FieldRow, typed: Any) -> Stored:
    try:
        stored = fields.checked_for([field], {field.id: typed})[field.id]
    except Invalid as invalid:
        raise Invalid(value=str(invalid)) from invalid
    if stored is None:
        raise Invalid(value="Enter a value, or clear the field instead")
    if field.kind is Kind.CHOICE:
        offered = select(FieldChoice.id).where(FieldChoice.id == stored, FieldChoice.is_retired.is_(False))
        if session.scalar(offered.with_for_update(read=True, key_share=True)) is None:
            raise Invalid(value="This choice is no longer offered: choose another one")
    return stored


def _of(field_id: UUID, customer_ids: Sequence[UUID]) -> ColumnElement[bool]:
    return and_(CustomerValue.field_id == field_id, CustomerValue.customer_id.in_(customer_ids))


def _noted(session: Session, field: FieldRow, changed: int, count: int) -> Changed:
    acts.details(session, field_id=str(field.id), customers=changed)
    return Changed(changed, count - changed)
