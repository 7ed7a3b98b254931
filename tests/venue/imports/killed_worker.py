"""A process that works on one import and kills itself by SIGKILL at one step: python -m … URL STEP"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from db.session import open_database
from tests.makers import NOW, a_venue
from venue.imports import claims, customers, notes, work
from venue.journal import undo_import


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> None:
        function(*args, **kwargs)
        die()

    return run


def at_the_last_row(take: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        return take(*args, **{**kwargs, "progress": die})

    return run


STEPS: dict[str, Callable[[], Any]] = {
    "after the claim": lambda: setattr(claims.Lease, "__enter__", die),
    "while the rows are checked": lambda: customers.IMPORTER.__dict__.update(check=die),
    "while they are stored": lambda: customers.IMPORTER.__dict__.update(take=at_the_last_row(customers.IMPORTER.take)),
    "before the commit": lambda: setattr(notes, "store", after(notes.store)),
    "in the undo": lambda: setattr(undo_import._Undoing, "delete_customers", die),
    "after the undo": lambda: setattr(undo_import, "carry_out", after(undo_import.carry_out)),
}


def main(url: str, step: str) -> None:
    undo_import._BY_TABLE["customers"] = lambda undoing, added: undoing.delete_customers(added)
    STEPS[step]()
    venue = a_venue(open_database(url))
    stopping = threading.Event()
    lease = timedelta(seconds=60)
    work.ImportWorker(venue, worker="killed", clock=lambda: NOW, stopping=stopping, lease=lease).step()


if __name__ == "__main__":
    main(*sys.argv[1:])
