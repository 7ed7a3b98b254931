"""What staff are told when another process holds up the database for too long."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from db.models import Customer
from db.session import open_database
from tests.databases import KINDS_OF_DATABASE
from tests.makers import MANAGER, a_customer, a_venue
from venue.errors import Busy
from venue.profile import Venue

WAIT_SECONDS = 0.05


@pytest.fixture(params=KINDS_OF_DATABASE)
def venue(
    request: pytest.FixtureRequest, new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Venue]:
    monkeypatch.setattr("db.session.BUSY_SECONDS", WAIT_SECONDS)
    database = open_database(new_database(request.param))
    yield a_venue(database)
    database.close()


def test_a_change_that_waits_for_too_long_is_refused_in_words(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        customer_id = a_customer(session).id
    locked = select(Customer).where(Customer.id == customer_id).with_for_update()
    with venue.transaction(MANAGER) as first:
        first.execute(locked)
        with pytest.raises(Busy, match="Try again in a minute"), venue.transaction_for_staff(MANAGER) as second:
            second.execute(locked)
    with venue.transaction_for_staff(MANAGER) as third:
        assert third.scalars(locked).one().id == customer_id
