"""Settings that the venue can change while running; they override the environment. Every process sees a change within a
minute. venue/setting_list.py has them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import locks
from db.models import JournalEntry, JournalValue, Template, VenueSetting
from db.writes import delete_where, insert_once, update_where
from sms import texts
from sms.texts import Kind
from venue import acts, concurrent_edits, setting_list
from venue.acts import Act, act
from venue.errors import Invalid
from venue.profile import CHOICE, Venue, read_choices, venue_of, with_choices
from venue.roles import Permission, require
from venue.setting_list import Setting


@dataclass(frozen=True)
class SettingRow:
    """A setting: its value and its default as text that `save` takes. `most` is the limit that the environment sets.

    With `is_from_environment`, the default is what the environment variable says.

    `changed_by` and `changed_at` (UTC) say who set it here; they are None for the default.
    """

    name: str
    label: str
    value: str
    default: str
    variable: str
    most: int | None = None
    is_set: bool = False
    is_from_environment: bool = False
    changed_by: str | None = None
    changed_at: datetime | None = None


@dataclass
class _Stored:
    """The values of some settings as they are now, for `concurrent_edits` to compare."""

    values: Mapping[str, str]
    version: int
    updated_at: datetime

    def __getattr__(self, name: str) -> str:
        return self.values[name]


def version_of(values: Mapping[str, str]) -> int:
    """A number that differs when one of these values does."""
    return crc32(json.dumps(values, sort_keys=True).encode())


def listed(session: Session) -> dict[str, str]:
    """Each setting's name, and its current value as text."""
    return {row.name: row.value for row in rows(session)}


def rows(session: Session) -> Sequence[SettingRow]:
    """All settings as they are now, and who set them."""
    require(session, Permission.READ)
    venue = venue_of(session)
    venue.choices.read(session)
    stored, opened, authors = venue.choices.values, venue.opened or venue, _authors(session)
    current = with_choices(opened, stored)
    return [
        SettingRow(
            name=setting.name,
            label=setting.label,
            value=setting.words(current),
            default=setting.words(opened),
            variable=setting.variable,
            most=setting.value(opened) if setting.is_limit else None,
            is_set=setting.name in stored,
            is_from_environment=setting.variable in opened.variables,
            **(authors.get(setting.name, {}) if setting.name in stored else {}),
        )
        for setting in setting_list.ALL
    ]


@act(Act.SETTING_CHANGED)
def save(session: Session, name: str, typed: str, *, now: datetime) -> None:
    """Change a setting. Raises Invalid, by the setting's name, for an unknown name or a value that cannot be used."""
    require(session, Permission.SETTINGS)
    _write(session, _parsed(session, {name: typed}), now)


@act(Act.SETTING_CHANGED)
def change(
    session: Session, typed: Mapping[str, str | None], *, version: int, was: Mapping[str, str], now: datetime
) -> Sequence[str]:
    """Change some settings at once, and return the names of those that differ. None is the default. `was` are the
    values that were read, and `version` is their `version_of`.

    Raises Invalid, by the settings' names, for all values that cannot be used, and Conflict for settings that someone
    else has changed to other values since.
    """
    require(session, Permission.SETTINGS)
    opened = _opened(session)
    parsed = _parsed(session, {name: words for name, words in typed.items() if words is not None})
    parsed |= {name: _setting(name).words(opened) for name, words in typed.items() if words is None}
    locks.one_at_a_time(session, "settings")
    values = read_choices(session)
    current = with_choices(opened, values)
    times = select(func.max(VenueSetting.updated_at)).where(VenueSetting.name.in_([f"{CHOICE}{name}" for name in was]))
    words = {name: setting_list.BY_NAME[name].words(current) for name in was}
    present = _Stored(words, version_of(words), session.scalar(times) or now)
    written = concurrent_edits.to_write(present, parsed, version=version, was=was)
    _write(session, {name: None if typed[name] is None else value for name, value in written.items()}, now)
    return list(written)


@act(Act.SETTING_RESET)
def reset(session: Session, name: str, *, now: datetime) -> None:
    """Go back to the default. Raises Invalid, by the setting's name, for an unknown name."""
    require(session, Permission.SETTINGS)
    _write(session, {_setting(name).name: None}, now)


@act(Act.SETTING_CHANGED)
def restore(session: Session, values: Mapping[str, str | None], *, now: datetime) -> None:
    """Undo a change: store these values; None is the default. Raises Invalid for those that can no longer be used."""
    require(session, Permission.SETTINGS)
    defaults = {_setting(name).name: None for name, value in values.items() if value is None}
    parsed = _parsed(session, {name: value for name, value in values.items() if value is not None})
    _write(session, {**defaults, **parsed}, now)


def _opened(session: Session) -> Venue:
    """The venue as its environment has it."""
    venue = venue_of(session)
    return venue.opened or venue


def _setting(name: str) -> Setting:
    if name not in setting_list.BY_NAME:
        raise Invalid(**{name: f"{name} cannot be set here: choose {' or '.join(setting_list.BY_NAME)}"})
    return setting_list.BY_NAME[name]


def _parsed(session: Session, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, as it is stored. Raises Invalid with all problems."""
    parsed: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name, words in typed.items():
        setting = _setting(name)
        if texts.has_control_characters(words) or any(map(_is_half_a_letter, words)):
            problems[name] = "This contains an invisible character: type it again"
            continue
        try:
            parsed[name] = setting.write(setting.parsed(words, default=_opened(session)))
        except ValueError as problem:
            problems[name] = str(problem)[0].upper() + str(problem)[1:]
    if problems:
        raise Invalid(**problems)
    return parsed


def _is_half_a_letter(character: str) -> bool:
    """Whether it is half of a pair in UTF-16, which no database stores."""
    return "\ud800" <= character <= "\udfff"


def _write(session: Session, values: Mapping[str, str | None], now: datetime) -> None:
    """Store these values, or delete the row for None. The session goes on with them."""
    # For the sentence in the journal, which keeps what it is given: nothing that may name a person.
    opened = _opened(session)
    _check_texts(session, values)
    plain = [setting_list.BY_NAME[name] for name in values if not setting_list.BY_NAME[name].is_text]
    acts.details(session, defaults={setting.name: setting.words(opened) for setting in plain})
    for name, value in values.items():
        row: dict[str, Any] = {"name": f"{CHOICE}{name}", "value": value, "updated_at": now}
        if value is None:
            delete_where(session, VenueSetting, VenueSetting.name == row["name"])
        elif not insert_once(session, VenueSetting, [row]):
            update_where(session, VenueSetting, VenueSetting.name == row["name"], row)
    session.info["venue"] = with_choices(opened, read_choices(session))


def _check_texts(session: Session, values: Mapping[str, str | None]) -> None:
    """Raise Invalid for a name or phone with which a text that is short enough now would be too long. None is the
    default, which may be longer."""
    named = {name: value for name, value in values.items() if name in ("venue_name", "venue_phone")}
    if not named:
        return
    before, stored = venue_of(session), {**read_choices(session), **named}
    after = with_choices(_opened(session), {name: value for name, value in stored.items() if value is not None})
    changed = {Kind(row.kind): row.body for row in session.scalars(select(Template))}
    for kind, body in {**texts.DEFAULT_TEMPLATES, **changed}.items():
        if _too_long(kind, body, after) and not _too_long(kind, body, before):
            raise Invalid(**{name: _shorten(value) for name, value in named.items()})


def _shorten(value: str | None) -> str:
    with_this, shorten = ("this", "it") if value is not None else ("the default", "the text templates first")
    return f"With {with_this} a text can be longer than {texts.MOST_SEGMENTS} SMS: shorten {shorten}"


def _too_long(kind: Kind, body: str, venue: Venue) -> bool:
    variables = texts.variables_of(kind)
    return bool(texts.check(body, variables=variables, venue_name=venue.name, venue_phone=venue.phone or None))


def _authors(session: Session) -> dict[str, dict[str, Any]]:
    """By setting: who changed it last, and when."""
    of_settings = (
        JournalValue.table_name == VenueSetting.__tablename__,
        JournalValue.row_id.in_([f"{CHOICE}{setting.name}" for setting in setting_list.ALL]),
        JournalValue.customer_id.is_(None),
        JournalValue.event_id.is_(None),
    )
    last = select(JournalValue.row_id, func.max(JournalValue.entry_id).label("entry_id")).where(*of_settings)
    latest = last.group_by(JournalValue.row_id).subquery()
    entries = select(latest.c.row_id, JournalEntry.actor, JournalEntry.at).join(
        JournalEntry, JournalEntry.id == latest.c.entry_id
    )
    return {
        row.row_id.removeprefix(CHOICE): {"changed_by": row.actor, "changed_at": row.at}
        for row in session.execute(entries)
    }
