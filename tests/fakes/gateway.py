"""A gateway for tests of what stands above it: it answers as told, and remembers what it was asked."""

import functools
import itertools
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from channels.gateway import NotFoundAtProvider, Outcome, Outgoing, ProviderMessage, ProviderUnreachable, Sent, Unknown


class FakeGateway:
    """Gives the outcomes in order, then `Sent`; an exception among them is raised, as a crash would be.

    While `refusals` has how a number begins, texts to it end so. `sent` has every call. The provider's own list has
    what it accepted: `Sent`, and after `accept_unknown` also what ended in `Unknown`. `unreachable = True` makes every
    question fail.
    """

    simulated = False
    account = "fake +447700900999"

    def __init__(self, *outcomes: Outcome | BaseException) -> None:
        self.outcomes = deque(outcomes)
        self.refusals: dict[str, Outcome] = {}
        self.sent: list[Outgoing] = []
        self.at_provider: list[ProviderMessage] = []
        self.inbound: list[ProviderMessage] = []
        self.accept_unknown = False
        self.unreachable = False
        self.ahead: timedelta | None = None
        self.looks = 0
        self.now: Callable[[], datetime] = functools.partial(datetime.now, UTC)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def send(self, outgoing: Outgoing) -> Outcome:
        with self._lock:
            self.sent.append(outgoing)
            provider_id = f"SM{next(self._numbers):032x}"
            refusal = next((end for begin, end in self.refusals.items() if outgoing.to.startswith(begin)), None)
            outcome = refusal or (self.outcomes.popleft() if self.outcomes else Sent(provider_id))
            if isinstance(outcome, BaseException):
                raise outcome
            if isinstance(outcome, Sent):
                self.accept(outgoing, outcome.provider_id, status=outcome.status)
            elif self.accept_unknown and isinstance(outcome, Unknown):
                self.accept(outgoing, provider_id)
            return outcome

    def accept(self, outgoing: Outgoing, provider_id: str, *, status: str = "queued") -> ProviderMessage:
        """Put a message on the provider's side, as if it had been sent."""
        message = ProviderMessage(
            provider_id=provider_id,
            to=outgoing.to,
            body=outgoing.body,
            status=status,
            direction="outbound-api",
            created_at=self.now().replace(microsecond=0),
            error_code=None,
            from_=self.account.split()[-1],
        )
        self.at_provider.append(message)
        return message

    def set_status(self, provider_id: str, status: str, error_code: str | None = None) -> None:
        """Let the provider report something new of a message."""
        self.at_provider = [
            replace(found, status=status, error_code=error_code) if found.provider_id == provider_id else found
            for found in self.at_provider
        ]

    def receive(self, from_: str, body: str, *, created_at: datetime | None = None) -> ProviderMessage:
        """Let a text come in."""
        message = ProviderMessage(
            provider_id=f"SM{next(self._numbers):032x}",
            to=self.account.split()[-1],
            body=body,
            status="received",
            direction="inbound",
            created_at=created_at or self.now().replace(microsecond=0),
            error_code=None,
            from_=from_,
        )
        self.inbound.append(message)
        return message

    def sent_to(self, number: str, *, since: datetime) -> list[ProviderMessage]:
        self._ask()
        start = since.replace(microsecond=0)
        return [found for found in self.at_provider if found.to == number and found.created_at >= start]

    def sent_since(self, since: datetime) -> list[ProviderMessage]:
        self._ask()
        start = since.replace(microsecond=0)
        return sorted(
            (found for found in self.at_provider if found.created_at >= start), key=lambda found: found.created_at
        )

    def status(self, provider_id: str) -> ProviderMessage:
        self._ask()
        for found in self.at_provider:
            if found.provider_id == provider_id:
                return found
        raise NotFoundAtProvider(provider_id)

    def received(self, *, since: datetime) -> list[ProviderMessage]:
        self._ask()
        return [found for found in self.inbound if found.created_at >= since.replace(microsecond=0)]

    def _ask(self) -> None:
        self.looks += 1
        if self.unreachable:
            raise ProviderUnreachable("told to be")
