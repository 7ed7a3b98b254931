"""Several acts at the same moment, each in a thread of its own."""

import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from tests.makers import MANAGER
from venue.profile import Venue


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run each act in its own thread, all started together. Returns the result or exception of each."""
    start = threading.Barrier(len(acts))
    ended: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        start.wait()
        try:
            ended[place] = acts[place]()
        except Exception as error:
            ended[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def wait_until_one_waits(venue: Venue) -> None:
    """Until a transaction waits for a lock of another, on PostgreSQL."""
    for _ in range(200):
        with venue.reading(MANAGER) as session:
            if session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                return
        time.sleep(0.05)
    raise AssertionError("nothing waits")
