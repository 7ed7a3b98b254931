"""A storm over a bulk text: while schedulers are killed and frozen it is paused, resumed and slowed down, and customers
withdraw. Each gets it once or is skipped with a reason, and everyone is counted once at every instant.

Short here. `SOAK=full` (make soak) takes 200 kills and 10,000 texts on each database.
"""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import select

from db.models import Campaign, Customer, Message
from db.writes import update_where
from tests.faults.stage import Stage, Storm, names, until
from tests.faults.test_storm import FAULTS, LONG
from tests.makers import MANAGER, a_customer
from tests.venue.campaigns.people import agrees, confirmed
from venue import campaigns, clock
from venue.messages.causes import Cause
from venue.messages.states import State
from venue.profile import Venue

pytestmark = pytest.mark.soak

KILLS = LONG // 5 if LONG else 3
TEXTS = 50 * KILLS if LONG else 40
SAID = (State.SENT, State.DELIVERED, State.UNDELIVERED)


def confirm(venue: Venue) -> UUID:
    """To people of whom no two have the same name, so that no two texts read alike."""
    people = names(TEXTS)
    for start in range(0, TEXTS, 100):
        with venue.transaction(MANAGER) as session:
            for number, name in enumerate(people[start : start + 100], start=start):
                phone = f"+4477009{number:05}" if LONG else f"+447700900{number:03}"
                customer = a_customer(session, first_name=name, mobile_number=phone, now=clock.now())
                agrees(session, customer, now=clock.now())
    with venue.transaction(MANAGER) as session:
        return confirmed(session, per_minute=600, now=clock.now())


class Manager:
    """Pauses and resumes a bulk text, changes its rate, and records what customers say, until the storm is over."""

    def __init__(self, venue: Venue, campaign_id: UUID):
        self.venue = venue
        self.campaign_id = campaign_id
        self.over = threading.Event()
        self.problems: list[str] = []
        self.counted = self.paused = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        thread = threading.Thread(target=self._work)
        thread.start()
        try:
            yield
        finally:
            self.over.set()
            thread.join()

    def _work(self) -> None:
        chance = random.Random(19)
        while not self.over.is_set():
            time.sleep(chance.uniform(0.05, 0.4))
            self.count()
            act = chance.choice((self._pause, self._slow_down, self._withdraw, self.count))
            act(chance)

    def count(self, _chance: random.Random | None = None) -> None:
        with self.venue.reading(MANAGER) as session:
            row = campaigns.get(session, self.campaign_id)
        self.counted += 1
        if row.progress.total != TEXTS or row.progress.erased:
            self.problems.append(f"{row.progress.total} of {TEXTS}: {row.progress}")

    def resume(self) -> None:
        with self.venue.transaction(MANAGER) as session:
            campaigns.resume(session, self.campaign_id, now=clock.now())

    def stop(self) -> None:
        with self.venue.transaction(MANAGER) as session:
            campaigns.stop(session, self.campaign_id, now=clock.now())

    def waiting(self) -> int:
        with self.venue.reading(MANAGER) as session:
            return campaigns.get(session, self.campaign_id).progress.waiting

    def _pause(self, chance: random.Random) -> None:
        with self.venue.transaction(MANAGER) as session:
            campaigns.pause(session, self.campaign_id, now=clock.now())
        self.paused += 1
        time.sleep(chance.uniform(0.1, 0.6))
        self.resume()

    def _slow_down(self, chance: random.Random) -> None:
        with self.venue.transaction(MANAGER) as session:
            this = Campaign.id == self.campaign_id
            update_where(session, Campaign, this, {"per_minute": chance.choice((60, 300, 600))})

    def _withdraw(self, chance: random.Random) -> None:
        with self.venue.transaction(MANAGER) as session:
            customers = session.scalars(select(Customer).order_by(Customer.id)).all()
            agrees(session, chance.choice(customers), "withdrawn", now=clock.now())


def test_in_a_storm_each_gets_it_once_or_is_skipped_with_a_reason(stage: Stage) -> None:
    stage.settings |= {"SMS_PER_SECOND": "10", "BULK_HOURS": "00:00-24:00"}
    manager = Manager(stage.venue, confirm(stage.venue))
    stage.provider.tell(chance=FAULTS)
    with manager.at_work():
        Storm(stage, schedulers=3, kills=KILLS, seed=19).rage()
    manager.resume()
    with stage.venue.transaction(MANAGER) as session:
        update_where(session, Campaign, Campaign.id == manager.campaign_id, {"per_minute": 600})
    assert until(lambda: manager.waiting() < TEXTS / 2, seconds=max(60, TEXTS / 2)), stage.explain()
    manager.stop()
    stage.provider.tell(chance={})
    stage.settle(seconds=max(120, TEXTS / 5))

    manager.count()
    assert manager.problems == []
    assert manager.paused
    assert stage.count().wrong == []
    sent = {text["body"] for text in stage.provider.accepted()}
    for text in stage.messages():
        if text.state == State.SKIPPED:
            assert text.cause in (Cause.NOT_AGREED, Cause.CAMPAIGN_STOPPED, Cause.OPTED_OUT), text.reason
        else:
            assert text.state in (*SAID, State.UNSURE, State.FAILED), f"{text.state} {text.reason}"
            assert text.state not in SAID or text.body in sent
    assert len(message_ids(stage)) == TEXTS


def message_ids(stage: Stage) -> list[UUID]:
    with stage.venue.reading(MANAGER) as session:
        return list(session.scalars(select(Message.id)))
