"""Real schedulers, killed at every step of an e-mail to a real mail server: each guest gets it once at most, and what
cannot be known is shown to staff. No mail server can be asked what it took.
"""

import random
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.models import Event, Message
from sms.texts import Kind
from tests.fakes.mail_server import DROP, OK, RESET, TAKE_AND_DROP, MailServer
from tests.faults.failing_scheduler import EMAIL_STEPS
from tests.faults.stage import Stage, Storm, names, until
from tests.faults.test_never_twice import PATIENT
from tests.faults.test_storm import LONG
from tests.mail import outcomes
from tests.makers import MANAGER, a_booking, a_customer, an_event
from tests.patience import PATIENCE
from venue import clock, customers
from venue.insight import today
from venue.messages.states import State

pytestmark = [pytest.mark.soak, pytest.mark.plain_sql]

# What the server has of a scheduler that was killed there, and what becomes of the e-mail.
TAKEN = {
    "after the claim's commit": (0, State.UNSURE),
    "before the words leave": (0, State.UNSURE),
    "when half of the words have left": (0, State.UNSURE),
    "when the words have left": (1, State.UNSURE),
    "after the reply": (1, State.UNSURE),
    "before the record's commit": (1, State.UNSURE),
    "after the record": (1, State.SENT),
    "before the claim's commit": (1, State.SENT),
}
KILLS = LONG // 10 if LONG else 5
ANSWERS = [DROP, RESET, TAKE_AND_DROP, "451 Busy", "554 No", *[OK] * 5]


@pytest.fixture
def server(stage: Stage) -> Iterator[MailServer]:
    with MailServer() as server:
        address = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(server.port), "SMTP_FROM": "desk@example.com"}
        stage.settings |= {**address, "SMTP_TLS": "none"}
        yield server


def test_killed_at_any_step_each_e_mail_goes_once_at_most(stage: Stage, server: MailServer) -> None:
    stage.settings |= PATIENT
    people = names(len(EMAIL_STEPS))
    for step, name in zip(EMAIL_STEPS, people, strict=True):
        book(stage, [name])
        process = stage.start(step=step)
        process.join(PATIENCE)
        assert process.exitcode == -signal.SIGKILL, step
        if step == "when the words have left":
            assert until(lambda: len(server.taken) == 1)

    stage.start()
    stage.settle()

    by_id = taken(server)
    messages = {message.email.split("@")[0]: message for message in emails(stage)}
    for step, name in zip(EMAIL_STEPS, people, strict=True):
        message = messages[name]
        assert (by_id[str(message.id)], State(message.state)) == TAKEN[step], step
        assert message.next_step_at is None, step
    assert unsure_shown(stage) == sum(state is State.UNSURE for _, state in TAKEN.values())
    assert stage.provider.accepted() == []


def test_in_a_storm_of_kills_no_e_mail_goes_twice_and_none_is_lost(stage: Stage, server: MailServer) -> None:
    chance = random.Random(7)
    guests = 12 * KILLS
    book(stage, names(guests))
    server.slow = 0.1
    server.answers.extend(chance.choices(ANSWERS, k=guests))
    storm = Storm(stage, schedulers=3, kills=KILLS, seed=8)

    storm.rage()
    server.slow = 0.0
    stage.settle(seconds=max(PATIENCE, guests))

    by_id, messages = taken(server), emails(stage)
    states = outcomes.check(messages, by_id)
    assert sum(states.values()) == guests
    assert unsure_shown(stage) == states[State.UNSURE]
    assert stage.provider.accepted() == []


def book(stage: Stage, people: Sequence[str]) -> None:
    """Guests who get a confirmation by e-mail."""
    now = clock.now()
    with stage.venue.transaction(MANAGER) as session:
        event = session.scalar(select(Event)) or an_event(session, now=now, starts_at=now + timedelta(days=30))
        for name in people:
            customer = a_customer(session, first_name=name, email=f"{name}@example.com", now=now)
            customers.update(session, customer.id, version=1, prefers_email=True, now=now)
            a_booking(session, customer, event, now=now)


def emails(stage: Stage) -> Sequence[Message]:
    return [message for message in stage.messages() if message.kind == Kind.CONFIRMATION]


def taken(server: MailServer) -> Counter[str]:
    """How often the server took each e-mail, by the message's id."""
    return Counter(identity.strip("<>").partition("@")[0] for identity in server.ids)


def unsure_shown(stage: Stage) -> int:
    """How many messages Today says are unknown."""
    with stage.venue.reading(MANAGER) as session:
        return today.overview(session, now=clock.now()).unsure
