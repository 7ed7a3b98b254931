"""The table of the long storms, beside what the benchmarks measured."""

import platform
from collections import Counter
from collections.abc import Sequence

import sqlalchemy

from benchmarks import measure
from db.models import Message
from tests.faults.stage import Count, Storm
from venue.messages.states import State

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
    table = [_line(COLUMNS), "|---|" + "---:|" * (len(COLUMNS) - 1)]
    measure.save("Never twice, never lost", "\n".join([HEAD, *table, *_rows]), command=command, versions=_versions())


BULK_HEAD = """Two bulk texts to the same people, of which each may get one. Three schedulers are killed (SIGKILL),
frozen (SIGSTOP, up to 2.5 s) and replaced with another SMS_PER_SECOND, while both texts are paused, resumed and given
other rates, the second is stopped halfway, customers reply (STOP and others), withdraw and are erased, and freed seats
of a full event are offered, taken and left. One call in seven goes wrong. In each look all customers of both audiences
are counted (waiting, on their way, sent, skipped, failed, unknown or erased), and the seats of the event.
"""
BULK_COLUMNS = (
    *("database", "customers", "kills", "freezes", "calls gone wrong", "bulk texts sent", "skipped, with the reason"),
    *("failed", "unknown, shown to staff", "looks", "looks that did not add up", "twice", "lost", "minutes"),
)
_bulk_rows: list[str] = []


def keep_bulk(
    kind: str, storm: Storm, texts: Sequence[Message], *, faulted: int, looks: int, seconds: float, command: str
) -> None:
    """Add a storm over bulk texts whose checks have passed."""
    states = Counter(text.state for text in texts)
    sent = sum(states[state] for state in (State.SENT, State.DELIVERED, State.UNDELIVERED))
    customers = max(Counter(text.campaign_id for text in texts).values())
    figures = (customers, storm.kills, storm.freezes, faulted, sent, states[State.SKIPPED], states[State.FAILED])
    more = (states[State.UNSURE], looks, 0, 0, 0)
    _bulk_rows.append(f"| {kind} | " + " | ".join(f"{each:,}" for each in figures + more) + f" | {seconds / 60:.1f} |")
    body = "\n".join([BULK_HEAD, _line(BULK_COLUMNS), "|---|" + "---:|" * (len(BULK_COLUMNS) - 1), *_bulk_rows])
    measure.save("Bulk texts in a storm", body, command=command, versions=_versions())


def _line(columns: Sequence[str]) -> str:
    return "| " + " | ".join(columns) + " |"


def _versions() -> str:
    return f"Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}; 2 shared cores"
