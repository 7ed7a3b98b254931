"""What every gateway (a way of sending texts) must offer, and the four ways a call can end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Outgoing:
    """One text to send. `to` is E.164; the provider should drop the text if it is not delivered within `valid_for`."""

    message_id: str
    to: str
    body: str
    valid_for: timedelta | None = None
    status_callback: str | None = None


@dataclass(frozen=True)
class OutgoingEmail:
    """One e-mail to send. `html` says the same as `body`. `calendar` is an iCalendar file with the method that it
    names, "REQUEST" or "CANCEL"; both are empty without one. `sender_name` is the venue's."""

    message_id: str
    to: str
    subject: str
    body: str
    html: str = ""
    calendar: str = ""
    calendar_method: str = ""
    sender_name: str = ""


class Fault(StrEnum):
    """Whose fault a refusal is, which decides what happens next."""

    NUMBER = "number"  # this number can never receive texts
    OPTED_OUT = "opted_out"  # its owner texted STOP
    ACCOUNT = "account"  # the account or its configuration: pause all texts, and keep them for later
    COUNTRY = "country"  # the account may not text this country: pause its numbers, and keep their texts for later
    NOT_YET = "not_yet"  # the account may not text this number yet: only texts to this number wait
    RETRY_ONCE = "retry_once"  # may succeed the second time
    MESSAGE = "message"  # this message only


@dataclass(frozen=True)
class Sent:
    """The provider has accepted the text."""

    provider_id: str
    status: str = "queued"


@dataclass(frozen=True)
class Refused:
    """The provider refused the text for good. `reason` is a sentence for staff."""

    code: str
    reason: str
    fault: Fault


@dataclass(frozen=True)
class NotSent:
    """The text certainly did not reach the provider, or was throttled: it is safe to retry later. `for_all`: so would
    every other message of this account fail now."""

    reason: str
    retry_after: timedelta | None = None
    for_all: bool = False


@dataclass(frozen=True)
class Unknown:
    """The provider may or may not have the text: look it up there before any retry."""

    reason: str


Outcome = Sent | Refused | NotSent | Unknown


@dataclass(frozen=True)
class ProviderMessage:
    """A message in the provider's list. `created_at` is UTC, in whole seconds."""

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
    """The provider did not answer, or not completely: draw no conclusion from what came."""


class NotFoundAtProvider(Exception):
    """The provider answered that it has no such message."""


class Gateway(Protocol):
    """One account at one provider."""

    simulated: bool
    account: str
    """Account and sender, no secret. Stored with each message, so that it is looked up where it was sent."""

    @property
    def ahead(self) -> timedelta | None:
        """How far our clock is ahead of the provider's (negative: behind); None while unknown."""
        ...

    def send(self, outgoing: Outgoing) -> Outcome:
        """Make one call and return how it ended. Never raises, never retries."""
        ...

    def sent_to(self, number: str, *, since: datetime) -> list[ProviderMessage]:
        """All outbound messages to the number created since then (whole seconds), never only some of them.

        `since` is an instant of our clock. It is corrected where our clock is known to be ahead of the provider's;
        subtract what the two may differ unnoticed. Raises ProviderUnreachable.
        """
        ...

    def sent_since(self, since: datetime) -> list[ProviderMessage]:
        """All messages that this sender of this account sent since then, oldest first. Raises ProviderUnreachable."""
        ...

    def status(self, provider_id: str) -> ProviderMessage:
        """The message with its present status. Raises ProviderUnreachable or NotFoundAtProvider."""
        ...

    def received(self, *, since: datetime) -> list[ProviderMessage]:
        """All inbound messages since then, oldest first. Raises ProviderUnreachable."""
        ...


class MailGateway(Protocol):
    """One mail server. It cannot be asked what it was sent: an e-mail whose outcome is Unknown stays for a person."""

    simulated: bool
    account: str
    """Server and sender, no secret. Stored with each message."""

    def send(self, outgoing: OutgoingEmail) -> Outcome:
        """Make one call and return how it ended. Never raises, never retries."""
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
    """How far along a provider's status is. An unknown status has rank -1, so that it changes nothing."""
    return RANKS.get(status.lower(), -1)


def is_final(status: str) -> bool:
    """Whether no further report can change the outcome ("read" may still follow "delivered", and means the same)."""
    return status.lower() in FINAL
