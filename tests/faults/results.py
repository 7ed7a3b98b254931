"""The table of the long storms, beside what the benchmarks measured."""

import platform

import sqlalchemy

from benchmarks import measure
from tests.faults.stage import Count, Storm

HEAD = """Schedulers are killed (SIGKILL) and frozen (SIGSTOP, up to 2.5 s) at random while two calls in five go wrong
at the provider: taken and dropped, taken and a 500, garbage, slow drip, refused, busy. Then all is left to settle, and
the provider's list is compared with the database, text by text.
"""
COLUMNS = (
    *("database", "schedulers", "kills", "freezes", "calls gone wrong", "texts", "went once", "refused"),
    *("unsure, shown to staff", "sent again after two empty looks", "twice", "lost", "minutes"),
)
_rows: list[str] = []


def keep(kind: str, storm: Storm, count: Count, faulted: int, seconds: float, *, command: str) -> None:
    """Add a storm to those of this run."""
    twice = sum(problem.startswith("texted twice") for problem in count.wrong)
    figures = (storm.schedulers, storm.kills, storm.freezes, faulted, count.texts, count.once, count.refused)
    more = (count.unsure, count.resent, twice, len(count.wrong) - twice)
    _rows.append(f"| {kind} | " + " | ".join(f"{each:,}" for each in figures + more) + f" | {seconds / 60:.1f} |")
    versions = f"Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}; 2 shared cores"
    measure.save("Never twice, never lost", "\n".join([HEAD, *_table(), *_rows]), command=command, versions=versions)


def _table() -> list[str]:
    return ["| " + " | ".join(COLUMNS) + " |", "|---|" + "---:|" * (len(COLUMNS) - 1)]
