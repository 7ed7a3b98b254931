"""Customers being edited in a table: as read when editing began, and as changed since.

A row is identified by the customer's id and saved over the version that was read, whatever the list shows now.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from db.models import Customer
from pages.customers.form import shown
from venue.customers.checks import FIELDS
from venue.customers.edit import Change
from venue.errors import Conflict, Lookalike
from venue.rows import CustomerRow
from venue.wording import typed_name


@dataclass
class EditedRow:
    """`stored` holds the fields as they were read, `was` and `typed` as they are shown; `theirs` what someone else
    changed since, and `stored_now` all fields with it. `anyway` is the change that staff want although `lookalikes`
    have the same name or number."""

    id: UUID
    version: int
    stored: dict[str, str]
    was: dict[str, str]
    typed: dict[str, str] = field(default_factory=dict)
    conflict: Conflict | None = None
    theirs: dict[str, str] = field(default_factory=dict)
    stored_now: dict[str, str] = field(default_factory=dict)
    lookalikes: list[Lookalike] = field(default_factory=list)
    anyway: dict[str, str] = field(default_factory=dict)
    gone: str = ""

    @classmethod
    def of(cls, customer: CustomerRow | Customer) -> "EditedRow":
        return cls(customer.id, customer.version, stored(customer), shown(customer), shown(customer))

    @classmethod
    def of_draft(cls, who: str, kept: Mapping[str, Any]) -> "EditedRow":
        """The row as `to_keep` gave it, which saves over the version that was read then."""
        was: dict[str, str] = kept["was"]
        return cls(UUID(who), int(kept["version"]), kept["stored"], was, {**was, **kept["typed"]})

    @property
    def to_keep(self) -> dict[str, Any]:
        """What a draft needs to continue: what was typed, and over what."""
        return {"version": self.version, "stored": self.stored, "was": self.was, "typed": self.changed}

    @property
    def name(self) -> str:
        return typed_name(self.was)

    @property
    def changed(self) -> dict[str, str]:
        return {name: typed for name, typed in self.typed.items() if typed != self.was[name]}

    @property
    def change(self) -> Change:
        return Change(self.id, self.version, self.changed, self.stored, save_anyway=self.anyway == self.changed)

    def type_over(self, cells: Mapping[str, object]) -> None:
        """Take what is in the table now; an emptied cell is None."""
        before, self.typed = self.typed, {name: str(cells[label] or "") for name, label in FIELDS.items()}
        if self.typed != before:
            self.lookalikes = []

    def saved_as(self, customer: CustomerRow | Customer) -> list[str]:
        """Continue from what is saved now. Returns the labels of fields that someone else also changed."""
        saved = shown(customer)
        others = [FIELDS[name] for name in FIELDS if saved[name] != self.was[name] and name not in self.changed]
        self.version, self.stored = customer.version, stored(customer)
        self.was, self.typed, self.conflict, self.lookalikes = saved, saved, None, []
        return others

    def met(self, conflict: Conflict, current: CustomerRow | Customer) -> None:
        self.conflict, self.stored_now = conflict, stored(current)
        self.theirs = {name: value for name, value in shown(current).items() if value != self.was[name]}

    def as_shown(self, conflict: Conflict) -> Conflict:
        """The conflict with the values as they are shown in the table."""
        fields = {name: (self.theirs.get(name, self.was[name]), self.typed[name]) for name in conflict.fields}
        return Conflict(fields, version=conflict.version, changed_at=conflict.changed_at)

    def settle(self, conflict: Conflict, *, left_as_saved: Collection[str]) -> None:
        """Continue from what is saved now, with what was typed in all other fields."""
        kept = {name: typed for name, typed in self.changed.items() if name not in left_as_saved}
        self.was = {**self.was, **self.theirs}
        self.typed = {**self.was, **kept}
        self.version, self.stored = conflict.version, self.stored_now
        self.conflict, self.theirs = None, {}


def stored(customer: CustomerRow | Customer) -> dict[str, str]:
    return {name: getattr(customer, name) for name in FIELDS}
