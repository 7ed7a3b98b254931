"""Who acts in the sample venue, on which customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Customer
from db.types import AnyRow
from venue import clock
from venue.profile import Venue
from venue.roles import MAY, Actor, Role

MANAGER, BARMAN, BARMAID, VIEWER, FORMER = "Priya", "Tom", "Megan", "Owen", "Lucy"
ROLES = {
    MANAGER: Role.MANAGER,
    BARMAN: Role.STAFF,
    BARMAID: Role.STAFF,
    VIEWER: Role.VIEWER,
    FORMER: Role.STAFF,
}


@dataclass
class Cast:
    """`customers` are those with a number of their own, in the same order each time: the first ones come often. `now`
    is when the sample is loaded."""

    venue: Venue
    now: datetime
    random: Random
    staff: dict[str, UUID]
    customers: Sequence[AnyRow]

    def ago(self, **before: float) -> datetime:
        """This long before now, in UTC, to the second."""
        return (self.now - timedelta(**before)).replace(microsecond=0)

    def at(self, *, days: int, hour: int, minute: int = 0) -> datetime:
        """This time of the venue's day, this number of days ago, in UTC."""
        on = clock.today(self.now, self.venue.zone) - timedelta(days=days)
        return clock.at_wall_clock(on, time(hour, minute), self.venue.zone)

    def by(self, name: str) -> Any:
        """A transaction of this member of staff."""
        return self.venue.transaction(Actor(name, MAY[ROLES[name]], self.staff.get(name)))


def in_order(session: Session, random: Random) -> list[AnyRow]:
    """The customers whose number no one else has, in an order that is the same each time."""
    columns = (Customer.id, Customer.first_name, Customer.last_name, Customer.mobile_number)
    rows = session.execute(select(*columns).order_by(Customer.mobile_number, Customer.sort_key)).all()
    numbers = [row.mobile_number for row in rows]
    shared = {number for number in numbers if numbers.count(number) > 1}
    alone = [row for row in rows if row.mobile_number not in shared]
    random.shuffle(alone)
    return alone
