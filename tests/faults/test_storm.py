"""A storm over several schedulers: killed and frozen at random while two calls in five go wrong.

Short here. `SOAK=full` (make soak) takes 1,000 kills and 10,000 texts on each database, `SOAK=100` a tenth of it.
"""

import os
import time

import pytest

from tests.faults import results
from tests.faults.stage import Stage, Storm
from tests.patience import PATIENCE

pytestmark = pytest.mark.soak

# How many kills on each database, shared among storms over 1, 2, 3 and 4 schedulers; ten texts for each kill.
SOAK = os.environ.get("SOAK", "")
LONG = 1_000 if SOAK == "full" else int(SOAK or 0)
SCHEDULERS = (1, 2, 3, 4) if LONG else (3,)
KILLS = LONG // len(SCHEDULERS) if LONG else 15
TEXTS = 10 * KILLS

# 40 % of the calls that send, and a sixth of the questions afterwards.
FAULTS = {
    "accept_then_drop": 0.06,
    "reset_after_accept": 0.03,
    "500_after_accept": 0.05,
    "html_503_after_accept": 0.02,
    "redirect_after_accept": 0.01,
    "garbage": 0.02,
    "truncated": 0.02,
    "slow_drip": 0.02,
    "read_timeout": 0.02,
    "list_lag": 0.03,
    "drop_before_accept": 0.03,
    "500_before_accept": 0.03,
    "html_403": 0.01,
    "429": 0.03,
    "refused_21617": 0.02,
    "GET html_503": 0.1,
    "GET drop_before_accept": 0.05,
    "GET truncated": 0.02,
}


@pytest.mark.parametrize("schedulers", SCHEDULERS)
def test_in_a_storm_no_text_is_sent_twice_and_none_is_lost(stage: Stage, database_kind: str, schedulers: int) -> None:
    started = time.monotonic()
    # So slow that there is something to send as long as the storm lasts.
    stage.settings["SMS_PER_SECOND"] = "10"
    stage.book(TEXTS)
    stage.provider.tell(chance=FAULTS)
    storm = Storm(stage, schedulers=schedulers, kills=KILLS, seed=schedulers)

    storm.rage()
    faulted = sum(stage.provider.requests()["faulted"].values())
    stage.provider.tell(chance={})
    stage.settle(seconds=max(PATIENCE, TEXTS / 3))

    count = stage.count()
    if LONG:
        command = f"SOAK={SOAK} python -m pytest tests/faults/test_storm.py"
        results.keep(database_kind, storm, count, faulted, time.monotonic() - started, command=command)
    assert count.wrong == []
    assert count.texts == TEXTS
    assert faulted > 0
