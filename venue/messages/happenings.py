"""What can happen to a message. Each of these can be the `happening` that is passed to `states.decide`."""

from dataclasses import dataclass, field

from channels.gateway import Outcome
from venue.messages.causes import Reason


@dataclass(frozen=True)
class Claimed:
    """A worker is about to send it."""

    token: str


@dataclass(frozen=True)
class Answered:
    """The call to the provider made with the fencing token `fence` ended."""

    fence: int
    outcome: Outcome


@dataclass(frozen=True)
class Waited:
    """Time passed."""


@dataclass(frozen=True)
class Looked:
    """The provider's list was read to its end. `found` are the ids of matching messages that belong to no row of ours,
    `statuses` their statuses by id."""

    found: tuple[str, ...]
    statuses: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LookFailed:
    """The provider's list could not be read to its end."""


@dataclass(frozen=True)
class Reported:
    """The provider reported a message's status: in a callback (`is_push`), or because it was asked."""

    status: str
    error_code: str | None = None
    words: str = ""
    is_push: bool = False


@dataclass(frozen=True)
class Confirmed:
    """The provider reported in a callback that it has the message, under this id."""

    provider_id: str
    status: str


@dataclass(frozen=True)
class Skipped:
    """It must not be sent."""

    reason: Reason


@dataclass(frozen=True)
class Held:
    """It was put on hold; `reason` says why or by whom."""

    reason: str


@dataclass(frozen=True)
class Released:
    """Staff resumed it."""


@dataclass(frozen=True)
class SettledByHand:
    """Staff recorded whether a message of unknown delivery was sent, or decided to send another instead."""

    went: bool
    reason: str


Happening = (
    Claimed | Answered | Waited | Looked | LookFailed | Reported | Confirmed | Skipped | Held | Released | SettledByHand
)
