"""A storm over two bulk texts to the same people: while schedulers are killed and frozen, and start with other limits,
the texts are paused, resumed, slowed down, and one is stopped; customers text back, withdraw and are erased; and seats
of a full event are offered, taken and left. Each gets one of them, once, or neither with a reason, and everyone is
counted once at every instant.

Short here. `SOAK=full` (make soak) takes 200 kills and 10,000 customers on each database.
"""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from db.models import Message, MessageAttempt, WaitlistEntry
from sms.texts import Kind
from tests.faults import results
from tests.faults.evening import AUDIENCE, FullEvent, Guests, Manager, Watcher, at_work
from tests.faults.stage import Stage, Storm, names, until
from tests.faults.test_storm import FAULTS, LONG, SOAK
from tests.makers import MANAGER, a_customer
from tests.patience import PATIENCE
from tests.venue.campaigns.people import agrees, confirmed
from venue import clock
from venue.messages.causes import Cause
from venue.messages.states import State
from venue.profile import Venue
from venue.waitlist import State as PartyState

pytestmark = pytest.mark.soak

KILLS = LONG // 5 if LONG else 3
TEXTS = 50 * KILLS if LONG else 40
PARTIES = KILLS if LONG else 12
PAUSE, PACE = (1.0, 5.0) if LONG else (0.15, 1.0)
# Texts per second of each scheduler that starts, and of a bulk text per minute.
LIMITS = ("5", "10", "20", "40") if LONG else ("5", "10")
RATES = (60, 600, 1_200, 2_400) if LONG else (60, 300, 600)
# A third of those of the other storms, so that all of their texts are sent in half an hour.
SOME_FAULTS = {name: share / 3 for name, share in FAULTS.items()}
SAID = (State.SENT, State.DELIVERED, State.UNDELIVERED)
REASONS = {Cause.NOT_AGREED, Cause.OPTED_OUT, Cause.TEXTED_LATELY, Cause.CAMPAIGN_STOPPED, Cause.CUSTOMER_DELETED}


def test_in_a_storm_each_gets_it_once_or_is_skipped_with_a_reason(stage: Stage, database_kind: str) -> None:
    started = time.monotonic()
    stage.settings |= {"SMS_PER_SECOND": LIMITS[0], "BULK_HOURS": "00:00-24:00"}
    people = [(name, number(place)) for place, name in enumerate(names(TEXTS + PARTIES))]
    event = FullEvent(stage.venue, people[TEXTS:], pause=PAUSE / 2)
    first, second = confirm_two(stage.venue, people[:TEXTS])
    manager = Manager(stage.venue, (first, second), rates=RATES, pause=PAUSE)
    guests = Guests(stage.venue, stage.provider, [each for _, each in people], pause=PAUSE)
    watcher = Watcher(manager, event, texts=TEXTS, pause=PAUSE / 8)
    busy = (manager, guests, event, watcher)
    stage.provider.tell(chance=SOME_FAULTS)
    storm = Storm(stage, schedulers=3, kills=KILLS, seed=19, pace=PACE, limits=LIMITS)

    with at_work(*busy):
        storm.rage(halfway=lambda: manager.stop(second))
    with at_work(watcher):
        manager.let_all_go()
        assert until(lambda: all_gone(stage, manager), seconds=max(PATIENCE, TEXTS / 3), every=PAUSE / 2), (
            stage.explain()
        )
        faulted = sum(stage.provider.requests()["faulted"].values())
        stage.provider.tell(chance={})
        stage.settle(seconds=max(PATIENCE, TEXTS / 5))
        assert until(lambda: not event.has_offers())

    count = stage.count(erased=manager.erased)
    seconds = time.monotonic() - started
    assert [problem for each in busy for problem in each.problems] == []
    assert count.wrong == []
    assert min(manager.paused, faulted, watcher.looks) > 0
    assert count.once > TEXTS / 5
    texts = [text for text in stage.messages() if text.campaign_id is not None]
    check_each_got_one(stage, texts, erased=len(manager.erased))
    check_stops_held(stage, watcher)
    check_limits(stage)
    check_offers(stage, event)
    if LONG:
        took = {"faulted": faulted, "looks": watcher.looks, "seconds": seconds}
        command = f"SOAK={SOAK} python -m pytest tests/faults/test_storm_campaigns.py"
        results.keep_bulk(database_kind, storm, texts, **took, command=command)


def number(place: int) -> str:
    # The thousand numbers for films are too few; these are not in use.
    return f"+4471{place:08}" if LONG else f"+447700900{place:03}"


def confirm_two(venue: Venue, people: Sequence[tuple[str, str]]) -> tuple[UUID, UUID]:
    """Two bulk texts to people of whom no two have the same name, so that no two texts read alike."""
    for start in range(0, len(people), 100):
        with venue.transaction(MANAGER) as session:
            for name, mobile_number in people[start : start + 100]:
                who = {"first_name": name, "last_name": AUDIENCE, "mobile_number": mobile_number}
                agrees(session, a_customer(session, **who, now=clock.now()), now=clock.now())
    with venue.transaction(MANAGER) as session:
        first = confirmed(session, per_minute=600, now=clock.now())
        body = "{venue_name}: {first_name}, try our new ales."
        return first, confirmed(session, name="Ales", body=body, per_minute=600, now=clock.now())


def all_gone(stage: Stage, manager: Manager) -> bool:
    stage.replace_ended()
    return manager.waiting() == 0


def check_each_got_one(stage: Stage, texts: Sequence[Message], *, erased: int) -> None:
    """Of two texts to each, one went at most; what did not go says why, and truly."""
    bodies = Counter(text["body"] for text in stage.provider.accepted())
    assert max(bodies.values()) == 1
    bulk = [text["to"] for text in stage.provider.accepted() if "STOP" in text["body"]]
    assert max(Counter(bulk).values()) == 1
    assert 2 * (TEXTS - erased) <= len(texts) <= 2 * TEXTS
    claimed = {(text.customer_id, text.campaign_id) for text in texts if text.claimed_at}
    for text in texts:
        if text.state == State.SKIPPED:
            assert text.cause in REASONS, text.reason
        else:
            assert text.state in (*SAID, State.UNSURE, State.FAILED), f"{text.state} {text.reason}"
        if text.cause == Cause.TEXTED_LATELY and text.customer_id:
            assert any(who == text.customer_id and which != text.campaign_id for who, which in claimed)


def check_stops_held(stage: Stage, watcher: Watcher) -> None:
    """Nothing was claimed for a number since it was seen to have opted out, and every reply is stored once."""
    attempts = select(Message.mobile_number, MessageAttempt.started_at).join(
        MessageAttempt, MessageAttempt.message_id == Message.id
    )
    with stage.venue.reading(MANAGER) as session:
        rows = session.execute(attempts).all()
        stored = session.scalars(select(Message.provider_id).where(Message.direction == "in")).all()
    assert watcher.stopped
    assert [row for row in rows if row.started_at > watcher.stopped.get(row.mobile_number or "", clock.now())] == []
    assert sorted(stored) == sorted(text["sid"] for text in stage.provider.received())


def check_limits(stage: Stage) -> None:
    """No scheduler claimed more than the highest limit of a second, however many there were."""
    with stage.venue.reading(MANAGER) as session:
        started = session.scalars(select(MessageAttempt.started_at).order_by(MessageAttempt.started_at)).all()
    most = int(max(LIMITS, key=int))
    for earlier, later in zip(started, started[most:], strict=False):
        assert later - earlier >= timedelta(seconds=1), f"more than {most} texts in {later - earlier}"


def check_offers(stage: Stage, event: FullEvent) -> None:
    """Each party was offered seats by a text of its own, or waits with a cause."""
    with stage.venue.reading(MANAGER) as session:
        parties = session.scalars(select(WaitlistEntry).where(WaitlistEntry.event_id == event.event_id)).all()
        offers = session.scalars(select(Message).where(Message.kind == Kind.WAITLIST_OFFER.value)).all()
    assert sum(party.offers for party in parties) == len(offers) > 0, Counter(
        (party.state, party.cause, party.seats) for party in parties
    )
    assert any(party.state == PartyState.EXPIRED for party in parties)
    assert all(party.cause for party in parties if party.state == PartyState.WAITING)
    assert not [text for text in offers if text.state == State.SKIPPED and not text.cause]
