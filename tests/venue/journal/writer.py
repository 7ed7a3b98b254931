"""A process of its own that adds, changes and deletes customers, each as one act: python -m … URL ACTS SEED."""

import random
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from db.session import is_away, open_database
from tests.makers import MANAGER, NOW, a_customer, a_venue
from venue import customers, privacy
from venue.errors import Invalid

# Each erasure searches everything, which takes long when there is much.
MOST_ERASED = 125


def main(url: str, acts: int, seed: int) -> None:
    venue = a_venue(open_database(url))
    chance = random.Random(seed)
    added: list[Any] = []
    erased = 0

    def add(session: Session) -> None:
        added.append(a_customer(session, notes="New"))

    def change(session: Session) -> None:
        customer = customers.get(session, chance.choice(added).id)
        customers.update(session, customer.id, version=customer.version, now=NOW, notes=str(chance.random()))

    def delete(session: Session) -> None:
        privacy.erase(session, added[-1].id, now=NOW)
        added.pop()

    for _ in range(acts):
        act: Callable[[Session], None] = add
        if len(added) > 2:
            act = chance.choices((add, change, delete), (3, 6, 2 if erased < MOST_ERASED else 0))[0]
            erased += act is delete
        until_done(lambda act=act: once(venue, act))


def once(venue: Any, act: Callable[[Session], None]) -> None:
    with venue.transaction(MANAGER) as session:
        act(session)


def until_done(run: Callable[[], None]) -> None:
    """SQLite lets writers wait without an order, so one of many may wait too long. And no one is erased at the moment
    when someone of the same name is added."""
    while True:
        try:
            return run()
        except Exception as error:
            if not (is_away(error) or isinstance(error, Invalid)):
                raise


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
