"""What bulk texts leave to others: the day's limit, and the last word to who pauses them."""

import pytest

from tests.makers import MANAGER, NOW, a_booking, an_event, hours
from tests.venue.campaigns.people import confirmed, progress, who_agreed
from tests.venue.worker import Worker
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
