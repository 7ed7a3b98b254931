"""Measuring two ways to the same answer in turns, so that a busy machine slows both, and telling it as a table."""

import gc
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
    """What was measured, in milliseconds, and the most that the ratio may be."""

    name: str
    ours: float
    bare: float
    most: float

    @property
    def ratio(self) -> float:
        return self.ours / self.bare

    @property
    def row(self) -> str:
        verdict = "" if self.ratio <= self.most else " **over**"
        return f"| {self.name} | {self.ours:,.2f} | {self.bare:,.2f} | {self.ratio:.2f}{verdict} | {self.most:g} |"


def in_turns(
    name: str,
    ours: Callable[[], Any],
    bare: Callable[[], Any],
    *,
    most: float,
    said: Callable[[Any], Any] = lambda answer: answer,
    seconds: float = 2.0,
    at_least: int = 7,
    at_most: int = 150,
) -> Figures:
    """The median of each, run A B A B … for so long. Both must give the same answer, as far as `said` makes it out."""
    for _ in range(6):
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
    figures = Figures(name, median(took_ours), median(took_bare), most)
    print(figures.row, flush=True)
    return figures


def _took(run: Callable[[], Any]) -> float:
    start = perf_counter()
    run()
    return (perf_counter() - start) * 1000


def table(figures: Sequence[Figures]) -> str:
    lines = ["| what | ours, ms | bare, ms | ratio | at most |", "|---|---:|---:|---:|---:|"]
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
    return f"Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}, {database}; 2 shared cores"


PREFACE = """# How fast it is

Medians, ours and the bare query in turns in one run; the machine is small (2 cores) and shared, so the ratio is what
counts. "Bare" is the best query there is on the same tables, by the driver itself with prepared statements, on an open
connection that commits by itself; "ours" is what a page calls, with its transaction. Both answers are compared before
anything is measured. The customers are made up: 3 bookings each on 300 events (benchmarks/people.py).
"""
