"""A process that guesses a password, from browsers that no one has signed in with."""

import threading
import time
from itertools import count
from multiprocessing.synchronize import Barrier
from typing import Any

from argon2 import PasswordHasher

from db.session import open_database
from tests.makers import NOW, a_venue
from venue.roles import SIGN_IN
from venue.staff import passwords, sign_in
from venue.staff.sign_in import SignInRefused

THREADS = 2
# Between the guesses of one thread, as over a network.
PAUSE_SECONDS = 0.02


class CountingHasher(PasswordHasher):
    """Counts how often argon2 runs."""

    def __init__(self) -> None:
        super().__init__(time_cost=2, memory_cost=19_456, parallelism=1)
        self.hashes = count(0)

    def verify(self, *args: Any, **kwargs: Any) -> Any:
        next(self.hashes)
        return super().verify(*args, **kwargs)


def guess(database_url: str, process: int, guesses: int, start: Barrier, results: Any) -> None:
    """Guess so often, in several threads, then report how many were refused and how often argon2 ran."""
    venue = a_venue(open_database(database_url))
    hasher = passwords.HASHER = CountingHasher()
    numbers, refused = iter(range(guesses)), count(0)

    def work() -> None:
        for number in numbers:
            time.sleep(PAUSE_SECONDS)
            try:
                sign_in.with_password(
                    lambda: venue.transaction(SIGN_IN),
                    name="Sam",
                    password=f"guess {process} {number}",
                    device_token=f"address {number % 1000}",
                    user_agent="guesser",
                    now=NOW,
                )
            except SignInRefused:
                next(refused)

    start.wait()
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((next(refused), next(hasher.hashes)))
