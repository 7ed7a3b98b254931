"""How often a password or PIN may be tried.

An attempt is counted, atomically, before anything is hashed, so that guesses at the same moment in several processes
count like guesses one after the other.

A browser that a person has signed in with before counts their wrong passwords on its own. All other browsers share one
counter for each typed name, whether or not there is such an account. So guesses from elsewhere never stop a person on
their own browser: https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import DeviceUser, SignInAttempt
from db.writes import delete_where, insert_once, update_where
from venue.errors import NotAllowed
from venue.roles import Actor, Permission, require
from venue.staff import tokens

# A column with the time of a counter's first attempt.
Counted = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]

MOST_ATTEMPTS = 10
WINDOW = timedelta(minutes=15)
MOST_WRONG_PINS = 5


def require_sign_in(session: Session, staff_id: UUID | None = None) -> Actor:
    """The actor, if they sign staff in, or are this member of staff. Raises NotAllowed."""
    actor = require(session, Permission.SIGN_IN, Permission.READ)
    if Permission.SIGN_IN not in actor.permissions and (staff_id is None or actor.staff_id != staff_id):
        raise NotAllowed(f"{actor.name} may not {Permission.SIGN_IN}")
    return actor


def count_from_elsewhere(session: Session, name_key: str, *, now: datetime) -> bool:
    """Count an attempt for a name from a browser that its person has not used. False when there were too many."""
    require_sign_in(session)
    key = _attempt_key(name_key)
    if insert_once(session, SignInAttempt, [{"key": key, "attempts": 1, "since": now}]):
        return True
    is_over = _is_over(SignInAttempt.since, now)
    may = and_(SignInAttempt.key == key, or_(is_over, SignInAttempt.attempts < MOST_ATTEMPTS))
    values = {
        "attempts": case((is_over, 1), else_=SignInAttempt.attempts + 1),
        "since": case((is_over, now), else_=SignInAttempt.since),
    }
    return update_where(session, SignInAttempt, may, values) == 1


def give_back(session: Session, name_key: str) -> None:
    """A counted attempt was right: it was not a guess."""
    require_sign_in(session)
    counted = and_(SignInAttempt.key == _attempt_key(name_key), SignInAttempt.attempts > 0)
    update_where(session, SignInAttempt, counted, {"attempts": SignInAttempt.attempts - 1})


def forget_name(session: Session, name_key: str) -> None:
    """Forget the attempts for a name, whose person has just chosen a new password."""
    require_sign_in(session)
    delete_where(session, SignInAttempt, SignInAttempt.key == _attempt_key(name_key))


def count_on_device(session: Session, *, device_id: UUID, staff_id: UUID, now: datetime) -> bool:
    """Count an attempt of a person on a device they use. False when there were too many."""
    require_sign_in(session, staff_id)
    _ensure_user(session, device_id, staff_id)
    is_over = or_(DeviceUser.failures_since.is_(None), _is_over(DeviceUser.failures_since, now))
    may = and_(_of(device_id, staff_id), or_(is_over, DeviceUser.failures < MOST_ATTEMPTS))
    values = {
        "failures": case((is_over, 1), else_=DeviceUser.failures + 1),
        "failures_since": case((is_over, now), else_=DeviceUser.failures_since),
    }
    return update_where(session, DeviceUser, may, values) == 1


def count_pin(session: Session, *, device_id: UUID, staff_id: UUID) -> bool:
    """Count an attempt with a PIN. False after too many, until the password is entered on the same device."""
    require_sign_in(session, staff_id)
    _ensure_user(session, device_id, staff_id)
    may = and_(_of(device_id, staff_id), DeviceUser.pin_failures < MOST_WRONG_PINS)
    return update_where(session, DeviceUser, may, {"pin_failures": DeviceUser.pin_failures + 1}) == 1


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
    """Delete the counters whose time is over, for the scheduler, and return their number."""
    require(session, Permission.DELIVERY)
    return delete_where(session, SignInAttempt, _is_over(SignInAttempt.since, now))


def _is_over(
    since: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], now: datetime
) -> ColumnElement[bool]:
    """Whether the time of a counter is over. One that lies further ahead than it lasts was counted by a wrong clock."""
    return or_(since <= now - WINDOW, since > now + WINDOW)


def _of(device_id: UUID, staff_id: UUID) -> ColumnElement[bool]:
    return and_(DeviceUser.device_id == device_id, DeviceUser.staff_id == staff_id)


def _ensure_user(session: Session, device_id: UUID, staff_id: UUID) -> None:
    row = {"device_id": device_id, "staff_id": staff_id, "failures": 0, "pin_failures": 0}
    insert_once(session, DeviceUser, [row])


def _attempt_key(name_key: str) -> str:
    return tokens.hashed(f"name:{name_key}")
