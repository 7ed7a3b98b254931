"""Undo a change of settings: each that is still as it was left gets its old value, or the default again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.models import VenueSetting
from venue import choices, setting_list
from venue.errors import Invalid
from venue.journal import entries
from venue.journal.entries import Value
from venue.profile import CHOICE, read_choices
from venue.roles import Permission, require

TABLE = VenueSetting.__tablename__


@dataclass(frozen=True)
class SettingsUndo:
    """What undoing does and what it leaves, as sentences."""

    restores: Sequence[str]
    leaves: Sequence[str]


def look(session: Session, entry_id: int) -> SettingsUndo:
    """What undoing the settings of this entry would do."""
    require(session, Permission.READ)
    restores, leaves = _compared(session, entry_id)
    return SettingsUndo([_said(value) for value in restores], leaves)


def carry_out(session: Session, entry_id: int, *, now: datetime) -> SettingsUndo:
    """Undo the settings of this entry, in the act in progress."""
    require(session, Permission.READ)
    restores, leaves = _compared(session, entry_id)
    try:
        _restore(session, restores, now)
    except Invalid as invalid:
        leaves += [
            f"{_label(value)}: {invalid.problems[name]}"
            for value in restores
            if (name := _name(value)) in invalid.problems
        ]
        restores = [value for value in restores if _name(value) not in invalid.problems]
        _restore(session, restores, now)
    return SettingsUndo([_said(value) for value in restores], leaves)


def _restore(session: Session, values: Sequence[Value], now: datetime) -> None:
    if values:
        choices.restore(session, {_name(value): _stored(value.before) for value in values}, now=now)


def _compared(session: Session, entry_id: int) -> tuple[list[Value], list[str]]:
    """The settings that are still as the entry left them, and sentences about the others."""
    present = read_choices(session)
    restores: list[Value] = []
    leaves: list[str] = []
    for value in entries.values_of(session, entry_id, tables=[TABLE]):
        if not value.row_id.startswith(CHOICE):
            continue
        if value.is_erased:
            leaves.append(f"{_label(value)}: the old value was erased")
        elif present.get(_name(value)) == _stored(value.after):
            restores.append(value)
        elif present.get(_name(value)) != _stored(value.before):
            leaves.append(f"{_label(value)} was changed since, and stays as it is")
    return restores, leaves


def _said(value: Value) -> str:
    before = _stored(value.before)
    return f"{_label(value)}: {'the default' if before is None else before or 'none'}"


def _name(value: Value) -> str:
    return value.row_id.removeprefix(CHOICE)


def _label(value: Value) -> str:
    setting = setting_list.BY_NAME.get(_name(value))
    return setting.label if setting else _name(value)


def _stored(row: Any) -> str | None:
    return None if row is None else str(row["value"])
