"""What can happen to a message: each is one argument of `states.decide`."""

from dataclasses import dataclass, field

from sms.gateway import Outcome
from venue.messages.causes import Reason


@dataclass(frozen=True)
class Claimed:
    """A worker wants to send it now."""

    token: str


@dataclass(frozen=True)
class Answered:
    """The call made under `fence` ended."""

    fence: int
    outcome: Outcome


@dataclass(frozen=True)
class Waited:
    """Time went by."""


@dataclass(frozen=True)
class Looked:
    """The provider's list was read to its end: these are ids of matching messages that no row of ours has."""

    found: tuple[str, ...]
    statuses: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LookFailed:
    """The provider's list could not be read to its end."""


@dataclass(frozen=True)
class Reported:
    """The provider says where a message it has stands: it was asked, or tells it by itself."""

    status: str
    error_code: str | None = None
    words: str = ""
    by_itself: bool = False


@dataclass(frozen=True)
class Confirmed:
    """The provider tells by itself that it has the message, under this id."""

    provider_id: str
    status: str


@dataclass(frozen=True)
class Skipped:
    """It is not to be sent."""

    reason: Reason


@dataclass(frozen=True)
class Held:
    """Staff want it to wait; `reason` says who."""

    reason: str


@dataclass(frozen=True)
class Released:
    """Staff let it go after all."""


@dataclass(frozen=True)
class SettledByHand:
    """Nobody knew whether it went, and a person found out (or will send another instead)."""

    went: bool
    reason: str


Happening = (
    Claimed | Answered | Waited | Looked | LookFailed | Reported | Confirmed | Skipped | Held | Released | SettledByHand
)
