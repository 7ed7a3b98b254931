"""What an actor sees of phone numbers and e-mail addresses: all of them, or with most of each hidden.

`full` is whether the actor may see full numbers. Then each function returns the column as it is, so that the query
costs no more.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, String, Text, and_, false, func, literal_column, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from db import search as index
from db.models import Customer
from sms import phone
from venue.profile import venue_of
from venue.roles import Actor, Permission

# Digits of a number within other text: at least as many as the shortest mobile numbers have.
# Between them, whatever people write between the parts of a number; ":" and "+" stand in times.
_BETWEEN = r"[\s()\[\]./~_\u00ad\u00b7\u200b\u2010-\u2015\u2022\u2060\u2212\uff0d\uff0f-]{0,3}"
_NUMBER = rf"\+?\d(?:{_BETWEEN}\d){{8,}}"
# Ids that may begin like a number. They are shown: staff follow them, and the journal is read by them.
_ID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?=[0-9]*[a-f])[0-9a-f]{32}"
_NUMBERS = re.compile(f"{_ID}|(?P<number>{_NUMBER})")
# An e-mail address within other text, or alone: its first character and its domain are shown.
_EMAILS = re.compile(r"(?<![\w.+%'-])([\w+%'-])[\w.+%'-]*@(?=[\w-])")
# What is left of it. It is always the same, since two numbers may stand side by side.
_SHOWN_DIGITS = 5


def sees_numbers(session: Session) -> bool:
    """Whether the actor of this session may see full numbers."""
    actor: Actor | None = session.info.get("actor")
    return actor is not None and actor.may(Permission.NUMBERS)


def number(column: Any, *, full: bool) -> ColumnElement[Any]:
    """A column of E.164 numbers, like "+447700900123" or "+447700900•••". `phone.display` reads both."""
    kept = func.length(column) - len(phone.HIDDEN)
    return _as_is(column) if full else (func.substr(column, 1, kept) + phone.HIDDEN).label(column.key)


def free_text(column: Any, *, full: bool) -> ColumnElement[Any]:
    """A column of text that may contain numbers, such as notes, texts, and what the provider answered."""
    return _as_is(column) if full else type_coerce(_as_is(column), _WithoutNumbers()).label(column.key)


def email(column: Any, *, full: bool) -> ColumnElement[Any]:
    """A column of e-mail addresses, like "sam@example.com" or "s•••@example.com"."""
    return free_text(column, full=full)


def shown(columns: Iterable[Any], *, full: bool) -> list[ColumnElement[Any]]:
    """These columns, with numbers and text as above."""
    return [_shown(column, full) for column in columns]


def matches(session: Session, words: str) -> ColumnElement[bool]:
    """A SQL condition: the customer matches these search words, or has the e-mail address that they are. Digits and
    addresses match no one if the actor may not see numbers: they could be found out digit by digit."""
    is_address = "@" in words
    if not sees_numbers(session) and (is_address or any(part.isdecimal() for part in index.fragments(words))):
        return false()
    if is_address:
        # Only whole addresses: parts of them are not in the index of names and numbers, which would get slower.
        # A literal, so that the partial index on addresses is used.
        return and_(func.lower(Customer.email) == words.strip().lower(), Customer.email != literal_column("''"))
    return index.matches(words, venue_of(session).database.dialect)


def hide_numbers(text: str) -> str:
    """The text, with the digits of each number in it hidden, except the first ones; and e-mail addresses likewise."""
    if "@" in text:
        text = _EMAILS.sub(rf"\1{phone.HIDDEN}@", text)
    return _NUMBERS.sub(lambda found: _hidden(found[0]) if found["number"] else found[0], text)


def _shown(column: Any, full: bool) -> ColumnElement[Any]:
    if column.key == "mobile_number":
        return number(column, full=full)
    return free_text(column, full=full) if isinstance(column.type, String) else _as_is(column)


def _as_is(column: Any) -> ColumnElement[Any]:
    shown: ColumnElement[Any] = column
    return shown


def _hidden(number: str) -> str:
    digits = 0
    shown = []
    for char in number:
        digits += char.isdecimal()
        shown.append("•" if char.isdecimal() and digits > _SHOWN_DIGITS else char)
    return "".join(shown)


class _WithoutNumbers(TypeDecorator[str]):
    """Text whose numbers are hidden as it is read."""

    impl = Text
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], str | None]:
        return lambda text: None if text is None else hide_numbers(text)
