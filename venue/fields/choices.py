"""The options of a field of kind "choice": add, rename and remove them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import FieldChoice
from venue import acts
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.fields import find
from venue.fields.edit import MOST_CHOICES, checked_name, locked
from venue.fields.kinds import FieldRow, Kind, folded
from venue.roles import Permission, require


@act(Act.CHOICE_ADDED)
def add_choice(session: Session, field_id: UUID, *, name: str, now: datetime) -> FieldChoice:
    """Add an option, after the others. One that was retired is offered again. Raises NotFound and Invalid."""
    require(session, Permission.FIELDS)
    field = _field(session, field_id)
    checked = checked_name(name)
    same = _same(session, field_id, checked)
    if same is not None and not same.is_retired:
        raise Invalid(name=f"There is a choice ‘{same.name}’ already")
    if same is not None:
        acts.details(session, choice_id=str(same.id), field_id=str(field.id))
        same.is_retired = False
        session.flush()
        return same
    if len(field.choices) >= MOST_CHOICES:
        raise Invalid(name=f"A field has at most {MOST_CHOICES} choices")
    last = select(func.coalesce(func.max(FieldChoice.position) + 1, 0)).where(FieldChoice.field_id == field_id)
    choice = FieldChoice(field_id=field_id, name=checked, folded_name=folded(checked))
    choice.position = session.scalars(last).one()
    session.add(choice)
    session.flush()
    return choice


@act(Act.CHOICE_CHANGED)
def rename_choice(session: Session, choice_id: UUID, *, name: str, now: datetime) -> FieldChoice:
    """Rename an option, for all customers who have it. Raises NotFound and Invalid."""
    require(session, Permission.FIELDS)
    choice = _choice(session, choice_id)
    checked = checked_name(name)
    same = _same(session, choice.field_id, checked)
    if same is not None and same.id != choice_id:
        raise Invalid(name=f"There is a choice ‘{same.name}’ already")
    choice.name, choice.folded_name = checked, folded(checked)
    session.flush()
    return choice


@act(Act.CHOICE_RETIRED)
def retire_choice(session: Session, choice_id: UUID, *, now: datetime) -> int:
    """Stop offering an option, and return how many customers keep it. If none has it, it is deleted. Raises NotFound,
    and Invalid for the last option that is offered."""
    require(session, Permission.FIELDS)
    choice = _choice(session, choice_id)
    field = find.get(session, choice.field_id)
    if [each.id for each in field.offered] == [choice_id]:
        raise Invalid(
            name=f"‘{choice.name}’ is the only choice of {field.name}: add another one first, or delete the field"
        )
    acts.details(session, choice_id=str(choice.id), field_id=str(field.id))
    kept = find.count(session, field, choice_id)
    if kept:
        choice.is_retired = True
    else:
        session.delete(choice)
    session.flush()
    return kept


def _field(session: Session, field_id: UUID) -> FieldRow:
    locked(session, field_id)
    field = find.get(session, field_id)
    if field.kind is not Kind.CHOICE:
        raise Invalid(name=f"{field.name} is not a choice")
    return field


def _choice(session: Session, choice_id: UUID) -> FieldChoice:
    """A choice, while no one else changes its field or saves a value of it."""
    field_id = session.scalar(select(FieldChoice.field_id).where(FieldChoice.id == choice_id))
    if field_id is not None:
        locked(session, field_id)
    choice = session.get(FieldChoice, choice_id, populate_existing=True, with_for_update=True)
    if choice is None:
        raise NotFound("This choice no longer exists.")
    return choice


def _same(session: Session, field_id: UUID, name: str) -> FieldChoice | None:
    named_so = select(FieldChoice).where(FieldChoice.field_id == field_id, FieldChoice.folded_name == folded(name))
    return session.scalar(named_so)
