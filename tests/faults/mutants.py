"""The rules of sending, each broken in one place: the checks that promise "never twice" must notice every one."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

from channels.gateway import NotSent, Unknown
from venue.messages import states
from venue.messages.happenings import Answered, Happening, Held, Reported, SettledByHand, Skipped, Waited
from venue.messages.states import State, StoredMessage, Timing, Transition

Decide = Callable[..., Transition | None]

decide = states.decide


def lease_to_planned(
    message: StoredMessage, happening: Happening, *, timing: Timing, now: datetime
) -> Transition | None:
    """A lease that ran out is sent again."""
    transition = decide(message, happening, timing=timing, now=now)
    if isinstance(happening, Waited) and transition and transition.state == State.UNSURE:
        return Transition({**transition.changes, "state": State.PLANNED, "next_step_at": None})
    return transition


def timeout_to_planned(
    message: StoredMessage, happening: Happening, *, timing: Timing, now: datetime
) -> Transition | None:
    """A call without an answer is made again."""
    if isinstance(happening, Answered) and isinstance(happening.outcome, Unknown):
        happening = Answered(happening.fence, NotSent(""))
    return decide(message, happening, timing=timing, now=now)


def unfenced_record(
    message: StoredMessage, happening: Happening, *, timing: Timing, now: datetime
) -> Transition | None:
    """An answer counts whatever happened since its call."""
    if isinstance(happening, Answered):
        happening = Answered(message.fence, happening.outcome)
    return decide(message, happening, timing=timing, now=now)


def one_look(message: StoredMessage, happening: Happening, *, timing: Timing, now: datetime) -> Transition | None:
    """One look that finds nothing is enough."""
    return decide(_as_if(message, empty_looks=1), happening, timing=timing, now=now)


def look_before_settle(
    message: StoredMessage, happening: Happening, *, timing: Timing, now: datetime
) -> Transition | None:
    """What is unsure is looked for at once."""
    transition = decide(message, happening, timing=timing, now=now)
    if transition and transition.state == State.UNSURE and transition.changes["next_step_at"] is not None:
        return Transition({**transition.changes, "next_step_at": now})
    return transition


def resend_without_limit(
    message: StoredMessage, happening: Happening, *, timing: Timing, now: datetime
) -> Transition | None:
    """What is not found is sent again, however often."""
    return decide(_as_if(message, resends=0), happening, timing=timing, now=now)


def one_look_after_resending(
    message: StoredMessage, happening: Happening, *, timing: Timing, now: datetime
) -> Transition | None:
    """What was sent once more is sent again after a single look."""
    looks = message.empty_looks if message.resends == 0 else 1
    return decide(_as_if(message, empty_looks=looks), happening, timing=timing, now=now)


def hold_in_hand(message: StoredMessage, happening: Happening, *, timing: Timing, now: datetime) -> Transition | None:
    """Staff hold also what is being sent, or may have gone."""
    if isinstance(happening, Held) and message.state in (State.SENDING, State.UNSURE):
        message = _as_if(message, state=State.PLANNED)
    return decide(message, happening, timing=timing, now=now)


def skip_in_hand(message: StoredMessage, happening: Happening, *, timing: Timing, now: datetime) -> Transition | None:
    """A STOP skips also what may have gone."""
    if isinstance(happening, Skipped) and message.state == State.UNSURE:
        message = _as_if(message, state=State.PLANNED)
    return decide(message, happening, timing=timing, now=now)


def failure_to_planned(
    message: StoredMessage, happening: Happening, *, timing: Timing, now: datetime
) -> Transition | None:
    """What did not arrive is sent again without being asked to."""
    transition = decide(message, happening, timing=timing, now=now)
    if isinstance(happening, Reported) and transition and transition.state in (State.UNDELIVERED, State.FAILED):
        return Transition({**transition.changes, "state": State.PLANNED})
    return transition


def settled_in_vain(
    message: StoredMessage, happening: Happening, *, timing: Timing, now: datetime
) -> Transition | None:
    """What a person settled is looked for all the same, and sent if it is not found."""
    transition = decide(message, happening, timing=timing, now=now)
    if isinstance(happening, SettledByHand) and transition:
        return Transition({"state": State.PLANNED})
    return transition


def _as_if(message: StoredMessage, **changed: object) -> StoredMessage:
    return SimpleNamespace(**{**vars(message), **changed})
