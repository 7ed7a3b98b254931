"""A storm over reminders to households: killed and frozen schedulers tell each member once, in one text for all."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tests.faults.stage import Stage, Storm, names, until
from tests.faults.test_storm import FAULTS, LONG
from tests.makers import MANAGER, a_customer, an_event
from tests.patience import PATIENCE
from venue import bookings, clock, households
from venue.messages.causes import Cause
from venue.messages.states import State

pytestmark = pytest.mark.soak

KILLS = LONG // 4 if LONG else 8
# Of 2 or 3 members each.
HOUSEHOLDS = 8 * KILLS
SAID = (State.SENT, State.DELIVERED, State.UNDELIVERED)


def book_households(stage: Stage) -> dict[UUID, str]:
    """The first names of all members, whose only text is a reminder that is due now."""
    venue = replace(stage.venue, hours=None)
    long_ago, people = clock.now() - timedelta(days=9), names(3 * HOUSEHOLDS)
    members: dict[UUID, str] = {}
    with venue.transaction(MANAGER) as session:
        event = an_event(session, now=long_ago, starts_at=clock.now() + timedelta(hours=23))
    for number in range(HOUSEHOLDS):
        with venue.transaction(MANAGER) as session:
            together = []
            for name in people[3 * number : 3 * number + 2 + number % 2]:
                phone = f"+447700900{number % 1000:03}"
                customer = a_customer(session, first_name=name, last_name="Smith", mobile_number=phone, now=long_ago)
                bookings.book(
                    session, customer_id=customer.id, event_id=event.id, seats=2, now=long_ago, tell_customer=False
                )
                members[customer.id] = name
                together.append(customer.id)
            households.join(session, together, now=long_ago)
    return members


def faulted(stage: Stage) -> int:
    return sum(stage.provider.requests()["faulted"].values())


def test_in_a_storm_each_member_is_told_once(stage: Stage) -> None:
    stage.settings["SMS_PER_SECOND"] = "10"
    members = book_households(stage)
    stage.provider.tell(chance=FAULTS)
    storm = Storm(stage, schedulers=3, kills=KILLS, seed=5)

    storm.rage()
    assert until(lambda: faulted(stage) > HOUSEHOLDS / 8), stage.explain()
    stage.provider.tell(chance={})
    stage.settle(seconds=max(PATIENCE, HOUSEHOLDS / 2))

    assert stage.count().wrong == []
    told = Counter(word.strip(",") for text in stage.provider.accepted() for word in text["body"].split())
    due = [text for text in stage.messages() if text.kind == "reminder_24_hour"]
    by_id = {text.id: text for text in due}
    for text in due:
        name = members[text.customer_id]  # type: ignore[index]
        assert told[name] <= 1, f"{name} is told twice"
        spoken_for = by_id[text.sent_with_id] if text.cause == Cause.SENT_TOGETHER else text  # type: ignore[index]
        if spoken_for.state in SAID:
            assert told[name] == 1, f"{name} counts as told and is not"
        else:
            assert spoken_for.state in (State.UNSURE, State.FAILED), f"{name} is lost: {text.state} {text.reason}"
    assert len(due) == len(members)
    assert sum(text.cause == Cause.SENT_TOGETHER for text in due) > len(members) / 3
