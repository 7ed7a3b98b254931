"""Sign staff in, and tell who a browser belongs to.

The functions that check a password or PIN take `transaction`: none may be open while argon2 runs. They count the
attempt, commit, hash, and then sign in, in a second transaction that reads the account again.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from db.locks import one_at_a_time
from db.models import Device, DeviceUser, Staff
from db.session import Transaction
from db.writes import update_where
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.staff import begin, devices, names, passwords, throttle, tokens
from venue.staff.begin import HOURS, CodeNeeded, PinLocked, SignedIn, SignInRefused
from venue.staff.choosing import choose_password, set_up
from venue.staff.current import actor_of, confirm, end, touch

__all__ = [
    "DEMO_MANAGER",
    "HOURS",
    "CodeNeeded",
    "PinLocked",
    "SignInRefused",
    "SignedIn",
    "actor_of",
    "as_demo_manager",
    "choose_password",
    "confirm",
    "end",
    "set_up",
    "touch",
    "with_email",
    "with_password",
    "with_pin",
]

DEMO_MANAGER = "Demo manager"
# One sentence for a wrong name, a wrong password, a disabled account and too many attempts.
REFUSED = (
    "The name or the password is wrong, or it was tried too often. Check both. "
    "After several attempts, wait 15 minutes or ask a manager for a new link"
)


@dataclass(frozen=True)
class _Attempt:
    """What to check a typed password against. `device_id` is set when the browser is known to be the person's."""

    staff_id: UUID | None
    name_key: str
    password_hash: str | None
    device_id: UUID | None


def with_password(
    transaction: Transaction,
    *,
    name: str,
    password: str,
    totp: str = "",
    device_token: str,
    user_agent: str,
    now: datetime,
    hours: float = HOURS,
) -> SignedIn:
    """Sign in with name and password. Raises SignInRefused, and CodeNeeded when the account has codes from an app and
    `totp` is empty or wrong."""
    attempt = _counted(transaction, name=name, device_token=device_token, now=now)
    matches = passwords.matches(password, attempt.password_hash)
    if not matches or attempt.staff_id is None or attempt.password_hash is None:
        raise SignInRefused(REFUSED)
    new_hash = passwords.rehashed(password, attempt.password_hash)
    with transaction() as session:
        staff = begin.locked(session, attempt.staff_id)
        if staff is None or staff.password_hash != attempt.password_hash:
            raise SignInRefused(REFUSED)
        begin.check_code(session, staff, totp, now=now)
        if new_hash:
            update_where(session, Staff, Staff.id == staff.id, {"password_hash": new_hash})
        if attempt.device_id is None:
            throttle.give_back(session, attempt.name_key)
        return begin.begin(session, staff, "password", device_token, user_agent, now, hours)


def with_pin(
    transaction: Transaction,
    *,
    staff_id: UUID,
    pin: str,
    device_token: str,
    user_agent: str,
    now: datetime,
    hours: float = HOURS,
) -> SignedIn:
    """Sign in on a shared tablet with a PIN. Raises SignInRefused, and PinLocked after 5 wrong PINs of this person on
    this tablet."""
    with transaction() as session:
        require(session, Permission.SIGN_IN)
        tablet = devices.tablet_of(session, device_token)
        staff = session.get(Staff, staff_id)
        if tablet is None:
            raise SignInRefused("PINs work only on a shared tablet. Sign in with your password")
        if staff is None or staff.disabled_at or staff.pin_hash is None:
            raise SignInRefused("Sign in with your password")
        stored = staff.pin_hash
        may_try = throttle.count_pin(session, device_id=tablet.id, staff_id=staff_id)
        left = throttle.pins_left(session, device_id=tablet.id, staff_id=staff_id)
    if not may_try:
        raise PinLocked("Too many wrong PINs. Sign in with your password")
    if not passwords.matches(pin, stored):
        if not left:
            raise PinLocked("Wrong PIN. Sign in with your password")
        raise SignInRefused("Wrong PIN")
    with transaction() as session:
        staff = begin.locked(session, staff_id)
        tablet = devices.tablet_of(session, device_token)
        if staff is None or staff.pin_hash != stored or tablet is None:
            raise SignInRefused("Sign in with your password")
        return begin.begin(session, staff, "pin", device_token, user_agent, now, hours)


def with_email(
    transaction: Transaction,
    *,
    email: str,
    device_token: str,
    user_agent: str,
    now: datetime,
    hours: float = HOURS,
) -> SignedIn:
    """Sign in by an e-mail address that an OpenID provider has verified. Raises SignInRefused unless an enabled account
    has it."""
    with transaction() as session:
        require(session, Permission.SIGN_IN)
        key = names.key(email)
        found = session.scalar(select(Staff.id).where(Staff.email_key == key)) if key else None
        staff = begin.locked(session, found) if found else None
        if staff is None:
            raise SignInRefused("No account has this e-mail address. Ask a manager to add it to yours")
        return begin.begin(session, staff, "oidc", device_token, user_agent, now, hours)


def as_demo_manager(
    transaction: Transaction, *, user_agent: str, device_token: str, now: datetime, hours: float = HOURS
) -> SignedIn:
    """Sign a browser of the demo in, as a manager whose account is added when it is missing."""
    with transaction() as session:
        require(session, Permission.SIGN_IN)
        one_at_a_time(session, "staff accounts")
        key = names.key(DEMO_MANAGER)
        staff = session.scalar(select(Staff).where(Staff.name_key == key))
        if staff is None:
            staff = begin.new_manager(session, DEMO_MANAGER, None, now)
        if staff.disabled_at:
            raise SignInRefused(f"{DEMO_MANAGER} is disabled")
        return begin.begin(session, staff, "demo", device_token, user_agent, now, hours)


def _counted(transaction: Transaction, *, name: str, device_token: str, now: datetime) -> _Attempt:
    """Count an attempt with a typed name. Raises SignInRefused when there were too many, without hashing."""
    with transaction() as session:
        actor, venue = require(session, Permission.SIGN_IN), venue_of(session)
    # Read first: most guesses of a flood are refused here, where they cannot keep others from writing.
    with venue.reading(actor) as session:
        attempt, is_full = _find(session, name, device_token, now)
    if attempt.device_id is None and is_full:
        raise SignInRefused(REFUSED)
    with transaction() as session:
        if attempt.device_id and attempt.staff_id:
            may = throttle.count_on_device(session, device_id=attempt.device_id, staff_id=attempt.staff_id, now=now)
        else:
            may = throttle.count_from_elsewhere(session, attempt.name_key, now=now)
    if not may:
        raise SignInRefused(REFUSED)
    return attempt


def _find(session: Session, name: str, device_token: str, now: datetime) -> tuple[_Attempt, bool]:
    """What to check the password of this name against, and whether attempts from elsewhere are refused: one statement,
    whether or not there is such an account."""
    key = names.key(name)
    device = select(Device.id).where(Device.token_hash == tokens.hashed(device_token), Device.removed_at.is_(None))
    known = and_(
        DeviceUser.staff_id == Staff.id,
        DeviceUser.device_id == device.scalar_subquery(),
        DeviceUser.known_at.is_not(None),
    )
    asked = select(throttle.is_full(key, now=now).label("is_full")).subquery()
    row = session.execute(
        select(asked.c.is_full, Staff.id, Staff.password_hash, Staff.disabled_at, DeviceUser.device_id)
        .select_from(asked)
        .outerjoin(Staff, Staff.name_key == key)
        .outerjoin(DeviceUser, known)
    ).one()
    usable = row.password_hash if row.disabled_at is None else None
    return _Attempt(row.id, key, usable, row.device_id), bool(row.is_full)
