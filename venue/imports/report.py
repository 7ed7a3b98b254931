"""What an import did, or on a dry run would do."""

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
    """Something to say about one row of the file; `line` is where the row starts, the header being line 1."""

    line: int
    outcome: Outcome
    column: str
    value: str
    reason: str


@dataclass
class Report:
    """How many rows had each outcome, and every row that was not simply taken."""

    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    rows: list[ReportRow] = field(default_factory=list)

    def taken(self, outcome: Outcome) -> None:
        self.counts[outcome] += 1

    def said(self, line: int, outcome: Outcome, column: str, value: str, reason: str) -> None:
        """Count a row, and say something about it."""
        self.counts[outcome] += 1
        self.rows.append(ReportRow(line, outcome, column, value, reason))

    def refused(self, line: int, problems: list[tuple[str, str, str]]) -> None:
        """Refuse a row for one or more (column, value, reason)."""
        self.counts[Outcome.REFUSED] += 1
        self.rows.extend(ReportRow(line, Outcome.REFUSED, *problem) for problem in problems)

    def in_doubt(self, line: int, column: str, value: str, reason: str) -> None:
        """Leave a row out until somebody has decided about it."""
        self.said(line, Outcome.IN_DOUBT, column, value, reason)

    def as_dict(self) -> dict[str, Any]:
        """For a program: the counts by outcome, then the rows."""
        rows = [{**row.__dict__, "outcome": row.outcome.value} for row in self.rows]
        return {**{outcome.value: count for outcome, count in self.counts.items()}, "rows": rows}
