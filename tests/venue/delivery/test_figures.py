"""The figures for monitoring, and when sending stands still."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.models import Message, MessageAttempt, Pause, VenueSetting
from tests.makers import MANAGER, NOW, hours, minutes, seconds
from venue.delivery import figures, schedulers
from venue.delivery.due_messages import SENDING_HELD
from venue.delivery.figures import Figures, Texts
from venue.profile import Venue
from venue.roles import SCHEDULER

pytestmark = pytest.mark.plain_sql
NIGHT = datetime(2027, 1, 15, 3, 0, tzinfo=NOW.tzinfo)


def read(venue: Venue, now: datetime = NOW) -> Figures:
    with venue.reading(MANAGER) as session:
        return figures.figures(session, now=now)


def why(venue: Venue, now: datetime = NOW) -> str:
    with venue.transaction(SCHEDULER) as session:
        schedulers.beat(session, worker="one", started_at=now, now=now)
    with venue.reading(SCHEDULER) as session:
        return figures.why_not_working(session, now=now)


def planned(venue: Venue, due_at: datetime, *, number: str = "+447700900123", **columns: object) -> None:
    values: dict[str, Any] = {"kind": "confirmation", "state": "planned", "body": "Hi", "priority": 1, **columns}
    with venue.transaction(MANAGER) as session:
        key = f"{values['kind']} {due_at} {number} {values['state']}"
        values |= {"mobile_number": number, "due_at": due_at, "created_at": NOW, "updated_at": NOW}
        session.add(Message(dedupe_key=key, **values))


def attempted(venue: Venue, **columns: object) -> None:
    """A call a minute ago, for another message than those that are late."""
    planned(venue, NOW, number="+447700900124", state="failed")
    with venue.transaction(MANAGER) as session:
        message = session.scalars(select(Message).where(Message.mobile_number == "+447700900124")).one()
        call = {"message_id": message.id, "fence": 1, "worker": "one", "started_at": NOW - minutes(1), **columns}
        session.add(MessageAttempt(**call))


def test_an_empty_database_has_neither_texts_nor_schedulers(venue: Venue) -> None:
    assert read(venue) == Figures([], [], 0, 0, 0, 0, 0, None, timedelta(), False, 0, False)


def test_open_messages_are_counted_whenever_and_ended_ones_of_a_day(venue: Venue) -> None:
    planned(venue, NOW + hours(100))
    planned(venue, NOW - hours(100), state="held")
    planned(venue, NOW - hours(23), state="failed", kind="reminder_24_hour")
    planned(venue, NOW - hours(25), state="failed")
    now = read(venue)
    assert now.open == [Texts("held", "confirmation", 1), Texts("planned", "confirmation", 1)]
    assert now.last_day == [Texts("failed", "reminder_24_hour", 1)]


def test_a_text_is_due_at_its_time_and_late_five_minutes_later(venue: Venue) -> None:
    planned(venue, NOW)
    found = [read(venue, NOW + after) for after in (-seconds(1), timedelta(), minutes(5) - seconds(1), minutes(5))]
    assert [(each.due, each.late) for each in found] == [(0, 0), (1, 0), (1, 0), (1, 1)]


def test_what_may_not_leave_is_not_late(venue: Venue) -> None:
    planned(venue, NIGHT - hours(1), kind="reminder_24_hour")
    planned(venue, NIGHT - hours(1), kind="campaign", priority=3)
    planned(venue, NIGHT - hours(1), next_step_at=NIGHT + minutes(1))
    assert (read(venue, NIGHT).due, read(venue, NIGHT).late) == (0, 0)
    # Reminders may leave from 9 in the morning.
    morning = NIGHT + hours(6)
    assert (read(venue, morning).due, read(venue, morning).late) == (2, 1)
    assert read(venue, morning + minutes(5)).late == 2


def test_texts_to_a_paused_country_are_not_late(venue: Venue) -> None:
    planned(venue, NOW - hours(1), number="+33612345678")
    with venue.transaction(MANAGER) as session:
        session.add(Pause(account="a", scope="+33", reason="No", paused_at=NOW, try_again_at=NOW))
    now = read(venue)
    assert (now.late, now.paused, now.paused_countries) == (0, False, 1)
    assert why(venue) == ""


def test_the_age_is_of_the_scheduler_that_was_seen_last(venue: Venue) -> None:
    with venue.transaction(SCHEDULER) as session:
        schedulers.beat(session, worker="one", started_at=NOW, now=NOW - seconds(100))
        schedulers.beat(session, worker="two", started_at=NOW, now=NOW - seconds(40))
    now = read(venue)
    assert (now.schedulers, now.scheduler_seen) == (1, seconds(40))


def test_sending_works_while_nothing_is_late_or_something_was_sent(venue: Venue) -> None:
    assert why(venue) == ""
    planned(venue, NOW - minutes(6))
    assert why(venue) == "1 text is over 5 minutes late, and none was sent in that time"
    attempted(venue, outcome="sent")
    assert why(venue) == ""
    assert why(venue, NOW + minutes(10)) != ""


@pytest.mark.parametrize("call", [{"outcome": "notsent"}, {"outcome": None}, {"outcome": "sent", "channel": "email"}])
def test_a_call_that_sends_no_text_is_no_sign_that_texts_go(venue: Venue, call: dict[str, str | None]) -> None:
    planned(venue, NOW - minutes(6))
    attempted(venue, **call)
    assert why(venue) != ""


def test_a_pause_of_everything_a_restored_backup_and_no_scheduler_are_standing_still(venue: Venue) -> None:
    with venue.reading(SCHEDULER) as session:
        assert figures.why_not_working(session, now=NOW) == "no scheduler was seen lately"
    with venue.transaction(MANAGER) as session:
        session.add(Pause(account="a", scope="", reason="No", paused_at=NOW, try_again_at=NOW))
    assert why(venue) == "sending is paused"
    value = '{"phase": "held", "since": "2027-01-14T12:00:00+00:00"}'
    with venue.transaction(MANAGER) as session:
        session.add(VenueSetting(name=SENDING_HELD, value=value, updated_at=NOW))
    assert why(venue) == "sending is on hold after a restored backup"
    assert read(venue).held_after_restore
    assert read(venue).paused


def test_a_pause_of_emails_is_not_one_of_texts(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        session.add(Pause(account="smtp:a", scope="", reason="No", paused_at=NOW - hours(1), try_again_at=NOW))
    assert not read(venue).paused
    assert why(venue) == ""
