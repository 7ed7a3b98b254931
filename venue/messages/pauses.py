"""What stops for a fault of the account: every text, or those to one country; and how it is tried again.

A scope is how the numbers begin that a pause stands against: a calling code, or nothing for all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from db.models import Message, Pause
from db.writes import delete_where, insert_once, update_where
from sms import phone
from sms.gateway import Fault, Outcome, Refused, Sent
from venue.messages.states import NOT_YET_GONE, WAIT, State
from venue.roles import Permission, require

EVERYTHING = ""
# A scheduler tries its own pauses as soon as they have run out: nobody uses the account of one that stands longer.
NOBODY_TRIES = timedelta(minutes=3)


@dataclass(frozen=True)
class Paused:
    """One pause, in words for staff: what is paused, why and what to do, and since when."""

    scope: str
    reason: str
    since: datetime

    @property
    def what(self) -> str:
        if self.scope == EVERYTHING:
            return "Sending is paused"
        return f"Sending to numbers that begin with {self.scope} is paused"

    def stops(self, mobile_number: str) -> bool:
        return mobile_number.startswith(self.scope)


def standing(session: Session) -> Sequence[Paused]:
    """What is paused, the widest first."""
    rows = session.execute(select(Pause.scope, Pause.reason, Pause.paused_at).order_by(Pause.scope, Pause.account))
    return [Paused(row.scope, row.reason, row.paused_at) for row in rows]


# The sender's part


@dataclass(frozen=True)
class Stops:
    """What one account may not text: nothing goes to `closed` scopes, and one text is to try each that is `ripe`."""

    closed: tuple[str, ...] = ()
    ripe: tuple[str, ...] = ()

    @property
    def tries(self) -> tuple[str, ...]:
        """The scopes for which one text is looked for now."""
        if EVERYTHING in self.closed:
            return ()
        return (EVERYTHING,) if EVERYTHING in self.ripe else self.ripe

    def ways(self) -> list[tuple[ColumnElement[bool], int | None]]:
        """Which texts may go, and at most how many of each, None being as many as there are."""
        ways: list[tuple[ColumnElement[bool], int | None]] = [
            (and_(_to(scope), _to_none_of(self.closed)), 1) for scope in self.tries
        ]
        if EVERYTHING not in (*self.closed, *self.ripe):
            ways.append((_to_none_of((*self.closed, *self.ripe)), None))
        return ways


def stops(session: Session, account: str, *, now: datetime) -> Stops:
    """What is paused for an account now. The pauses of accounts that nobody uses any more are forgotten."""
    require(session, Permission.DELIVERY)
    rows = session.execute(_PAUSES).all()
    if any(row.account != account and row.try_again_at < now - NOBODY_TRIES for row in rows):
        delete_where(session, Pause, and_(Pause.account != account, Pause.try_again_at < now - NOBODY_TRIES))
    ours = [row for row in rows if row.account == account]
    return Stops(
        closed=tuple(row.scope for row in ours if row.try_again_at > now),
        ripe=tuple(row.scope for row in ours if row.try_again_at <= now),
    )


_PAUSES = select(Pause.account, Pause.scope, Pause.try_again_at).order_by(Pause.scope)


def tried(
    session: Session, account: str, found: Stops, *, due: Sequence[str], taken: Sequence[str], now: datetime
) -> None:
    """Of the numbers that texts were `due` to, those `taken` try their pauses: until that is known, no other does."""
    require(session, Permission.DELIVERY)
    for scope in found.ripe:
        pause = and_(Pause.account == account, Pause.scope == scope)
        later = now + _wait(scope)
        if _any_in(scope, taken):
            update_where(session, Pause, pause, {"try_again_at": later})
        elif scope in found.tries and not _any_in(scope, due):
            if scope == EVERYTHING or _waits(session, scope):
                # To look again at every tick would be for nothing.
                later = min(later, _next_step(session, scope, now) or later)
                update_where(session, Pause, pause, {"try_again_at": later})
            else:
                delete_where(session, Pause, pause)


def note(session: Session, account: str, results: Sequence[tuple[str, Outcome]], *, now: datetime) -> None:
    """A fault that is not the text's own stops all that it would meet; a text that goes ends what stopped it."""
    require(session, Permission.DELIVERY)
    faults: dict[str, Refused] = {}
    for number, outcome in results:
        if isinstance(outcome, Refused) and outcome.fault in (Fault.ACCOUNT, Fault.COUNTRY):
            scope = phone.calling_code(number) if outcome.fault is Fault.COUNTRY else EVERYTHING
            faults.setdefault(scope, outcome)
    # In one order everywhere, so that two recorders never wait for each other in a circle.
    for scope in sorted(faults):
        _pause(session, account, scope, faults[scope], now)
    went = [number for number, outcome in results if isinstance(outcome, Sent)]
    if went:
        _end(session, account, went, spare=set(faults))


def _pause(session: Session, account: str, scope: str, refused: Refused, now: datetime) -> None:
    values = {"reason": refused.reason, "error_code": refused.code, "try_again_at": now + _wait(scope)}
    insert_once(session, Pause, [{"account": account, "scope": scope, "paused_at": now, **values}])
    update_where(session, Pause, and_(Pause.account == account, Pause.scope == scope), values)


def _end(session: Session, account: str, went: Sequence[str], *, spare: set[str]) -> None:
    for scope in session.scalars(select(Pause.scope).where(Pause.account == account).order_by(Pause.scope)).all():
        if scope not in spare and _any_in(scope, went):
            delete_where(session, Pause, and_(Pause.account == account, Pause.scope == scope))


def _any_in(scope: str, numbers: Sequence[str]) -> bool:
    return any(number.startswith(scope) for number in numbers)


def _wait(scope: str) -> timedelta:
    return WAIT[Fault.ACCOUNT if scope == EVERYTHING else Fault.COUNTRY]


def _waits(session: Session, scope: str) -> bool:
    waiting = Message.state.in_(NOT_YET_GONE)
    return session.scalar(select(Message.id).where(waiting, _to(scope)).limit(1)) is not None


def _next_step(session: Session, scope: str, now: datetime) -> datetime | None:
    """When the first of the texts may go that wait because they were refused, a little longer than the pause itself."""
    later = (Message.state == State.PLANNED.value, Message.next_step_at > now)
    return session.scalar(select(func.min(Message.next_step_at)).where(*later, _to(scope)))


def _to(scope: str) -> ColumnElement[bool]:
    return func.substr(Message.mobile_number, 1, len(scope)) == scope


def _to_none_of(scopes: Sequence[str]) -> ColumnElement[bool]:
    return and_(true(), *(~_to(scope) for scope in scopes))
