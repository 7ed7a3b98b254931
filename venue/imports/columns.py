"""Find the column of each field by its heading."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from db.search import fold
from venue.imports.encodings import BadFile
from venue.imports.phones import PhoneColumn, is_phone_heading, phone_column, phone_columns

# The usual headings of each field.
Names = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Columns:
    """`headings` maps each field that was found to its heading, `missing` are the required fields that were not.

    `phones` are the columns to choose the mobile number from.
    """

    headings: dict[str, str]
    phones: Sequence[PhoneColumn]
    missing: tuple[str, ...]


def usual_headings(names: Names) -> Callable[[str], bool]:
    """A function that says whether a heading is a usual one for any of the fields."""
    known = {fold(name) for usual in names.values() for name in usual}
    # The same lines are looked at with each separator.
    return functools.cache(lambda heading: fold(heading) in known or is_phone_heading(heading))


def find_columns(
    header: Sequence[str], names: Names, *, required: Sequence[str], mapped: Mapping[str, str] | None = None
) -> Columns:
    """The columns that `mapped` gives (field → heading, empty for none), and otherwise those with a usual heading.

    Raises BadFile when a mapped heading is not in the file.
    """
    mapped = mapped or {}
    headings = _headings(header, names, mapped)
    phones: list[PhoneColumn] = []
    if mapped.get("mobile_number"):
        phones = [phone_column(header, header.index(headings["mobile_number"]))]
    elif "mobile_number" in names and "mobile_number" not in mapped:
        # The names of other fields may be those of phone numbers, too.
        others = {heading for field, heading in headings.items() if field != "mobile_number"}
        phones = [column for column in phone_columns(header) if column.heading not in others]
    if phones:
        headings["mobile_number"] = phones[0].heading
    return Columns(headings, phones, _missing(headings, required))


def listed(header: Sequence[str]) -> str:
    """The headings in a sentence for staff."""
    return ", ".join(filter(None, header)) or "none"


def _headings(header: Sequence[str], names: Names, mapped: Mapping[str, str]) -> dict[str, str]:
    by_name = {fold(heading): heading for heading in reversed(header) if heading}
    headings: dict[str, str] = {}
    for field, usual in names.items():
        if field in mapped:
            if mapped[field]:
                headings[field] = _heading(mapped[field], header)
            continue
        heading = next((by_name[fold(name)] for name in usual if fold(name) in by_name), None)
        if heading is not None:
            headings[field] = heading
    return headings


def _heading(wanted: str, header: Sequence[str]) -> str:
    """The heading of the file that is meant: exactly, except for blanks around it, or else the only one that reads the
    same. Raises BadFile."""
    if wanted.strip() in filter(None, header):
        return wanted.strip()
    alike = {heading for heading in header if fold(heading) and fold(heading) == fold(wanted)}
    if len(alike) != 1:
        raise BadFile(f"The file has no column {wanted!r}. Its columns are: {listed(header)}")
    return alike.pop()


def _missing(headings: Mapping[str, str], required: Sequence[str]) -> tuple[str, ...]:
    """The required fields without a column. A column with full names is enough if there is none for a part of them."""
    parts = {"first_name", "last_name"}
    given = parts if "full_name" in headings and not parts & headings.keys() else set()
    return tuple(field for field in required if field not in headings and field not in given)
