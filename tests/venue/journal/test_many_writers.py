"""Several processes write the journal while two seal it: no fork, nothing lost, nothing sealed too early (K4).

Short here. `SOAK=full` (make soak) has 8 processes with 10,000 acts each.
"""

import functools
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.models import JournalEntry, JournalSeal
from tests.makers import MANAGER, NOW
from venue.journal import seals
from venue.journal.verify import verify
from venue.profile import Venue
from venue.roles import SCHEDULER

pytestmark = pytest.mark.soak

ROOT = Path(__file__).parent.parent.parent.parent
PROCESSES, ACTS = (8, 10_000) if os.environ.get("SOAK") == "full" else (3, 40)


def test_many_processes_write_one_chain(venue: Venue, database_url: str) -> None:
    started = [sys.executable, "-m", "tests.venue.journal.writer", database_url, str(ACTS)]
    writers = [subprocess.Popen([*started, str(seed)], cwd=ROOT) for seed in range(PROCESSES)]
    stop = threading.Event()
    sealers = [threading.Thread(target=keep_sealing, args=(venue, stop)) for _ in range(2)]
    for sealer in sealers:
        sealer.start()
    try:
        assert [writer.wait() for writer in writers] == [0] * PROCESSES
    finally:
        stop.set()
        for sealer in sealers:
            sealer.join()
    seals.seal_all(functools.partial(venue.transaction, SCHEDULER), now=NOW)

    with venue.reading_at_length(MANAGER) as session:
        report = verify(session)
        assert (report.problems, report.unsealed) == ([], 0)
        assert report.entries == PROCESSES * ACTS
        deleted = session.scalar(select(func.count()).where(JournalEntry.act == "customer.deleted"))
        assert deleted
        previous = Counter(session.scalars(select(JournalSeal.previous)))
    assert max(previous.values()) == 1
    assert report.seals > 1, "It was also sealed while others wrote"


def keep_sealing(venue: Venue, stop: threading.Event) -> None:
    while not stop.wait(0.05):
        seals.seal_all(functools.partial(venue.transaction, SCHEDULER), now=NOW)
