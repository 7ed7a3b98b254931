"""The report of an import: what it did or, on a dry run, would do."""

from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any


class Outcome(StrEnum):
    NEW = auto()
    CHANGED = auto()
    UNCHANGED = auto()
    IN_DOUBT = auto()
    REFUSED = auto()


@dataclass(frozen=True)
class ReportRow:
    """A note about one row of the file. `line` is the number of its first line; the header is line 1."""

    line: int
    outcome: Outcome
    column: str
    value: str
    reason: str


@dataclass
class Report:
    """The number of rows with each outcome, and a note for every row that needs attention or changed something."""

    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    rows: list[ReportRow] = field(default_factory=list)

    def count(self, outcome: Outcome) -> None:
        self.counts[outcome] += 1

    def note(self, line: int, outcome: Outcome, column: str, value: str, reason: str) -> None:
        """Count a row and add a note about it."""
        self.counts[outcome] += 1
        self.rows.append(ReportRow(line, outcome, column, value, reason))

    def new(self, line: int, remarks: list[tuple[str, str, str]]) -> None:
        """Count a new row. `remarks` are what to look at, as (column, value, reason)."""
        self.counts[Outcome.NEW] += 1
        self.rows.extend(ReportRow(line, Outcome.NEW, *remark) for remark in remarks)

    def refused(self, line: int, problems: list[tuple[str, str, str]]) -> None:
        """Count a refused row. `problems` are one or more of (column, value, reason)."""
        self.counts[Outcome.REFUSED] += 1
        self.rows.extend(ReportRow(line, Outcome.REFUSED, *problem) for problem in problems)

    def in_doubt(self, line: int, column: str, value: str, reason: str) -> None:
        """Count a row that is left out until staff decide about it."""
        self.note(line, Outcome.IN_DOUBT, column, value, reason)

    def numbers(self) -> dict[str, int]:
        """The number of rows with each outcome."""
        return {outcome.value: count for outcome, count in self.counts.items()}

    def as_dict(self) -> dict[str, Any]:
        """The report for JSON: the counts by outcome, then the rows."""
        rows = [{**row.__dict__, "outcome": row.outcome.value} for row in self.rows]
        return {**self.numbers(), "rows": rows}
