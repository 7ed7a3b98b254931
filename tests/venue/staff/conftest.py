"""Hashes that take no time, and people with accounts."""

import pytest
from argon2 import PasswordHasher

from venue.staff import passwords


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that are computed in a fraction of a millisecond."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
