"""What a way of sending texts must offer, and the four ways a call can end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Outgoing:
    """One text on its way out; `to` is E.164, and after `valid_for` the text is of no use any more."""

    message_id: str
    to: str
    body: str
    valid_for: timedelta | None = None
    status_callback: str | None = None


class Fault(StrEnum):
    """Whose fault a refusal is, and so what to do about it."""

    NUMBER = "number"  # this number can never receive texts
    OPTED_OUT = "opted_out"  # its owner texted STOP
    ACCOUNT = "account"  # the account or its configuration: no text can go; pause, and use up no message
    COUNTRY = "country"  # the account may not text this country: the same for its numbers alone
    NOT_YET = "not_yet"  # the account may not text this number so far: only its own texts wait
    RETRY_ONCE = "retry_once"  # may go through the second time
    MESSAGE = "message"  # this message only


@dataclass(frozen=True)
class Sent:
    """The provider has it."""

    provider_id: str
    status: str = "queued"


@dataclass(frozen=True)
class Refused:
    """The provider said no, in its own words: it will not be sent."""

    code: str
    words: str
    fault: Fault


@dataclass(frozen=True)
class NotSent:
    """It certainly did not reach the provider, or was turned away for now: send it again later."""

    words: str
    retry_after: timedelta | None = None


@dataclass(frozen=True)
class Unknown:
    """Nobody knows whether the provider took it: never send again before looking."""

    words: str


Outcome = Sent | Refused | NotSent | Unknown


@dataclass(frozen=True)
class ProviderMessage:
    """A message as the provider has it; `created_at` is UTC, in whole seconds."""

    provider_id: str
    to: str
    body: str
    status: str
    direction: str
    created_at: datetime
    error_code: str | None
    from_: str

    @property
    def is_inbound(self) -> bool:
        return self.direction == "inbound"


class ProviderUnreachable(Exception):
    """The provider did not answer a question fully: nothing may be concluded from it."""


class NotFoundAtProvider(Exception):
    """The provider answered that it has no such message."""


class Gateway(Protocol):
    """One account at one provider."""

    simulated: bool
    account: str
    """Account and sender, no secret: kept with each message, so that it is looked for where it was sent."""

    @property
    def ahead(self) -> timedelta | None:
        """How far our clock is ahead of the provider's (behind: negative); None while that is not known."""
        ...

    def send(self, outgoing: Outgoing) -> Outcome:
        """Make one call and say how it ended; never raises, never tries twice."""
        ...

    def sent_to(self, number: str, *, since: datetime) -> list[ProviderMessage]:
        """Every outbound message to the number created since (to the second), or ProviderUnreachable: never a part.

        `since` is of our clock; where that is known to be ahead of the provider's, the provider's is taken. Take it
        earlier by what the two may differ unnoticed.
        """
        ...

    def sent_since(self, since: datetime) -> list[ProviderMessage]:
        """Every message that this sender of this account sent since, oldest first, or ProviderUnreachable."""
        ...

    def status(self, provider_id: str) -> ProviderMessage:
        """The message as it stands, ProviderUnreachable or NotFoundAtProvider."""
        ...

    def received(self, *, since: datetime) -> list[ProviderMessage]:
        """Every inbound message since, oldest first, or ProviderUnreachable."""
        ...


# A status only ever moves to a higher rank, so that late and repeated reports change nothing.
RANKS = {
    "scheduled": 0,
    "accepted": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    "delivered": 5,
    "undelivered": 5,
    "failed": 5,
    "canceled": 5,
    "read": 6,
    "receiving": 3,
    "received": 5,
}

FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "read", "received"})


def rank(status: str) -> int:
    """Where a provider's status stands on the way; -1 for one nobody has heard of, which therefore changes nothing."""
    return RANKS.get(status.lower(), -1)


def is_final(status: str) -> bool:
    """Whether nothing more will be heard of it ("read" may still follow "delivered", and says the same)."""
    return status.lower() in FINAL
