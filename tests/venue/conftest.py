"""A worker, and the gateway it sends by."""

import pytest

from tests.fakes.gateway import FakeGateway
from tests.venue.worker import Worker
from venue.profile import Venue


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def worker(venue: Venue, gateway: FakeGateway) -> Worker:
    return Worker(venue, gateway)
