"""Who is offered seats next, and what becomes of offers: one pure function, `decide`, that `offers` carries out.

Freed seats are offered to the first party that fits, in the order they joined. Larger ones keep their place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from venue.clock import Hours
from venue.messages.causes import OF_THE_NUMBER, Cause
from venue.messages.states import LOST
from venue.messages.states import State as TextState
from venue.waitlist.answer_times import answer_by, may_offer, next_answer_by
from venue.waitlist.states import PassedOver, State

# After staff took an offer back, no seats are offered for this long: they have time to book them for others.
PAUSE = timedelta(minutes=10)
WENT = (TextState.SENDING, TextState.SENT, TextState.DELIVERED, TextState.UNSURE)


@dataclass(frozen=True)
class Party:
    """An open entry. `booked` are the seats that its customer has on the event, `is_blocked` says that their number
    gets no texts, and `text_state` and `text_cause` are those of the last offer's text, if there is one."""

    id: UUID
    seats: int
    state: str
    cause: str | None
    updated_at: datetime
    answer_by: datetime | None = None
    booked: int = 0
    is_blocked: bool = False
    text_state: str | None = None
    text_cause: str | None = None


@dataclass(frozen=True)
class Change:
    """What becomes of a party; `answer_by` is given for a new offer."""

    party: Party
    state: State
    cause: PassedOver | None = None
    answer_by: datetime | None = None


@dataclass(frozen=True)
class Place:
    """The event: its start in UTC, its capacity (None = unlimited) and the seats that are booked or offered."""

    starts_at: datetime
    capacity: int | None
    taken: int


def decide(
    place: Place, parties: Sequence[Party], *, now: datetime, zone: ZoneInfo, hours: Hours | None
) -> list[Change]:
    """The changes that are due, for the open parties of an event in the order in which they joined."""
    if place.starts_at <= now:
        return [Change(party, State.EXPIRED, PassedOver.EVENT_BEGAN) for party in parties]
    changes = [change for party in parties if (change := _ended(party, now)) is not None]
    gone = {change.party.id for change in changes}
    freed = sum(change.party.seats for change in changes if change.party.state == State.OFFERED)
    free = None if place.capacity is None else place.capacity - place.taken + freed
    waiting = [party for party in parties if party.state == State.WAITING and party.id not in gone]
    # Who waits again from now on is looked at in the next pass, before those who joined later.
    waits_again = any(change.state is State.WAITING for change in changes)
    held_back = any(_holds_back(party, now) for party in waiting)
    if waits_again or held_back:
        return changes
    if may_offer(now, zone=zone, hours=hours):
        ends = answer_by(now, place.starts_at, zone=zone, hours=hours)
    elif next_answer_by(now, place.starts_at, zone=zone, hours=hours) is None:
        # Too late for texts: staff call them.
        ends = None
    else:
        return changes
    for party in waiting:
        cause = _why_passed_over(party, free, ends)
        if cause is None:
            changes.append(Change(party, State.OFFERED, answer_by=ends))
            free = None if free is None else free - party.seats
        elif cause != party.cause:
            changes.append(Change(party, State.WAITING, cause))
    return changes


def _ended(party: Party, now: datetime) -> Change | None:
    """What ends a party's waiting, or its offer."""
    if party.booked:
        return Change(party, State.BOOKED)
    if party.state != State.OFFERED:
        return None
    if party.text_state in LOST or (party.text_state == TextState.SKIPPED and party.text_cause != Cause.TOO_LATE):
        blocked = party.is_blocked or party.text_cause in OF_THE_NUMBER
        return Change(party, State.WAITING, PassedOver.UNREACHABLE if blocked else PassedOver.TEXT_FAILED)
    if party.text_state == TextState.SKIPPED:
        return Change(party, State.WAITING, PassedOver.TEXT_TOO_LATE)
    if party.answer_by is not None and party.answer_by <= now:
        # Without a text they never heard of the offer, and keep their place.
        heard = party.text_state is None or party.text_state in WENT
        return Change(party, State.EXPIRED) if heard else Change(party, State.WAITING, PassedOver.TEXT_TOO_LATE)
    return None


def _holds_back(party: Party, now: datetime) -> bool:
    return party.cause == PassedOver.WITHDRAWN and now < party.updated_at + PAUSE


def _why_passed_over(party: Party, free: int | None, ends: datetime | None) -> PassedOver | None:
    if party.cause == PassedOver.TEXT_FAILED:
        return PassedOver.TEXT_FAILED
    if free is not None and party.seats > free:
        # Who needed more than was free is told so until seats are free again.
        return PassedOver.TOO_LARGE if free > 0 or party.cause == PassedOver.TOO_LARGE else PassedOver.FULL
    if party.is_blocked:
        return PassedOver.UNREACHABLE
    return PassedOver.TOO_CLOSE if ends is None else None
