"""What bulk texts leave to others: the day's limit, and the last word to who pauses them."""

import pytest
from sqlalchemy import true
from sqlalchemy.orm import Session

from channels.gateway import NotSent, Sent
from db.models import Event
from tests.makers import MANAGER, NOW, a_booking, an_event, days, hours, minutes, seconds
from tests.venue.campaigns.people import confirmed, progress, who_agreed
from tests.venue.delivery.test_sender import SlowGateway, a_sender, at_work, until
from tests.venue.worker import TIMING, Worker
from venue import events
from venue.delivery import attempts, bulk_texts
from venue.delivery.due_messages import Rate
from venue.messages.causes import Cause
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql


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


def test_a_text_that_comes_back_after_its_event_moved_names_no_old_time(venue: Venue, worker: Worker) -> None:
    with venue.transaction(MANAGER) as session:
        who_agreed(session)
        event = an_event(session)
        campaign_id, event_id = confirmed(session, event_id=event.id), event.id
    with worker.transaction() as session:
        batch = attempts.claim(session, worker.gateway.account, limit=1, timing=TIMING, worker="w", now=worker.now)
    with venue.transaction(MANAGER) as session:
        moved_to = session.get_one(Event, event_id).starts_at + days(1)
        events.update(session, event_id, version=1, starts_at=moved_to, now=worker.now)
    with worker.transaction() as session:
        not_sent = [(batch.claims[0], NotSent("No line"))]
        attempts.record(session, not_sent, account=worker.gateway.account, timing=TIMING, now=worker.now)
    worker.wait(minutes(1))
    worker.deliver_all()
    assert not worker.gateway.sent
    with venue.reading(MANAGER) as session:
        assert progress(session, campaign_id).skipped == {Cause.TOO_LATE: 1}


def test_a_confirmation_finds_room_within_the_second_in_which_bulk_texts_went(venue: Venue, worker: Worker) -> None:
    with venue.transaction(MANAGER) as session:
        who_agreed(session, 20)
        confirmed(session, per_minute=600)
    rate = Rate(per_second=10)
    while worker.deliver(rate=rate):
        pass
    assert len(worker.gateway.sent) == 8
    with venue.transaction(MANAGER) as session:
        a_booking(session)
    assert worker.deliver(rate=rate)
    assert "Quiz Night" in worker.gateway.sent[-1].body
    assert not worker.deliver(rate=rate)


@pytest.mark.parametrize(("per_second", "bulk"), [(1, 1), (2, 1), (4, 3), (10, 8)])
def test_bulk_texts_leave_a_fifth_of_each_seconds_limit(per_second: int, bulk: int) -> None:
    assert Rate(per_second=per_second).bulk_per_second == bulk


def test_a_confirmation_finds_a_call_while_bulk_texts_wait_for_a_slow_provider(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        who_agreed(session, 20)
        confirmed(session, per_minute=600)
    gateway = SlowGateway()
    gateway.answer.clear()
    with at_work(a_sender(venue, gateway, concurrency=4)):
        until(lambda: gateway.calling == 3)
        with venue.transaction(MANAGER) as session:
            a_booking(session)
        until(lambda: gateway.calling == 4)
        gateway.answer.set()
    assert any("Quiz Night" in text.body for text in gateway.sent)


def test_the_next_texts_are_found_without_sorting_all_that_wait(session: Session) -> None:
    due = str(bulk_texts._due(true()).compile(session.get_bind()))
    steps = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {due}", (None,) * due.count("?")).all()
    assert "INDEX ix_messages_campaign_id_due_at (campaign_id=? AND due_at<?)" in steps[0][-1]
    assert not any("TEMP B-TREE" in step[-1] for step in steps)
