"""What bulk texts leave to others: the day's limit, and the last word to who pauses them."""

import pytest

from channels.gateway import NotSent, Sent
from tests.makers import MANAGER, NOW, a_booking, an_event, hours, seconds
from tests.venue.campaigns.people import confirmed, progress, who_agreed
from tests.venue.worker import TIMING, Worker
from venue.delivery import attempts
from venue.delivery.due_messages import Rate
from venue.profile import Venue

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_the_days_limit_is_left_to_the_reminders_of_that_day(venue: Venue, worker: Worker) -> None:
    with venue.transaction(MANAGER) as session:
        who_agreed(session, 20)
        campaign_id = confirmed(session, per_minute=600)
        event = an_event(session, starts_at=NOW + hours(40))
        for _ in range(6):
            a_booking(session, event=event, tell_customer=False)
    rate = Rate(per_day=20)
    for _ in range(24):
        while worker.deliver(rate=rate):
            pass
        worker.wait(hours(1))
    reminders = [text for text in worker.gateway.sent if "jazz" not in text.body]
    assert len(reminders) == 6
    with venue.reading(MANAGER) as session:
        assert progress(session, campaign_id).sent == 20 - 2 - 6


@pytest.mark.parametrize("bulk", [True, False])
def test_a_bulk_text_that_waited_too_long_is_claimed_again(venue: Venue, worker: Worker, bulk: bool) -> None:
    with venue.transaction(MANAGER) as session:
        if bulk:
            who_agreed(session)
            confirmed(session)
        else:
            a_booking(session)
    with worker.transaction() as session:
        batch = attempts.claim(session, worker.gateway.account, limit=1, timing=TIMING, worker="w", now=worker.now)
    worker.wait(seconds(2.5))
    outcome = attempts.call(worker.gateway, batch.claims[0], timing=TIMING, clock=lambda: worker.now)
    assert isinstance(outcome, NotSent if bulk else Sent)
