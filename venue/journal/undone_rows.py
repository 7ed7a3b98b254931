"""What undoing the rows of tags, own fields, households, views and pairs does or would do, in sentences for staff."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import (
    Base,
    Customer,
    CustomerTag,
    CustomerValue,
    CustomField,
    DuplicatePair,
    FieldChoice,
    Household,
    HouseholdMember,
    Reward,
    SavedView,
    Tag,
)
from venue.wording import ERASED, counted, full_name

# Parents are put back before their children, and deleted after them.
PARENTS = ("tags", "custom_fields", "field_choices", "households")
CHILDREN = ("customer_tags", "customer_values", "household_members", "saved_views", "duplicate_pairs", "rewards")
ENTITIES: Mapping[str, type[Base]] = {
    entity.__tablename__: entity
    for entity in (
        *(Tag, CustomField, FieldChoice, Household),
        *(CustomerTag, CustomerValue, HouseholdMember, SavedView, DuplicatePair, Reward),
    )
}
MOST_NAMED = 20
ONE = {"tags": "a tag", "custom_fields": "a field", "field_choices": "a choice", "saved_views": "a view"}
DELETED_SINCE = {
    "customers": "the customer was deleted since",
    "tags": "the tag was deleted since",
    "custom_fields": "the field was deleted since",
    "field_choices": "the choice was deleted since",
    "households": "the household was ended since",
    "staff": "the account was deleted since",
}
Row = Mapping[str, Any]
Key = tuple[UUID, ...]


class RowsUndo:
    """How many rows are undone, and the names of those that are left, with the reason. `customers` are the ids of those
    whose rows are undone; `called` are names of customers that are not, or not yet, stored."""

    def __init__(self, session: Session, called: Mapping[UUID, str]):
        self.session = session
        self.called = called
        self.customers: set[UUID] = set()
        self._left = 0
        self._erased = 0
        self._named: list[str] = []
        self._counts: Counter[tuple[str, str, UUID | None]] = Counter()
        # The first row of each count, which is named when there is no other.
        self._first: dict[tuple[str, str, UUID | None], tuple[Key, Row]] = {}
        self._names: dict[UUID, str] = {}

    def add(self, table: str, how: str, key: Key, row: Row) -> None:
        """Count a row that is "deleted", "put_back" or "changed"."""
        kind = table, how, _about(table, key)
        self._counts[kind] += 1
        if "customer_id" in row:
            self.customers.add(row["customer_id"])
        if kind not in self._first:
            self._first[kind] = key, row
            self._remember(table, key, row)

    def leave(self, table: str, key: Key, row: Row, reason: str) -> None:
        """Name a row that is left as it is."""
        self._left += 1
        if len(self._named) < MOST_NAMED:
            self._remember(table, key, row)
            whom = f"{self._customer(row)}: " if "customer_id" in row else ""
            self._named.append(f"{whom}{self._subject(table, key)}: {reason}")

    def leave_erased(self, count: int) -> None:
        """Say of how many rows the old values were erased with their customers."""
        self._erased = count

    @property
    def restores(self) -> list[str]:
        """Sentences for staff."""
        return [self._said(table, how, about, count) for (table, how, about), count in self._counts.items()]

    @property
    def leaves(self) -> list[str]:
        """Sentences for staff: the first by name."""
        erased = [f"{counted(self._erased, 'erased value')} cannot be undone"] if self._erased else []
        more = self._left - len(self._named)
        return [*erased, *self._named, *([f"and {more:,} more"] if more else [])]

    # Words

    def _said(self, table: str, how: str, about: UUID | None, count: int) -> str:
        key, row = self._first[table, how, about]
        whom = self._customer(row) if count == 1 and "customer_id" in row else counted(count, "customer")
        return _SAID[table][how](self._subject(table, key), whom, count)

    def _subject(self, table: str, key: Key) -> str:
        return _SUBJECTS[table].format(self._names.get(_about(table, key) or key[0], "(deleted)"))

    def _customer(self, row: Row) -> str:
        if row["customer_id"] in self.called:
            return self.called[row["customer_id"]]
        names = select(Customer.first_name, Customer.last_name).where(Customer.id == row["customer_id"])
        customer = self.session.execute(names).first()
        return ERASED if customer is None else full_name(customer)

    def _remember(self, table: str, key: Key, row: Row) -> None:
        """Keep the name of the tag, field, choice or view that this row is or is about, before it is deleted."""
        about = _about(table, key)
        if about is None or about in self._names:
            return
        entity: Any = _NAMED[table]
        name = row.get("name") or self.session.scalar(select(entity.name).where(entity.id == about))
        if name:
            self._names[about] = name


def is_folded(table: str) -> bool:
    """Whether the rows have a name that is unique ignoring case and accents."""
    return table in ONE


def _about(table: str, key: Key) -> UUID | None:
    """The id of the tag, field, choice or view that a row is or is about."""
    place = {"customer_tags": 0, "customer_values": 1}.get(table, 0)
    return key[place] if table in _NAMED else None


_NAMED: Mapping[str, type[Base]] = {
    "tags": Tag,
    "customer_tags": Tag,
    "custom_fields": CustomField,
    "customer_values": CustomField,
    "field_choices": FieldChoice,
    "saved_views": SavedView,
}
_SUBJECTS = {
    "tags": "tag ‘{}’",
    "customer_tags": "tag ‘{}’",
    "custom_fields": "field ‘{}’",
    "customer_values": "‘{}’",
    "field_choices": "choice ‘{}’",
    "saved_views": "view ‘{}’",
    "households": "household",
    "household_members": "household",
    "duplicate_pairs": "answer about a possible duplicate",
    "rewards": "reward",
}

Say = Callable[[str, str, int], str]


def _always(words: str) -> Say:
    return lambda subject, _whom, _count: f"{subject} {words}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


_ITSELF = {
    "deleted": _always("is deleted"),
    "put_back": _always("is put back"),
    "changed": _always("is as it was before"),
}
_SAID: Mapping[str, Mapping[str, Say]] = {
    **dict.fromkeys(("tags", "custom_fields", "field_choices", "saved_views"), _ITSELF),
    "customer_tags": {
        "deleted": lambda tag, whom, _count: f"{tag} is removed from {whom}",
        "put_back": lambda tag, whom, _count: f"{tag} is put back on {whom}",
        "changed": lambda tag, whom, _count: f"{tag} has its old last day for {whom}",
    },
    "customer_values": {
        "deleted": lambda field, whom, _count: f"{field} is emptied for {whom}",
        **dict.fromkeys(("put_back", "changed"), lambda field, whom, _count: f"{field} has its old value for {whom}"),
    },
    "households": {
        "deleted": lambda _subject, _whom, count: f"{counted(count, 'household')} {_is(count)} ended",
        "put_back": lambda _subject, _whom, count: f"{counted(count, 'household')} {_is(count)} put back",
        "changed": lambda _subject, _whom, count: f"{counted(count, 'household')} {_is(count)} as before",
    },
    "household_members": {
        "deleted": lambda _subject, whom, count: f"{whom} {_is(count)} no longer in the household",
        **dict.fromkeys(
            ("put_back", "changed"), lambda _subject, whom, count: f"{whom} {_is(count)} in their old household"
        ),
    },
    "rewards": {
        "deleted": lambda _subject, whom, _count: f"{whom} did not get the reward",
        **dict.fromkeys(("put_back", "changed"), lambda _subject, whom, _count: f"{whom} got the reward"),
    },
    "duplicate_pairs": dict.fromkeys(
        ("deleted", "put_back", "changed"),
        lambda _subject, _whom, count: f"{counted(count, 'answer')} about possible duplicates {_is(count)} taken back",
    ),
}
