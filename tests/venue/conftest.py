"""A worker, and the gateway it sends by."""

import pytest

from tests.fakes.gateway import FakeGateway
from tests.venue.worker import Worker
from venue.profile import House


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def worker(house: House, gateway: FakeGateway) -> Worker:
    return Worker(house, gateway)
