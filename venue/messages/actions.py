"""What staff do with a message: pause it, resume it, or record whether it arrived."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Message
from venue.acts import Act, act
from venue.errors import NotFound
from venue.messages import together, transitions
from venue.messages.happenings import Happening, Held, Released, SettledByHand
from venue.messages.states import decide
from venue.profile import venue_of
from venue.roles import Permission, require

AT_ONCE = 1_000
# The name of the member of staff follows.
HELD_BY = "Paused by "


@act(Act.TEXTS_PAUSED)
def hold(session: Session, message_ids: Iterable[UUID], *, now: datetime) -> int:
    """Put scheduled texts on hold, and return how many. Texts that are being sent or were sent are not changed."""
    return len(hold_returning_ids(session, message_ids, now=now))


@act(Act.TEXTS_PAUSED)
def hold_returning_ids(session: Session, message_ids: Iterable[UUID], *, now: datetime) -> list[UUID]:
    """`hold`, returning the ids of the texts that it put on hold: pass them to `release` to undo it."""
    ids = _may_change(session, message_ids)
    return _change(session, ids, Held(HELD_BY + require(session, Permission.TEXTS).name), now)


@act(Act.TEXTS_RESUMED)
def release(session: Session, message_ids: Iterable[UUID], *, now: datetime) -> int:
    """Schedule texts on hold again, and return how many changed. A text past its `useful_until` is skipped."""
    return len(_change(session, _may_change(session, message_ids), Released(), now))


@act(Act.TEXT_SETTLED)
def settle_by_hand(session: Session, message_id: UUID, *, went: bool, now: datetime) -> None:
    """Record whether a text whose delivery was unknown arrived. Does nothing for texts in any other state. Raises
    NotFound."""
    actor = require(session, Permission.TEXTS)
    message = locked(session, message_id)
    result = "it arrived" if went else "it did not arrive"
    settled = SettledByHand(went, f"Confirmed by {actor.name}: {result}")
    transition = decide(message, settled, timing=venue_of(session).timing, now=now)
    before = message.state
    transitions.apply(message, transition, now)
    together.follow(session, message, before, transition, now=now)
    if went and transition is not None:
        message.handled_at, message.handled_by = now, actor.name


def locked(session: Session, message_id: UUID) -> Message:
    """One message, its row locked. Raises NotFound."""
    require(session, Permission.TEXTS)
    message = session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if message is None:
        raise NotFound("This message no longer exists.")
    return message


def _may_change(session: Session, message_ids: Iterable[UUID]) -> list[UUID]:
    ids = list(message_ids)
    require(session, Permission.TEXTS if len(ids) <= 1 else Permission.BULK)
    return ids


def _change(session: Session, ids: Sequence[UUID], happening: Happening, now: datetime) -> list[UUID]:
    """Apply `happening` to each message, and return the ids of those that it changed."""
    changed = []
    for start in range(0, len(ids), AT_ONCE):
        # Locked in the order of their ids, like the sender does, to avoid deadlocks.
        wanted = select(Message).where(Message.id.in_(ids[start : start + AT_ONCE])).order_by(Message.id)
        for message in session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all():
            transition = decide(message, happening, timing=venue_of(session).timing, now=now)
            transitions.apply(message, transition, now)
            if transition is not None:
                changed.append(message.id)
    return changed
