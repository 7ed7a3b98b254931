"""Make fields of customers, rename, move and delete them. No customer's row is written."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.locks import one_at_a_time
from db.models import CustomerValue, CustomField, FieldChoice
from db.models.fields import FIELD_NAME_LENGTH
from db.writes import add_once, delete_where
from venue import acts
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.fields import find
from venue.fields.kinds import FieldRow, Kind, folded, one_line
from venue.roles import Permission, require

MOST_FIELDS, MOST_CHOICES = 40, 200
# What every customer has: the import and the list know these by name.
_TAKEN = {
    *("first name", "last name", "name", "full name", "mobile", "mobile number", "phone", "notes", "tags"),
    *("household", "customer since", "booking status", "bookings", "id"),
    # As `folded` returns them: "E-mail" is "e mail".
    *("e mail", "email", "e mail address", "email address"),
}
# So that deleting a field takes little memory.
_VALUES_AT_ONCE = 5_000


@act(Act.FIELD_ADDED)
def add(
    session: Session,
    *,
    name: str,
    kind: str,
    choices: Sequence[str] = (),
    form_token: str | None = None,
    now: datetime,
) -> CustomField:
    """Make a field, after the others. `kind` is one of Kind; `choices` are the options of a choice. Raises Invalid with
    every problem at once.

    A form token that was used before returns the field it made.
    """
    require(session, Permission.FIELDS)
    one_at_a_time(session, "fields")
    made = session.scalar(select(CustomField).where(CustomField.form_token == form_token)) if form_token else None
    if made is not None:
        return made
    field = CustomField(**_checked(session, name, kind, choices), created_at=now, form_token=form_token)
    field.position = session.scalars(select(func.coalesce(func.max(CustomField.position) + 1, 0))).one()
    add_once(session, field)
    names = [one_line(choice, "Choice") for choice in choices] if kind == Kind.CHOICE else []
    for position, choice in enumerate(names):
        session.add(FieldChoice(field_id=field.id, name=choice, folded_name=folded(choice), position=position))
    session.flush()
    return field


@act(Act.FIELD_CHANGED)
def update(session: Session, field_id: UUID, *, name: str, was: str | None = None, now: datetime) -> CustomField:
    """Rename a field. `was` is the name that was read: if someone else renamed it since, this is refused.

    Raises NotFound and Invalid.
    """
    require(session, Permission.FIELDS)
    field = locked(session, field_id)
    new_name = checked_name(name)
    if was is not None and field.name not in (was, new_name):
        raise Invalid(name=f"Someone else renamed this field ‘{field.name}’ in the meantime: check, then save again")
    _refuse_taken(session, new_name, besides=field_id)
    field.name, field.folded_name = new_name, folded(new_name)
    session.flush()
    return field


@act(Act.FIELD_CHANGED)
def move(session: Session, field_id: UUID, *, position: int, now: datetime) -> None:
    """Move a field to a place among the fields, counted from 1; beyond the last is the last. Raises NotFound."""
    require(session, Permission.FIELDS)
    field = locked(session, field_id)
    others = session.scalars(
        select(CustomField).where(CustomField.id != field_id).order_by(CustomField.position, CustomField.id)
    )
    in_order = list(others)
    in_order.insert(max(position - 1, 0), field)
    for place, each in enumerate(in_order):
        each.position = place
    session.flush()


@act(Act.FIELD_DELETED)
def delete(session: Session, field_id: UUID, *, now: datetime) -> int:
    """Delete a field with the values of all customers, and return how many had one. Raises NotFound."""
    require(session, Permission.FIELDS)
    stored = locked(session, field_id)
    deleted = _delete_values(session, find.get(session, field_id))
    acts.details(session, field_id=str(field_id), customers=deleted)
    session.delete(stored)
    session.flush()
    return deleted


def locked(session: Session, field_id: UUID) -> CustomField:
    """A field, while no one else changes any field, and no one saves a value of this one. Raises NotFound."""
    require(session, Permission.FIELDS)
    one_at_a_time(session, "fields")
    field = session.get(CustomField, field_id, populate_existing=True, with_for_update=True)
    if field is None:
        raise NotFound("This field no longer exists.")
    return field


def checked_name(typed: str, label: str = "Name") -> str:
    """The name of a field or a choice as it is stored. Raises Invalid(name=…)."""
    try:
        name = one_line(typed, label)
    except ValueError as problem:
        raise Invalid(name=str(problem)) from None
    if not name:
        raise Invalid(name="Enter a name")
    if len(name) > FIELD_NAME_LENGTH:
        raise Invalid(name=f"{label} is {len(name)} characters long. The limit is {FIELD_NAME_LENGTH}")
    return name


def _checked(session: Session, name: str, kind: str, choices: Sequence[str]) -> dict[str, str]:
    """The columns of a new field. Raises Invalid with every problem at once."""
    problems: dict[str, str] = {}
    checked = ""
    try:
        checked = checked_name(name)
        _refuse_taken(session, checked)
    except Invalid as invalid:
        problems |= invalid.problems
    if kind not in list(Kind):
        problems["kind"] = f"Choose what the field holds: {', '.join(Kind)}"
    problem = _problem_of_choices(choices) if kind == Kind.CHOICE else ""
    if problem:
        problems["choices"] = problem
    if session.scalars(select(func.count()).select_from(CustomField)).one() >= MOST_FIELDS:
        problems["name"] = f"There are {MOST_FIELDS} fields already: delete one first"
    if problems:
        raise Invalid(**problems)
    return {"name": checked, "folded_name": folded(checked), "kind": str(kind)}


def _problem_of_choices(choices: Sequence[str]) -> str:
    """What is wrong with the options of a new field, as a sentence, or an empty string."""
    if not choices:
        return "Enter at least one choice, each on its own line"
    if len(choices) > MOST_CHOICES:
        return f"A field has at most {MOST_CHOICES} choices"
    seen: set[str] = set()
    for choice in choices:
        try:
            name = checked_name(choice, f"Choice ‘{choice[:20]}’")
        except Invalid as invalid:
            return str(invalid)
        if folded(name) in seen:
            return f"‘{name}’ is there twice"
        seen.add(folded(name))
    return ""


def _refuse_taken(session: Session, name: str, *, besides: UUID | None = None) -> None:
    if folded(name) in _TAKEN:
        raise Invalid(name=f"Every customer has ‘{name}’ already: choose another name")
    same = select(CustomField.id, CustomField.name).where(CustomField.folded_name == folded(name))
    other = session.execute(same).first()
    if other is not None and other.id != besides:
        raise Invalid(name=f"There is a field ‘{other.name}’ already")


def _delete_values(session: Session, field: FieldRow) -> int:
    deleted = 0
    while True:
        some = select(CustomerValue.customer_id).where(find.filled(field)).limit(_VALUES_AT_ONCE)
        customers = list(session.scalars(some))
        if not customers:
            return deleted
        these = CustomerValue.customer_id.in_(customers) & (CustomerValue.field_id == field.id)
        deleted += delete_where(session, CustomerValue, these)
