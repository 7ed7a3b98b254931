"""What a member of staff chose for their own screens, such as the columns of the customer list. No entry is written."""

import json
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from db.models import StaffChoice
from db.writes import delete_where, insert_once, update_where
from venue.roles import Permission, require


def get(session: Session, name: str) -> Any:
    """The actor's choice of this name, as `save` was given it; None without one, or for a program."""
    staff_id = require(session, Permission.READ).staff_id
    if staff_id is None:
        return None
    stored = session.scalar(select(StaffChoice.value).where(_is(staff_id, name)))
    return None if stored is None else json.loads(stored)


def save(session: Session, name: str, value: Any) -> None:
    """Remember the actor's choice, as JSON holds it; None forgets it. Programs have none."""
    staff_id = require(session, Permission.READ).staff_id
    if staff_id is None:
        return
    if value is None:
        delete_where(session, StaffChoice, _is(staff_id, name))
        return
    row = {"staff_id": staff_id, "name": name, "value": json.dumps(value)}
    if not insert_once(session, StaffChoice, [row]):
        update_where(session, StaffChoice, _is(staff_id, name), {"value": row["value"]})


def _is(staff_id: Any, name: str) -> Any:
    return and_(StaffChoice.staff_id == staff_id, StaffChoice.name == name)
