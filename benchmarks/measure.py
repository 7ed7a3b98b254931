"""Measuring two ways to the same answer in turns, so that a busy machine slows both, and reporting them as a table."""

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
    """The time of each run, in milliseconds, and the limit of the ratio ("3") or of ours ("3 ms"), or "" for none."""

    name: str
    ours: Sequence[float]
    bare: Sequence[float]
    limit: str

    @property
    def ratio(self) -> float:
        return median(self.ours) / median(self.bare)

    @property
    def row(self) -> str:
        cells = [self.name, *(f"{each:,.2f}" for each in (median(self.ours), median(self.bare), self.ratio))]
        quiet = _quickest_tenth(self.ours), _quickest_tenth(self.bare)
        cells += [f"{each:,.2f}" for each in (*quiet, quiet[0] / quiet[1])]
        return f"| {' | '.join(cells)} | {self.limit} |"


def _quickest_tenth(took: Sequence[float]) -> float:
    """The time as it is on an idle machine."""
    return sorted(took)[len(took) // 10]


def in_turns(
    name: str,
    ours: Callable[[], Any],
    bare: Callable[[], Any],
    *,
    limit: str,
    said: Callable[[Any], Any] = lambda answer: answer,
    seconds: float = 2.0,
    warm: int = 6,
    at_least: int = 7,
    at_most: int = 150,
    timer: Callable[[], float] = perf_counter,
) -> Figures:
    """The figures of both by `timer`, run A B A B … for `seconds`. Raises AssertionError when `said` of their answers
    differs."""
    for _ in range(warm):
        ours_said, bare_said = said(ours()), said(bare())
    if ours_said != bare_said:
        raise AssertionError(f"{name}: ours says {str(ours_said)[:200]}, bare says {str(bare_said)[:200]}")
    took_ours: list[float] = []
    took_bare: list[float] = []
    # As the web server does after its start.
    gc.collect()
    gc.freeze()
    until = perf_counter() + seconds
    while len(took_ours) < at_least or (perf_counter() < until and len(took_ours) < at_most):
        took_ours.append(_took(ours, timer))
        took_bare.append(_took(bare, timer))
    figures = Figures(name, took_ours, took_bare, limit)
    print(figures.row, flush=True)
    return figures


def _took(run: Callable[[], Any], timer: Callable[[], float]) -> float:
    start = timer()
    run()
    return (timer() - start) * 1000


def table(figures: Sequence[Figures], *, beside: str = "bare") -> str:
    lines = [
        f"| what | ours, ms | {beside}, ms | ratio | ours, quiet | {beside}, quiet | ratio, quiet | at most |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    return "\n".join([*lines, *(each.row for each in figures)])


def save(heading: str, body: str, *, command: str, versions: str) -> None:
    """Write a section of RESULTS.md, replacing the one with the same heading."""
    section = f"## {heading}\n\n`{command}` · {date.today():%-d %B %Y} · {versions}\n\n{body.strip()}\n"  # noqa: DTZ011
    text = RESULTS.read_text() if RESULTS.exists() else PREFACE
    before, *sections = re.split(r"(?m)^(?=## )", text)
    headed = {each.split("\n", 1)[0]: each.rstrip() + "\n" for each in sections}
    headed[f"## {heading}"] = section
    RESULTS.write_text("\n".join([before.rstrip() + "\n", *(headed[key] for key in sorted(headed))]))


def versions(kind: str, connection: Any) -> str:
    """The software that was measured and the load, without anything that names the machine."""
    if kind == "sqlite":
        database = f"SQLite {sqlite3.sqlite_version}"
    else:
        version = connection.execute("SHOW server_version").fetchone()[0]
        database = f"PostgreSQL {version} unconfigured, psycopg {psycopg.__version__}"
    load = f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
    return f"Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}, {database}; {load}"


PREFACE = """# How fast it is

Medians; ours and the bare query run in turns. The machine is small (2 cores) and shared, so the ratio is what counts.
"Bare" is the best query on the same tables, through the driver alone with prepared statements, on an open connection
in autocommit mode. "Ours" is what a page calls, with its transaction. Both answers are compared before anything is
measured. The customers are made up, with 3 bookings each on 300 events (benchmarks/people.py).

"Quiet" is the fastest tenth of the runs. On a busy machine each round trip to the database also waits for the
processor: there the medians show how busy it was, and the quiet figures what the code takes. Ours includes what makes
it safe: BEGIN and COMMIT for writes, and the pool's test of the connection. Bare does not.
"""
