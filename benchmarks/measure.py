"""Measuring two ways to the same answer in turns, so that a busy machine slows both, and telling it as a table."""

import gc
import os
import platform
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
import sqlalchemy

RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True)
class Figures:
    """What each run took, in milliseconds, and the most that the ratio may be, if there is a most."""

    name: str
    ours: Sequence[float]
    bare: Sequence[float]
    most: float | None

    @property
    def ratio(self) -> float:
        return median(self.ours) / median(self.bare)

    @property
    def row(self) -> str:
        cells = [self.name, *(f"{each:,.2f}" for each in (median(self.ours), median(self.bare), self.ratio))]
        quiet = _quickest_tenth(self.ours), _quickest_tenth(self.bare)
        cells += [f"{each:,.2f}" for each in (*quiet, quiet[0] / quiet[1])]
        return f"| {' | '.join(cells)} | {'' if self.most is None else f'{self.most:g}'} |"


def _quickest_tenth(took: Sequence[float]) -> float:
    """As it is when nobody else wants the machine."""
    return sorted(took)[len(took) // 10]


def in_turns(
    name: str,
    ours: Callable[[], Any],
    bare: Callable[[], Any],
    *,
    most: float | None,
    said: Callable[[Any], Any] = lambda answer: answer,
    seconds: float = 2.0,
    warm: int = 6,
    at_least: int = 7,
    at_most: int = 150,
) -> Figures:
    """The median of each, run A B A B … for so long. Both must give the same answer, as far as `said` makes it out."""
    for _ in range(warm):
        ours_said, bare_said = said(ours()), said(bare())
    if ours_said != bare_said:
        raise AssertionError(f"{name}: ours says {str(ours_said)[:200]}, bare says {str(bare_said)[:200]}")
    took_ours: list[float] = []
    took_bare: list[float] = []
    # As the web server does once it has started.
    gc.collect()
    gc.freeze()
    until = perf_counter() + seconds
    while len(took_ours) < at_least or (perf_counter() < until and len(took_ours) < at_most):
        took_ours.append(_took(ours))
        took_bare.append(_took(bare))
    figures = Figures(name, took_ours, took_bare, most)
    print(figures.row, flush=True)
    return figures


def _took(run: Callable[[], Any]) -> float:
    start = perf_counter()
    run()
    return (perf_counter() - start) * 1000


def table(figures: Sequence[Figures], *, beside: str = "bare") -> str:
    lines = [
        f"| what | ours, ms | {beside}, ms | ratio | ours, quiet | {beside}, quiet | ratio, quiet | at most |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    return "\n".join([*lines, *(each.row for each in figures)])


def keep(heading: str, body: str, *, command: str, versions: str) -> None:
    """Put a section into RESULTS.md, in the place of the one with the same heading."""
    section = f"## {heading}\n\n`{command}` · {date.today():%-d %B %Y} · {versions}\n\n{body.strip()}\n"  # noqa: DTZ011
    there = RESULTS.read_text() if RESULTS.exists() else PREFACE
    before, *sections = re.split(r"(?m)^(?=## )", there)
    headed = {each.split("\n", 1)[0]: each.rstrip() + "\n" for each in sections}
    headed[f"## {heading}"] = section
    RESULTS.write_text("\n".join([before.rstrip() + "\n", *(headed[key] for key in sorted(headed))]))


def versions(kind: str, connection: Any) -> str:
    """What was measured on: nothing that names the machine."""
    if kind == "sqlite":
        database = f"SQLite {sqlite3.sqlite_version}"
    else:
        version = connection.execute("SHOW server_version").fetchone()[0]
        database = f"PostgreSQL {version} as it comes, psycopg {psycopg.__version__}"
    load = f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
    return f"Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}, {database}; {load}"


PREFACE = """# How fast it is

Medians, ours and the bare query in turns in one run; the machine is small (2 cores) and shared, so the ratio is what
counts. "Bare" is the best query there is on the same tables, by the driver itself with prepared statements, on an open
connection that commits by itself; "ours" is what a page calls, with its transaction. Both answers are compared before
anything is measured. The customers are made up: 3 bookings each on 300 events (benchmarks/people.py).

"Quiet" is the quickest tenth of the runs. Where others want the cores too, each wait for the database's answer is also
a wait for one's turn, which whoever asks once pays once: there the medians say how busy it was, and the quiet figures
what the code takes. Ours is with what makes it safe: writing with BEGIN, COMMIT and the pool's question whether the
connection still lives, reading with a look at it (and BEGIN on SQLite); bare is without.
"""
