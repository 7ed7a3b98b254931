"""A mail gateway for tests of what stands above it: it answers as told, and remembers what it was given."""

import threading
from collections import deque

from channels.gateway import Outcome, OutgoingEmail, Sent


class FakeMailGateway:
    """Gives the outcomes in order, then `Sent`. `sent` has every call."""

    simulated = False
    account = "smtp:test bookings@example.com"

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = deque(outcomes)
        self.sent: list[OutgoingEmail] = []
        self._lock = threading.Lock()

    def send(self, outgoing: OutgoingEmail) -> Outcome:
        assert isinstance(outgoing, OutgoingEmail)
        with self._lock:
            self.sent.append(outgoing)
            return self.outcomes.popleft() if self.outcomes else Sent(f"email {outgoing.message_id}", status="sent")
