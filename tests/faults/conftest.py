"""A stage for each test: a database of each kind, a provider, and schedulers to be started on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.stage import Stage, staged
from venue.profile import Venue


@pytest.fixture
def stage(venue: Venue, database_url: str, tmp_path: Path) -> Iterator[Stage]:
    with staged(venue, database_url, tmp_path) as stage:
        yield stage
