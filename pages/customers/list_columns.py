"""The columns of the customer list: which there are, and which are shown in which order."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from pages.parts.context import today
from pages.parts.format import BOOKING_STATUS, day_in_short, number, short_day
from venue import fields, households, tags, visits
from venue.rows import ListedCustomerRow
from venue.staff import screen_choices

CHOICE = "customer_columns"  # The name under which each member of staff's own columns are remembered.
LAST_NAME = "last_name"  # It links to the customer, so it is always shown.

TAGS, HOUSEHOLD, VISITS, LAST_VISIT, OWN_FIELD = "tags", "household", "visits", "last_visit", "field."
# What is in a cell: a text, or badges, each with its colour and words.
Cell = str | list[dict[str, str]]
Text = Callable[[ListedCustomerRow], str]


class Column(NamedTuple):
    label: str
    sort: str = ""
    """What it sorts the list by, one of the orders of venue/customers/order.py; empty if it cannot."""
    width: int = 15
    """Its share of the table, beside the other columns."""
    text: Text = lambda _row: ""
    """Its cell, from the customer's row; not of an extra column."""
    is_extra: bool = False
    """Whether its cells are read by `extra_cells`. A card shows them too."""


COLUMNS = {
    LAST_NAME: Column("Last name", "name", 20, lambda row: row.last_name),
    "first_name": Column("First name", "first_name", 15, lambda row: row.first_name),
    "mobile_number": Column("Mobile number", "mobile_number", 16, lambda row: number(row.mobile_number)),
    "bookings": Column("Bookings", "bookings", 16, lambda row: BOOKING_STATUS[row.booking_status]),
    "email": Column("E-mail", "", 20, lambda row: row.email),
    "notes": Column("Notes", "notes", 21, lambda row: row.notes),
    "added": Column("Added", "created_at", 13, lambda row: short_day(row.created_at)),
}
DEFAULT = tuple(name for name in COLUMNS if name != "email")
EXTRA = {
    TAGS: Column("Tags", width=18, is_extra=True),
    HOUSEHOLD: Column("Household", width=18, is_extra=True),
    VISITS: Column("Visits", width=8, is_extra=True),
    LAST_VISIT: Column("Last visit", width=13, is_extra=True),
}


def offered(session: Session) -> dict[str, Column]:
    """All columns that may be chosen, by name. Each field that the venue made is one."""
    own = {field.name: Column(field.label, is_extra=True) for field in fields.list_columns(session)}
    return {**COLUMNS, **EXTRA, **own}


def extra_cells(session: Session, names: Collection[str], ids: Collection[UUID]) -> Mapping[UUID, dict[str, Cell]]:
    """The cells of the extra columns among these, by customer id. One statement for tags, one for households, one for
    visits, and one for all fields."""
    cells: dict[UUID, dict[str, Cell]] = {customer_id: {} for customer_id in ids}
    if TAGS in names:
        for customer_id, on in tags.of_customers(session, ids, today=today()).items():
            cells[customer_id][TAGS] = [{"colour": tag.colour, "words": tag.name} for tag in on]
    if HOUSEHOLD in names:
        for customer_id, others in households.names_of(session, list(ids)).items():
            cells[customer_id][HOUSEHOLD] = ", ".join(others)
    if VISITS in names or LAST_VISIT in names:
        for customer_id, row in visits.of_customers(session, ids).items():
            cells[customer_id] |= {VISITS: str(row.visits), LAST_VISIT: day_in_short(row.last_day)}
    if any(name.startswith(OWN_FIELD) for name in names):
        for customer_id, values in fields.values_of(session, ids).items():
            cells[customer_id] |= {fields.key_of(field_id): fields.shown(value) for field_id, value in values.items()}
    return cells


def shown(session: Session, names: Sequence[str]) -> dict[str, Column]:
    """The columns with these names, in order; without names those that this member of staff chose, or else the usual
    ones. Columns that no longer exist are left out."""
    names = names or chosen(session) or DEFAULT
    all_columns = offered(session)
    known = [name for name in dict.fromkeys(names) if name in all_columns]
    return {name: all_columns[name] for name in (known if LAST_NAME in known else [LAST_NAME, *known])}


def chosen(session: Session) -> tuple[str, ...]:
    """The columns that this member of staff chose for the list; empty for the usual ones."""
    return tuple(screen_choices.get(session, CHOICE) or ())


def choose(session: Session, names: Sequence[str]) -> None:
    """Remember the columns for this member of staff."""
    screen_choices.save(session, CHOICE, list(names) if tuple(names) != DEFAULT else None)
