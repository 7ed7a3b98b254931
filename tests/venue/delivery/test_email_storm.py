"""A storm over a real mail server, which drops what it took: each guest is told once, by e-mail or not at all.

Schedulers that die are claims that no one records, some of them after the call. SOAK makes it longer.
"""

import os
import random
from collections import Counter

import pytest

from mail.smtp_gateway import SmtpGateway
from tests.fakes.mail_server import DROP, OK, RESET, TAKE_AND_DROP, MailServer
from tests.mail import outcomes
from tests.makers import MANAGER, NOW, a_booking, a_customer, an_event, minutes
from tests.venue.delivery.test_emails import FROM, TIMING, Desk
from venue import customers
from venue.delivery import attempts
from venue.profile import Venue

pytestmark = pytest.mark.soak

GUESTS = 400 if os.environ.get("SOAK") else 40
FAULTS = [DROP, RESET, TAKE_AND_DROP, "451 Busy", "554 No", OK, OK, OK]


class Storm:
    def __init__(self, venue: Venue, server: MailServer) -> None:
        self.desk, self.chance = Desk(venue), random.Random(3)
        gateway = SmtpGateway(
            host="127.0.0.1",
            port=server.port,
            sender=FROM,
            sender_name="The Anchor",
            mode="none",
            connect_timeout=10,
            read_timeout=10,
            clock=lambda: self.desk.now,
        )
        self.desk.emails = gateway  # type: ignore[assignment]
        self.gateway = gateway
        server.answers.extend(self.chance.choices(FAULTS, k=GUESTS))

    def book(self) -> None:
        with self.desk.venue.transaction(MANAGER) as session:
            event = an_event(session, capacity=None)
            for place in range(GUESTS):
                customer = a_customer(session, first_name=f"Guest{place}", email=f"guest{place}@example.com")
                customers.update(session, customer.id, version=1, prefers_email=True, now=NOW)
                a_booking(session, customer, event)

    def die(self) -> None:
        """Claim some messages, call for some of them, and record nothing."""
        with self.desk.as_scheduler() as session:
            claims = attempts.claim(
                session,
                self.desk.texts.account,
                limit=3,
                timing=TIMING,
                worker="dies",
                now=self.desk.now,
                email_account=self.gateway.account,
            ).claims
        for claimed in self.chance.sample(claims, k=self.chance.randint(0, len(claims))):
            attempts.call(
                self.desk.texts, claimed, timing=TIMING, clock=lambda: self.desk.now, mail_gateway=self.gateway
            )

    def wait(self) -> None:
        self.desk.now += minutes(10)
        with self.desk.as_scheduler() as session:
            attempts.expire(session, timing=TIMING, now=self.desk.now)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_in_a_storm_no_guest_is_told_twice_and_none_is_lost(venue: Venue) -> None:
    with MailServer() as server:
        storm = Storm(venue, server)
        storm.book()
        for _ in range(5):
            storm.die()
            storm.wait()
        for _ in range(5):
            storm.desk.send()
            storm.wait()
        taken = Counter(identity.strip("<>").partition("@")[0] for identity in server.ids)
    due = [message for message in storm.desk.messages() if message.kind == "confirmation"]
    states = outcomes.check(due, taken)
    assert sum(states.values()) == GUESTS
    assert storm.desk.texts.sent == []
