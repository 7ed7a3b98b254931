"""The state machine of messages: one pure function, `decide`, whose decisions the workers carry out.

Twilio has no idempotency key: it cannot be asked to send a message only once. So a message that may have been sent is
never scheduled again, unless the provider's list of messages was read completely, twice, without finding it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any, Protocol

from channels.gateway import Fault, NotSent, Refused, Sent, is_final, rank
from sms.texts import Kind
from venue.messages.causes import Cause, Reason
from venue.messages.happenings import (
    Answered,
    Claimed,
    Confirmed,
    Happening,
    Held,
    Looked,
    LookFailed,
    Released,
    Reported,
    SettledByHand,
    Skipped,
    Waited,
)
from venue.timing import Timing


class State(StrEnum):
    PLANNED = auto()
    SENDING = auto()
    SENT = auto()
    DELIVERED = auto()
    UNDELIVERED = auto()
    FAILED = auto()
    HELD = auto()
    UNSURE = auto()
    SKIPPED = auto()
    RECEIVED = auto()


REMINDERS = frozenset({Kind.REMINDER_7_DAY, Kind.REMINDER_24_HOUR})
# Groups of states that rules and screens use.
NOT_YET_GONE = (State.PLANNED, State.HELD)
MAYBE_GONE = (State.SENDING, State.UNSURE)
LOST = (State.FAILED, State.UNDELIVERED)
# The guest got it, or may have got it.
WENT = (*MAYBE_GONE, State.SENT, State.DELIVERED)
MAY_GO_AGAIN = (*LOST, State.UNSURE, State.SKIPPED)
# States in which the message is not known to have been sent. A confirmation from the provider makes it sent.
NOT_GOING_NOW = frozenset({*NOT_YET_GONE, State.SKIPPED})
NOT_KNOWN_TO_HAVE_GONE = NOT_GOING_NOW | {State.UNSURE}
LOOKS_NEEDED = 2
# How often a message that was not found at the provider is resent, each time after LOOKS_NEEDED empty looks.
MOST_RESENDS = 5
ARRIVED = ("delivered", "read")
EMAIL = "email"
# How long to wait after a refusal that also concerns other messages before the next attempt.
WAIT = {
    Fault.ACCOUNT: timedelta(seconds=60),
    Fault.COUNTRY: timedelta(minutes=10),
    Fault.NOT_YET: timedelta(hours=1),
}
TRIED_ONCE_MORE = "Twilio could not accept it. Trying once more"


class StoredMessage(Protocol):
    """The columns of a message that `decide` reads. Tests use plain objects."""

    state: Any
    fence: int
    useful_until: datetime | None
    lease_until: datetime | None
    claimed_at: datetime | None
    provider_status: str | None
    empty_looks: int
    polls: int
    retries: int
    resends: int
    channel: str


@dataclass(frozen=True)
class Transition:
    """The columns that change, by name."""

    changes: dict[str, Any]

    @property
    def state(self) -> State | None:
        return self.changes.get("state")


def decide(message: StoredMessage, happening: Happening, *, timing: Timing, now: datetime) -> Transition | None:
    """The transition of a message when something happens to it, or None when it does not change."""
    match happening:
        case Claimed():
            return _claimed(message, happening, timing, now)
        case Answered():
            return _answered(message, happening, timing, now)
        case Waited():
            return _waited(message, timing, now)
        case Looked():
            return _looked(message, happening, timing, now)
        case LookFailed():
            return _look_failed(message, timing, now)
        case Reported():
            return _reported(message, happening, timing, now)
        case Confirmed():
            return _confirmed(message, happening, timing, now)
        case Skipped():
            return _skipped(message, happening.reason, now)
        case Held():
            return _held(message, happening.reason)
        case Released():
            return _released(message, now)
        case SettledByHand():
            return _settled_by_hand(message, happening, now)


def _claimed(message: StoredMessage, claimed: Claimed, timing: Timing, now: datetime) -> Transition | None:
    if message.state != State.PLANNED:
        return None
    if _too_late(message, now):
        return _skipped(message, Reason(Cause.TOO_LATE), now)
    return Transition(
        {
            "state": State.SENDING,
            "fence": message.fence + 1,
            "claim_token": claimed.token,
            "claimed_at": now,
            "lease_until": now + timing.lease,
            "next_step_at": now + timing.lease,
            "empty_looks": 0,
        }
    )


def _answered(message: StoredMessage, answered: Answered, timing: Timing, now: datetime) -> Transition | None:
    outcome = answered.outcome
    # The provider accepted the message, but the answer came late. It counts for a message that is not being sent now,
    # whichever call it answers; and for one whose lease ended, unless a look or staff changed the fence since.
    accepts_late_answer = message.state in NOT_GOING_NOW or (
        message.state == State.UNSURE and message.fence == answered.fence
    )
    if accepts_late_answer and isinstance(outcome, Sent):
        return _sent(message, outcome.provider_id, outcome.status, timing, now)
    if message.fence != answered.fence:
        return None
    if message.state != State.SENDING:
        return None
    match outcome:
        case Sent():
            return _sent(message, outcome.provider_id, outcome.status, timing, now)
        case Refused():
            return _refused(message, outcome, now)
        case NotSent():
            return _again(outcome.reason, now + (outcome.retry_after or _backoff(message.fence)))
        case _:
            return _unsure(message, outcome.reason, timing, now)


def _sent(message: StoredMessage, provider_id: str, status: str, timing: Timing, now: datetime) -> Transition:
    followed = timing.polls and message.channel != EMAIL
    changes: dict[str, Any] = {
        "state": State.SENT,
        "cause": None,
        "reason": "",
        "provider_id": provider_id,
        "provider_status": status,
        "sent_at": now,
        "final_at": None,
        "next_step_at": now + timing.polls[0] if followed else None,
        "polls": 0,
        **_UNCLAIMED,
    }
    if status in ARRIVED:
        return Transition(changes | _final(status, now))
    if is_final(status):
        # Why it failed is not known here: ask the provider at once, and record its answer.
        return Transition(changes | {"provider_status": None, "next_step_at": now})
    return Transition(changes)


def _refused(message: StoredMessage, refused: Refused, now: datetime) -> Transition:
    if refused.fault in WAIT:
        # A little longer than the pause, so that another message is tried first: this one's own fault may be the cause.
        return _again(refused.reason, now + WAIT[refused.fault] + _backoff(message.fence))
    if refused.fault is Fault.OPTED_OUT:
        opted_out = {"state": State.SKIPPED, "cause": Cause.OPTED_OUT, "reason": refused.reason}
        return Transition({**opted_out, "error_code": refused.code, "final_at": now, **_DONE})
    if refused.fault is Fault.RETRY_ONCE and message.retries == 0:
        again = _again(TRIED_ONCE_MORE, now + timedelta(minutes=1))
        return Transition({**again.changes, "retries": message.retries + 1})
    return Transition(
        {"state": State.FAILED, "reason": refused.reason, "error_code": refused.code, "final_at": now, **_DONE}
    )


def _again(words: str, not_before: datetime) -> Transition:
    return Transition({"state": State.PLANNED, "reason": words, **_UNCLAIMED, "next_step_at": not_before})


def _unsure(message: StoredMessage, words: str, timing: Timing, now: datetime) -> Transition:
    # A mail server cannot be asked whether it took an e-mail: it stays for a person.
    settle_at = None if message.channel == EMAIL else (message.claimed_at or now) + timing.settle
    return Transition({"state": State.UNSURE, "reason": words, **_UNCLAIMED, "next_step_at": settle_at})


def _waited(message: StoredMessage, timing: Timing, now: datetime) -> Transition | None:
    if message.state == State.SENDING and message.lease_until is not None and now >= message.lease_until:
        return _unsure(message, "Sending was interrupted: it is not known yet whether it was sent", timing, now)
    if message.state == State.PLANNED and _too_late(message, now):
        return _skipped(message, Reason(Cause.TOO_LATE), now)
    if message.state == State.HELD and _too_late(message, now):
        return _skipped(message, Reason(Cause.TOO_LATE, "it was on hold"), now)
    return None


def _looked(message: StoredMessage, looked: Looked, timing: Timing, now: datetime) -> Transition | None:
    if message.state != State.UNSURE or message.channel == EMAIL:
        return None
    if len(looked.found) == 1:
        provider_id = looked.found[0]
        return _sent(message, provider_id, looked.statuses.get(provider_id, "sent"), timing, now)
    if looked.found:
        count = len(looked.found)
        return _for_a_person(f"Twilio has {count} texts like this one. Check there before sending it again")
    looks = message.empty_looks + 1
    if looks < LOOKS_NEEDED:
        return Transition({"empty_looks": looks, "next_step_at": now + timing.look_interval})
    if message.resends >= MOST_RESENDS:
        tries = message.resends + 1
        return _for_a_person(f"Sent {tries} times, but Twilio has no record of it")
    if _too_late(message, now):
        return _for_a_person("Twilio has no record of it, and it is too late to send it now")
    again = _again("It never reached Twilio. Sending it again", now)
    return Transition({**again.changes, "resends": message.resends + 1, "empty_looks": 0})


def _look_failed(message: StoredMessage, timing: Timing, now: datetime) -> Transition | None:
    if message.state != State.UNSURE:
        return None
    if message.claimed_at is not None and now >= message.claimed_at + timing.settle + timing.give_up:
        return _for_a_person("Twilio could not be reached for too long")
    return Transition({"next_step_at": now + timing.look_interval})


def _confirmed(message: StoredMessage, confirmed: Confirmed, timing: Timing, now: datetime) -> Transition | None:
    # While it is "sending", the worker's own answer is about to say the same, for the right attempt.
    if message.state not in NOT_KNOWN_TO_HAVE_GONE:
        return None
    return _sent(message, confirmed.provider_id, confirmed.status, timing, now)


def _for_a_person(reason: str) -> Transition:
    return Transition({"state": State.UNSURE, "reason": reason, "next_step_at": None})


def _reported(message: StoredMessage, reported: Reported, timing: Timing, now: datetime) -> Transition | None:
    if message.state not in (State.SENT, State.DELIVERED) or rank(reported.status) < rank(
        message.provider_status or ""
    ):
        return None
    if message.state == State.DELIVERED and (reported.status != "read" or message.provider_status == "read"):
        return None
    if reported.is_push and is_final(reported.status) and reported.status not in ARRIVED and not reported.error_code:
        return Transition({"next_step_at": now})
    if is_final(reported.status):
        words = "" if reported.status in ARRIVED else reported.words
        return Transition({**_final(reported.status, now), "error_code": reported.error_code, "reason": words})
    if reported.is_push:
        # A callback does not count as a poll, and does not postpone the next one.
        news = rank(reported.status) > rank(message.provider_status or "")
        return Transition({"provider_status": reported.status}) if news else None
    polls = message.polls + 1
    if polls >= len(timing.polls):
        return Transition(
            {
                "polls": polls,
                "next_step_at": None,
                "provider_status": reported.status,
                "reason": "No final status from the network",
            }
        )
    return Transition({"polls": polls, "next_step_at": now + timing.polls[polls], "provider_status": reported.status})


def _final(status: str, now: datetime) -> dict[str, Any]:
    state = {"delivered": State.DELIVERED, "read": State.DELIVERED, "undelivered": State.UNDELIVERED}
    return {
        "state": state.get(status, State.FAILED),
        "provider_status": status,
        "final_at": now,
        "next_step_at": None,
    }


def _skipped(message: StoredMessage, reason: Reason, now: datetime) -> Transition | None:
    if message.state not in NOT_YET_GONE:
        return None
    skipped = {"state": State.SKIPPED, "cause": reason.cause, "reason": reason.words}
    return Transition({**skipped, "final_at": now, **_DONE})


def _held(message: StoredMessage, reason: str) -> Transition | None:
    return Transition({"state": State.HELD, "reason": reason}) if message.state == State.PLANNED else None


def _released(message: StoredMessage, now: datetime) -> Transition | None:
    if message.state != State.HELD:
        return None
    return (
        _skipped(message, Reason(Cause.TOO_LATE), now)
        if _too_late(message, now)
        else Transition({"state": State.PLANNED, "reason": ""})
    )


def _settled_by_hand(message: StoredMessage, settled: SettledByHand, now: datetime) -> Transition | None:
    if message.state != State.UNSURE:
        return None
    # A new fence, so that a look in progress changes nothing. A message that arrived stays "unsure": without the
    # provider's id it cannot become "sent" or "delivered".
    changes: dict[str, Any] = {"fence": message.fence + 1, "reason": settled.reason, "final_at": now, **_DONE}
    return Transition({**changes, "state": State.UNSURE if settled.went else State.FAILED})


def _too_late(message: StoredMessage, now: datetime) -> bool:
    return message.useful_until is not None and now >= message.useful_until


def _backoff(attempts: int) -> timedelta:
    return timedelta(seconds=min(300, 5 * 2 ** min(attempts - 1, 6)))


_UNCLAIMED: dict[str, Any] = {"claim_token": None, "lease_until": None}
_DONE: dict[str, Any] = {**_UNCLAIMED, "next_step_at": None}
