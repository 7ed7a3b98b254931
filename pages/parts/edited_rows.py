"""Customers being edited in a table: as they were read when editing began, and as they are typed over.

A row is known by the customer's id and saved over the version that was read, whatever the list shows by now.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pages.parts.customer_form import shown
from venue.customers import FIELDS, Change
from venue.errors import Conflict


@dataclass
class EditedRow:
    """`was` and `typed` hold the fields as they are shown; `meanwhile` what somebody else made of them."""

    id: UUID
    version: int
    was: dict[str, str]
    typed: dict[str, str] = field(default_factory=dict)
    conflict: Conflict | None = None
    meanwhile: dict[str, str] = field(default_factory=dict)
    gone: str = ""

    @classmethod
    def of(cls, customer: Any) -> "EditedRow":
        return cls(customer.id, customer.version, shown(customer), shown(customer))

    @property
    def name(self) -> str:
        return f"{self.was['first_name']} {self.was['last_name']}"

    @property
    def changed(self) -> dict[str, str]:
        return {name: typed for name, typed in self.typed.items() if typed != self.was[name]}

    @property
    def change(self) -> Change:
        return Change(self.id, self.version, self.changed)

    def type_over(self, cells: Mapping[str, Any]) -> None:
        """What stands in the table now; an emptied cell comes as nothing."""
        self.typed = {name: str(cells[label] or "") for name, label in FIELDS.items()}

    def saved_as(self, customer: Any) -> None:
        self.version = customer.version
        self.was, self.typed, self.conflict = shown(customer), shown(customer), None

    def met(self, conflict: Conflict, current: Any) -> None:
        now = shown(current)
        self.conflict = conflict
        self.meanwhile = {name: value for name, value in now.items() if value != self.was[name]}

    def settle(self, conflict: Conflict, *, mine: bool) -> None:
        """Go on from what they made of it, with or without what was typed here."""
        kept = self.changed if mine else {}
        self.was = {**self.was, **self.meanwhile}
        self.typed = {**self.was, **kept}
        self.version, self.conflict, self.meanwhile = conflict.version, None, {}
