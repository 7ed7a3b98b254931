"""Random histories of what `decide` decides, without a database: 300 here, `SOAK=full` (make soak) has 100,000."""

import os
import random
from dataclasses import replace
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.makers import IN_TWO_WEEKS, NOW, minutes
from venue.clock import Hours
from venue.messages.states import State as TextState
from venue.waitlist.passes import Change, Party, Place, decide
from venue.waitlist.states import TO_CALL, PassedOver, State

HISTORIES = 100_000 if os.environ.get("SOAK") == "full" else 300
STEPS = 15
LONDON, HOURS = ZoneInfo("Europe/London"), Hours(time(9), time(21))


def test_no_history_is_over_capacity_or_unfair() -> None:
    chance = random.Random(7)
    offered = sum(a_history(chance) for _ in range(HISTORIES))
    assert offered > HISTORIES


@pytest.mark.parametrize(
    ("starts", "seats", "cause"),
    [
        (datetime(2027, 1, 15, 22, 30, tzinfo=LONDON), 2, PassedOver.TOO_CLOSE),
        (datetime(2027, 1, 15, 22, 30, tzinfo=LONDON), 3, PassedOver.TOO_LARGE),
        (datetime(2027, 1, 16, 9, 30, tzinfo=LONDON), 2, PassedOver.TOO_CLOSE),
        (datetime(2027, 1, 16, 20, 0, tzinfo=LONDON), 2, None),
    ],
)
def test_after_the_sending_hours_staff_call_who_could_not_be_texted_in_time(
    starts: datetime, seats: int, cause: PassedOver | None
) -> None:
    now = datetime(2027, 1, 15, 21, 5, tzinfo=LONDON)
    party = Party(UUID(int=1), seats, State.WAITING, PassedOver.FULL, now)
    changes = decide(Place(starts, 10, 8), [party], now=now, zone=LONDON, hours=HOURS)
    assert changes == ([Change(party, State.WAITING, cause)] if cause else [])


def a_history(chance: random.Random) -> int:
    """Parties join, seats are booked and freed, texts arrive or fail, and time passes. Returns how many offers there
    were."""
    capacity, booked, now, offers = 10, 10, NOW, 0
    parties: list[Party] = []
    for step in range(STEPS):
        now += minutes(chance.choice((1, 20, 130, 300)))
        promised = sum(party.seats for party in parties if party.state == State.OFFERED)
        booked = chance.randint(0, max(0, capacity - promised))
        parties.append(a_party(chance, step, now))
        parties = [a_text_went(chance, party) for party in parties]
        changes = decide(place(capacity, booked, parties), parties, now=now, zone=LONDON, hours=HOURS)
        check_fair(parties, changes, capacity - booked - promised_of(parties))
        offers += sum(change.state is State.OFFERED for change in changes)
        parties = [
            each for each in (after(party, changes, now) for party in parties) if each.state in ("waiting", "offered")
        ]
        assert booked + promised_of(parties) <= capacity
        open_now = 9 <= now.astimezone(LONDON).hour < 21
        assert open_now or not any(change.state is State.OFFERED for change in changes)
    return offers


def a_party(chance: random.Random, number: int, now: datetime) -> Party:
    blocked = chance.random() < 0.1
    return Party(UUID(int=number), chance.randint(1, 6), State.WAITING, PassedOver.FULL, now, is_blocked=blocked)


def a_text_went(chance: random.Random, party: Party) -> Party:
    if party.state != State.OFFERED or party.text_state != TextState.PLANNED:
        return party
    return replace(party, text_state=chance.choice((TextState.PLANNED, TextState.DELIVERED, TextState.FAILED)))


def promised_of(parties: list[Party]) -> int:
    return sum(party.seats for party in parties if party.state == State.OFFERED)


def place(capacity: int, booked: int, parties: list[Party]) -> Place:
    return Place(IN_TWO_WEEKS, capacity, booked + promised_of(parties))


def after(party: Party, changes: list[Change], now: datetime) -> Party:
    change = next((change for change in changes if change.party is party), None)
    if change is None:
        return party
    text = TextState.PLANNED if change.state is State.OFFERED else None
    changed = {"state": change.state, "cause": change.cause, "answer_by": change.answer_by, "text_state": text}
    return replace(party, **changed, updated_at=now)


def check_fair(parties: list[Party], changes: list[Change], free: int) -> None:
    """A party that joined before a party that gets an offer got one too, did not fit, or must be called."""
    made = {change.party.id for change in changes if change.state is State.OFFERED}
    if not made:
        return
    # Who waits again, because the text did not go, comes first in the next pass.
    assert not [change for change in changes if change.party.state == State.OFFERED and change.state is State.WAITING]
    ended = {change.party.id: change.party for change in changes if change.party.state == State.OFFERED}
    free += sum(party.seats for party in ended.values())
    for party in parties:
        if party.state != State.WAITING:
            continue
        if party.id in made:
            free -= party.seats
        else:
            assert party.seats > free or party.is_blocked or party.cause in TO_CALL
    assert free >= 0
