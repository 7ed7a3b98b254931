"""From the commit of a pause, or of a stop, a real scheduler hands no more of a bulk text to the provider, but for the
few that it has in hand. How soon is measured by `python -m benchmarks.bulk_texts`.
"""

import time
from collections.abc import Callable
from uuid import UUID

import pytest

from db.models import Campaign
from tests.faults.stage import Stage, names, until
from tests.faults.test_never_twice import PATIENT
from tests.makers import MANAGER, a_customer
from tests.venue.campaigns.people import agrees, confirmed
from venue import campaigns, clock
from venue.profile import Venue

pytestmark = pytest.mark.soak

LATENCY = 0.2
# Two seconds are promised; one more is for a busy machine.
WITHIN = 3.0
IN_HAND = 8


def test_a_pause_and_a_stop_hold_within_seconds(stage: Stage) -> None:
    stage.settings |= {**PATIENT, "BULK_HOURS": "00:00-24:00"}
    stage.provider.tell(latency=LATENCY)
    campaign_id = confirm(stage.venue, 100)
    stage.start()

    do(stage, campaign_id, campaigns.pause)
    with stage.venue.transaction(MANAGER) as session:
        campaigns.resume(session, campaign_id, now=clock.now())
    do(stage, campaign_id, campaigns.stop)


def confirm(venue: Venue, customers: int) -> UUID:
    with venue.transaction(MANAGER) as session:
        for name in names(customers):
            agrees(session, a_customer(session, first_name=name, now=clock.now()), now=clock.now())
        return confirmed(session, per_minute=600, now=clock.now())


def do(stage: Stage, campaign_id: UUID, act: Callable[..., Campaign]) -> None:
    """Pause or stop it while texts go, and check what still went."""
    before = len(received(stage))
    assert until(lambda: len(received(stage)) > before + 8), stage.explain()
    with stage.venue.transaction(MANAGER) as session:
        act(session, campaign_id, now=clock.now())
    acted_at = time.time()
    time.sleep(WITHIN + 0.5)
    late = [at - acted_at for at in received(stage) if at > acted_at]
    assert len(late) <= IN_HAND
    assert max(late, default=0) < WITHIN
    with stage.venue.reading(MANAGER) as session:
        progress = campaigns.get(session, campaign_id).progress
    assert progress.on_its_way == 0
    assert (progress.waiting > 0) == (act is campaigns.pause)


def received(stage: Stage) -> list[float]:
    """When the provider received each text, in seconds since 1970: it keeps a text once it has waited."""
    return [text["created_at"] - LATENCY for text in stage.provider.accepted()]
