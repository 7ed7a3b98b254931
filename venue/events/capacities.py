"""A capacity below the seats that are taken: refused, unless a manager gives a reason. The event is overbooked then."""

from sqlalchemy.orm import Session

from db.models import Event
from venue.errors import Invalid, Overbooked
from venue.events import find
from venue.roles import Permission, require
from venue.rows import EventRow
from venue.wording import counted

LONGEST_REASON = 200


def check(session: Session, event: Event, capacity: int | None, typed: str) -> str:
    """The reason to store with this capacity, from what was typed; empty if it is enough. The event must be locked.
    Raises Overbooked for one that is too small without a reason, and NotAllowed for others than managers."""
    actor = require(session, Permission.EVENTS)
    taken = find.seats_taken(session, event.id)
    if capacity is None or capacity >= taken:
        return ""
    why = " ".join(typed.split())
    if not why:
        raise Overbooked(_why_refused(session, event, taken, actor.may(Permission.OVERBOOK)), taken - capacity)
    require(session, Permission.OVERBOOK)
    if len(why) > LONGEST_REASON or "\x00" in why:
        raise Invalid(overbooked_reason=f"Give the reason in at most {LONGEST_REASON} letters")
    return why


def overbooked_by(event: EventRow) -> int:
    """How many more seats of this event, a row of `LISTING`, are promised than there are; 0 if there are enough. None
    are promised to walk-ins without a number, who take the seats of guests who stayed away."""
    promised = event.seats_taken - event.unnamed_seats
    return 0 if event.capacity is None else max(0, promised - event.capacity)


def in_words(over: int) -> str:
    """Like "3 more booked than seats"."""
    return f"{over:,} more booked than seats"


def _why_refused(session: Session, event: Event, taken: int, may: bool) -> str:
    offered = find.seats_offered(session, event.id)
    booked = "already booked or offered to the waitlist" if offered else "already booked"
    how = "the capacity can only be lower with a reason" if may else "the capacity cannot be lower"
    return f"{counted(taken, 'seat')} {'is' if taken == 1 else 'are'} {booked}: {how}"
