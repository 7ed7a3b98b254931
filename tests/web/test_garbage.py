"""What the garbage collector no longer looks at."""

import gc
from collections.abc import Iterator

import pytest

from web.garbage import FreezeWhenWarm


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_the_first_screens_brought_along_is_frozen_and_nothing_later() -> None:
    warm = FreezeWhenWarm(after=(2, 3))
    gc.callbacks.append(warm)
    frozen = []
    for _ in range(5):
        gc.collect()
        frozen.append(gc.get_freeze_count() > 0)
    assert frozen == [False, True, True, True, True]
    assert warm not in gc.callbacks
    kept = gc.get_freeze_count()
    later = [[each] for each in range(1_000)]
    gc.collect()
    assert gc.get_freeze_count() <= kept
    assert later


def test_what_is_left_behind_later_is_still_collected() -> None:
    gc.callbacks.append(FreezeWhenWarm(after=(1,)))
    gc.collect()
    gone: list[object] = []
    gone.append(gone)
    del gone
    assert gc.collect() >= 1
