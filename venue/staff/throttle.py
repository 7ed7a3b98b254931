"""How often a password or PIN may be tried.

An attempt is counted, atomically, before anything is hashed, so that guesses at the same moment in several processes
count like guesses one after the other. A counter is over when none was counted for 15 minutes, so that in any 15
minutes no more than its limit are hashed.

A browser that a person has signed in with before counts their wrong passwords on its own. All other browsers share one
counter for each typed name, whether or not there is such an account, and one for all names, so that guessing at many
names cannot keep the processor busy. So guesses from elsewhere never stop a person on their own browser:
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import DeviceUser, SignInAttempt
from db.writes import delete_where, insert_once, update_where
from venue.acts import Act, note
from venue.errors import NotAllowed
from venue.roles import Actor, Permission, require
from venue.staff import tokens

MOST_ATTEMPTS = 10
MOST_FOR_ALL_NAMES = 100
ALL_NAMES = "all names"
WINDOW = timedelta(minutes=15)
MOST_WRONG_PINS = 5


@dataclass(frozen=True)
class Counted:
    """An attempt: the how many-th it is of its counter. 0 when the counter is full and noted that already."""

    number: int
    most: int

    @property
    def may_try(self) -> bool:
        return 1 <= self.number <= self.most

    @property
    def is_first_refused(self) -> bool:
        return self.number == self.most + 1


def require_sign_in(session: Session, staff_id: UUID | None = None) -> Actor:
    """The actor, if they sign staff in, or are this member of staff. Raises NotAllowed."""
    actor = require(session, Permission.SIGN_IN, Permission.READ)
    if Permission.SIGN_IN not in actor.permissions and (staff_id is None or actor.staff_id != staff_id):
        raise NotAllowed(f"{actor.name} may not {Permission.SIGN_IN}", Permission.SIGN_IN)
    return actor


def is_full(name_key: str, *, now: datetime) -> ColumnElement[bool]:
    """SQL that is true when an attempt for this name from elsewhere would be refused now. It only reads, so that a
    flood of guesses neither writes nor waits for a lock."""
    full = or_(
        and_(SignInAttempt.key == _attempt_key(name_key), SignInAttempt.attempts > MOST_ATTEMPTS),
        and_(SignInAttempt.key == ALL_NAMES, SignInAttempt.attempts > MOST_FOR_ALL_NAMES),
    )
    return exists().where(full, ~_is_over(SignInAttempt.since, now))


def count_from_elsewhere(session: Session, name_key: str, *, now: datetime) -> Counted:
    """Count an attempt for a name from a browser that its person has not used."""
    require_sign_in(session)
    counted = _count(session, _attempt_key(name_key), MOST_ATTEMPTS, now)
    if not counted.may_try:
        return counted
    of_all = _count(session, ALL_NAMES, MOST_FOR_ALL_NAMES, now)
    return counted if of_all.may_try else of_all


def give_back(session: Session, name_key: str) -> None:
    """A counted attempt was right: it was not a guess."""
    require_sign_in(session)
    for key in (_attempt_key(name_key), ALL_NAMES):
        counted = and_(SignInAttempt.key == key, SignInAttempt.attempts > 0)
        update_where(session, SignInAttempt, counted, {"attempts": SignInAttempt.attempts - 1})


def forget_name(session: Session, name_key: str) -> None:
    """Forget the attempts for a name, whose person has just chosen a new password."""
    require_sign_in(session)
    delete_where(session, SignInAttempt, SignInAttempt.key == _attempt_key(name_key))


def count_on_device(session: Session, *, device_id: UUID, staff_id: UUID, now: datetime) -> Counted:
    """Count an attempt of a person on a device they use."""
    require_sign_in(session, staff_id)
    is_over = or_(DeviceUser.failures_since.is_(None), _is_over(DeviceUser.failures_since, now))
    may = and_(_of(device_id, staff_id), or_(is_over, DeviceUser.failures <= MOST_ATTEMPTS))
    values = {
        "failures": case((is_over, 1), else_=DeviceUser.failures + 1),
        "failures_since": case((is_over | (DeviceUser.failures < MOST_ATTEMPTS), now), else_=DeviceUser.failures_since),
    }
    if not _update_user(session, device_id, staff_id, may, values):
        return Counted(0, MOST_ATTEMPTS)
    number = session.scalars(select(DeviceUser.failures).where(_of(device_id, staff_id))).one()
    return Counted(number, MOST_ATTEMPTS)


def note_first_refused(session: Session, counted: Counted, *, staff_id: UUID | None, now: datetime) -> None:
    """Write an entry to the journal when an attempt is the first one that a full counter refuses. Its actor is the
    person whose name was tried."""
    require_sign_in(session, staff_id)
    if counted.is_first_refused:
        note(session, Act.SIGN_IN_REFUSED, now=now, failed=counted.most)


def count_pin(session: Session, *, device_id: UUID, staff_id: UUID) -> bool:
    """Count an attempt with a PIN. False after too many, until the password is entered on the same device."""
    require_sign_in(session, staff_id)
    may = and_(_of(device_id, staff_id), DeviceUser.pin_failures < MOST_WRONG_PINS)
    return _update_user(session, device_id, staff_id, may, {"pin_failures": DeviceUser.pin_failures + 1})


def pins_left(session: Session, *, device_id: UUID, staff_id: UUID) -> int:
    """How often a person may try their PIN on a device before it takes the password."""
    require_sign_in(session, staff_id)
    user = session.get(DeviceUser, (device_id, staff_id), populate_existing=True)
    return MOST_WRONG_PINS - (user.pin_failures if user else 0)


def reset(session: Session, *, device_id: UUID, staff_id: UUID) -> None:
    """Forget the wrong PINs and passwords of a person on a device: the right one was entered."""
    require_sign_in(session, staff_id)
    values = {"pin_failures": 0, "failures": 0, "failures_since": None}
    update_where(session, DeviceUser, _of(device_id, staff_id), values)


def tidy(session: Session, *, now: datetime) -> int:
    """Delete the counters whose time is over, for the scheduler, and return their number. Attempts that did not become
    a sign-in are in one entry of the journal, however many names were guessed at; full counters have their own."""
    require(session, Permission.DELIVERY)
    is_over = _is_over(SignInAttempt.since, now)
    of_names = and_(is_over, SignInAttempt.attempts.between(1, MOST_ATTEMPTS), SignInAttempt.key != ALL_NAMES)
    failed = list(session.scalars(select(SignInAttempt.attempts).where(of_names)))
    if failed:
        note(session, Act.SIGN_IN_REFUSED, now=now, failed=sum(failed), names=len(failed))
    return delete_where(session, SignInAttempt, is_over)


def _count(session: Session, key: str, most: int, now: datetime) -> Counted:
    if insert_once(session, SignInAttempt, [{"key": key, "attempts": 1, "since": now}]):
        return Counted(1, most)
    is_over = _is_over(SignInAttempt.since, now)
    # One more than may be tried is counted, so that exactly one attempt is known as the first refused one.
    may = and_(SignInAttempt.key == key, or_(is_over, SignInAttempt.attempts <= most))
    values = {
        "attempts": case((is_over, 1), else_=SignInAttempt.attempts + 1),
        "since": case((is_over | (SignInAttempt.attempts < most), now), else_=SignInAttempt.since),
    }
    if not update_where(session, SignInAttempt, may, values):
        return Counted(0, most)
    return Counted(session.scalars(select(SignInAttempt.attempts).where(SignInAttempt.key == key)).one(), most)


def _is_over(
    since: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], now: datetime
) -> ColumnElement[bool]:
    """Whether the time of a counter is over. One that lies further ahead than it lasts was counted by a wrong clock."""
    return or_(since <= now - WINDOW, since > now + WINDOW)


def _of(device_id: UUID, staff_id: UUID) -> ColumnElement[bool]:
    return and_(DeviceUser.device_id == device_id, DeviceUser.staff_id == staff_id)


def _update_user(
    session: Session, device_id: UUID, staff_id: UUID, may: ColumnElement[bool], values: dict[str, Any]
) -> bool:
    """Write to the row of a person on a device if it `may` be, and return whether it was. Add it when it is missing."""
    if update_where(session, DeviceUser, may, values):
        return True
    row = {"device_id": device_id, "staff_id": staff_id, "failures": 0, "pin_failures": 0}
    return bool(insert_once(session, DeviceUser, [row]) and update_where(session, DeviceUser, may, values))


def _attempt_key(name_key: str) -> str:
    return tokens.hashed(f"name:{name_key}")
