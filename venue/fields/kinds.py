"""The kinds of fields: how what was typed is read, and how a value is shown."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from db.models.fields import VALUE_LENGTH
from db.search import fold
from venue.clock import FIRST_DAY, LAST_DAY
from venue.dates import parse_day

# A value as it is stored: a choice is its id.
Stored = str | float | date | bool | UUID
LARGEST_NUMBER = 1e12
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FLAGS = {
    **dict.fromkeys(("yes", "y", "true", "1", "x", "ja", "oui"), True),
    **dict.fromkeys(("no", "n", "false", "0"), False),
}
# Control characters, lone surrogates and private ones.
_INVISIBLE = {"Cc", "Cs", "Co"}


class Kind(StrEnum):
    """What a field holds. The values are stored, and are the columns of `customer_values`, except "choice"."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    FLAG = "flag"
    CHOICE = "choice"

    @property
    def column(self) -> str:
        """The column of `customer_values` that has the values of this kind."""
        return "choice_id" if self is Kind.CHOICE else self.value


@dataclass(frozen=True)
class ChoiceRow:
    """One of the options of a field. A retired one is no longer offered."""

    id: UUID
    name: str
    is_retired: bool


@dataclass(frozen=True)
class FieldRow:
    """A field that the venue made. `choices` are in order, the retired ones too; other kinds have none."""

    id: UUID
    name: str
    kind: Kind
    choices: Sequence[ChoiceRow] = ()

    @property
    def offered(self) -> Sequence[ChoiceRow]:
        """The choices to choose from."""
        return [choice for choice in self.choices if not choice.is_retired]

    @property
    def key(self) -> str:
        """The name of this field among the columns of a list and the problems of a form."""
        return key_of(self.id)


def key_of(field_id: UUID) -> str:
    """The name of a field among the columns of a list and the problems of a form, like "field.0193…"."""
    return f"field.{field_id}"


def read(field: FieldRow, typed: Any) -> Stored | None:
    """The value to store for what was typed, which may have the stored type already; None for an empty value. Raises
    ValueError with a sentence for staff."""
    if typed is None or (isinstance(typed, str) and not typed.strip()):
        return None
    return _READ[field.kind](field, typed)


def format_value(stored: Stored | None, choices: Mapping[UUID, str]) -> str:
    """A stored value as staff read it; `choices` are the names of choices by id. Empty for no value."""
    if stored is None:
        return ""
    if isinstance(stored, bool):
        return "Yes" if stored else "No"
    if isinstance(stored, float | int):
        return format_number(stored)
    if isinstance(stored, date):
        return format_day(stored)
    if isinstance(stored, UUID):
        return choices.get(stored, "(deleted choice)")
    return stored


def format_number(number: float) -> str:
    """Like "12" or "12.5"."""
    # Not as Python writes it: "1e-05" could not be read again.
    return str(int(number)) if number == int(number) else f"{Decimal(repr(number)):f}"


def format_day(day: date) -> str:
    """Like "6 March 2027"."""
    return f"{day:%-d %B %Y}"


def one_line(typed: str, label: str) -> str:
    """Text without surrounding and repeated spaces. Raises ValueError, with a sentence for staff, for characters that
    cannot be shown."""
    text = " ".join(unicodedata.normalize("NFC", typed).split())
    if any(unicodedata.category(letter) in _INVISIBLE for letter in text):
        raise ValueError(f"{label} contains a character that cannot be shown: type it again")
    return text


def folded(name: str) -> str:
    """A name without case and accents: two names that have the same are the same."""
    return fold(name) or name.casefold()


def _read_text(field: FieldRow, typed: Any) -> str:
    text = one_line(str(typed), field.name)
    if len(text) > VALUE_LENGTH:
        raise ValueError(f"{field.name} is {len(text):,} characters long. The limit is {VALUE_LENGTH}")
    return text


def _read_number(field: FieldRow, typed: Any) -> float:
    if isinstance(typed, str):
        typed = typed.strip().removeprefix("£").strip()
        if not _NUMBER.fullmatch(typed):
            raise ValueError(f"{field.name} is not a number: write it like 12 or 12.5")
        typed = float(typed.replace(",", ""))
    number = float(typed)
    if not math.isfinite(number) or abs(number) > LARGEST_NUMBER:
        raise ValueError(f"{field.name} is too large: the limit is {LARGEST_NUMBER:,.0f}")
    # Minus zero is zero.
    return number + 0.0


def _read_day(field: FieldRow, typed: Any) -> date:
    try:
        day = typed if isinstance(typed, date) else parse_day(str(typed))
    except ValueError:
        raise ValueError(f"{field.name} is not a date: write it like 31/12/2026") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"{field.name} must be from {FIRST_DAY.year} to {LAST_DAY.year}")
    return day


def _read_flag(field: FieldRow, typed: Any) -> bool:
    flag = typed if isinstance(typed, bool) else _FLAGS.get(str(typed).strip().casefold())
    if flag is None:
        raise ValueError(f"{field.name} is neither yes nor no")
    return flag


def _read_choice(field: FieldRow, typed: Any) -> UUID:
    wanted = folded(" ".join(str(typed).split()))
    for choice in field.choices:
        if typed == choice.id or str(typed) == str(choice.id) or folded(choice.name) == wanted:
            return choice.id
    offered = ", ".join(choice.name for choice in field.offered)
    if _ID.fullmatch(str(typed)):
        raise ValueError(f"This choice of {field.name} no longer exists. Choose from: {offered}")
    raise ValueError(f"{field.name} has no choice ‘{typed}’. Choose from: {offered}")


_READ: dict[Kind, Callable[[FieldRow, Any], Stored]] = {
    Kind.TEXT: _read_text,
    Kind.NUMBER: _read_number,
    Kind.DAY: _read_day,
    Kind.FLAG: _read_flag,
    Kind.CHOICE: _read_choice,
}
