"""A storm over e-mails and texts: killed and frozen schedulers, a mail server that drops what it took, and each guest
told once, by one of the two."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from tests.fakes.mail_server import DROP, OK, RESET, TAKE_AND_DROP, MailServer
from tests.faults.stage import Stage, Storm, names
from tests.faults.test_storm import LONG
from tests.makers import MANAGER, a_customer, an_event
from venue import bookings, clock, customers
from venue.messages.states import State

pytestmark = pytest.mark.soak

KILLS = LONG // 4 if LONG else 4
GUESTS = 12 * KILLS
SAID = (State.SENT, State.DELIVERED, State.UNDELIVERED)
FAULTS = [DROP, RESET, TAKE_AND_DROP, "451 Busy", "554 No", OK, OK, OK]


def book_guests(stage: Stage) -> None:
    """Bookings of as many people; two of three prefer e-mails."""
    people = names(GUESTS)
    with stage.venue.transaction(MANAGER) as session:
        event_id = an_event(session, now=clock.now(), starts_at=clock.now() + timedelta(days=30)).id
    for place, name in enumerate(people):
        with stage.venue.transaction(MANAGER) as session:
            now = clock.now()
            address = f"{name.lower()}@example.com" if place % 3 else ""
            customer = a_customer(session, first_name=name, last_name="Smith", email=address, now=now)
            if address:
                customers.update(session, customer.id, version=1, prefers_email=True, now=now)
            bookings.book(session, customer_id=customer.id, event_id=event_id, seats=2, now=now)


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"] if LONG else ["sqlite"], indirect=True)
def test_in_a_storm_each_guest_is_told_once_by_text_or_by_e_mail(stage: Stage) -> None:
    with MailServer() as server:
        server.answers.extend(random.Random(3).choices(FAULTS, k=20 * GUESTS))
        server_settings = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(server.port), "SMTP_TLS": "none"}
        stage.settings |= {**server_settings, "SMTP_FROM": "bookings@example.com", "SMS_PER_SECOND": "10"}
        book_guests(stage)
        Storm(stage, schedulers=3, kills=KILLS, seed=7).rage()
        server.answers.clear()
        stage.settle()

        mailed = Counter(identity.strip("<>").partition("@")[0] for identity in server.ids)
        texted = Counter(text["body"] for text in stage.provider.accepted())
    due = stage.messages()
    assert len(due) == GUESTS
    for message in due:
        times = {"email": mailed[str(message.id)], "text": texted[message.body or ""]}
        said = (message.channel, message.state, message.reason, times)
        assert sum(times.values()) <= 1, f"told twice: {said}"
        assert times["text" if message.channel == "email" else "email"] == 0, f"by the other way: {said}"
        if message.state in SAID:
            assert times[message.channel] == 1, f"counts as told and is not: {said}"
        elif message.state == State.FAILED:
            assert times[message.channel] == 0, f"counts as not told and was: {said}"
        else:
            assert (message.state, message.next_step_at) == (State.UNSURE, None), f"lost: {said}"
    states = Counter((message.channel, message.state) for message in due)
    assert states["email", State.SENT] > GUESTS / 6, states
    assert states["email", State.UNSURE] > 0, states
