"""The report of an import: what it did or, on a dry run, would do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

from venue.imports.table import Row


class Outcome(StrEnum):
    NEW = auto()
    CHANGED = auto()
    UNCHANGED = auto()
    IN_DOUBT = auto()
    REFUSED = auto()


@dataclass(frozen=True)
class ReportRow:
    """A note about one row of the file. `line` is the number of its first line; the first line of the file is 1.

    `cells` are all cells of the row, as `Row` has them. `may_add`: it is in doubt, and is added when its line is given.
    """

    line: int
    outcome: Outcome
    column: str
    value: str
    reason: str
    cells: tuple[str, ...] = field(default=(), repr=False)
    may_add: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "line": self.line,
            "outcome": self.outcome.value,
            "column": self.column,
            "value": self.value,
            "reason": self.reason,
        }


# What is done with each note, when a report need not have them all in memory.
Keep = Callable[[ReportRow], None]


@dataclass
class Report:
    """The number of rows with each outcome, and a note for every row that needs attention or changed something.

    With `keep`, each note is given to that function instead, and `rows` stays empty.
    `repaired` is the number of rows whose phone number got back the zero that a spreadsheet had removed.
    """

    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    rows: list[ReportRow] = field(default_factory=list)
    keep: Keep | None = None
    repaired: int = 0

    def count(self, outcome: Outcome) -> None:
        self.counts[outcome] += 1

    def note(self, row: Row, outcome: Outcome, column: str, value: str, reason: str) -> None:
        """Count a row and add a note about it."""
        self._add(row, outcome, [(column, value, reason)])

    def new(self, row: Row, remarks: list[tuple[str, str, str]]) -> None:
        """Count a new row. `remarks` are what to look at, as (column, value, reason)."""
        self._add(row, Outcome.NEW, remarks)

    def changed(self, row: Row, changes: list[tuple[str, str, str]]) -> None:
        """Count a row that changed a customer. `changes` are what it changed, as (column, value, reason)."""
        self._add(row, Outcome.CHANGED, changes)

    def refused(self, row: Row, problems: list[tuple[str, str, str]]) -> None:
        """Count a refused row. `problems` are one or more of (column, value, reason)."""
        self._add(row, Outcome.REFUSED, problems)

    def in_doubt(self, row: Row, column: str, value: str, reason: str, *, may_add: bool = False) -> None:
        """Count a row that is left out until staff decide about it."""
        self._add(row, Outcome.IN_DOUBT, [(column, value, reason)], may_add=may_add)

    def count_repaired(self, rows: Iterable[Row]) -> None:
        self.repaired += sum(row.is_repaired for row in rows)

    def numbers(self) -> dict[str, int]:
        """The number of rows with each outcome."""
        return {outcome.value: count for outcome, count in self.counts.items()}

    def as_dict(self) -> dict[str, Any]:
        """The report for JSON: the counts by outcome, of repaired numbers, then the rows."""
        return {**self.numbers(), "repaired": self.repaired, "rows": [row.as_dict() for row in self.rows]}

    def _add(self, row: Row, outcome: Outcome, notes: list[tuple[str, str, str]], *, may_add: bool = False) -> None:
        self.counts[outcome] += 1
        keep = self.keep or self.rows.append
        for column, value, reason in notes:
            keep(ReportRow(row.line, outcome, column, value, reason, row.cells, may_add))
