"""Sign staff in, and tell who a browser belongs to.

The functions that check a password or PIN take `transaction`: none may be open while argon2 runs. They count the
attempt, commit, hash, and then sign in, in a second transaction that reads the account again.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from db.locks import one_at_a_time
from db.models import Device, DeviceUser, Staff
from db.session import Transaction
from db.writes import update_where
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.staff import begin, devices, names, passwords, throttle, tokens
from venue.staff.begin import HOURS, Browser, CodeNeeded, PinLocked, SignedIn, SignInRefused
from venue.staff.choosing import choose_password, set_up
from venue.staff.current import actor_of, confirm, end, touch

__all__ = [
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

# One sentence for a wrong name, a wrong password, a disabled account and too many attempts.
REFUSED = (
    "The name or the password is wrong, or there were too many attempts. Check both. "
    "After several attempts, wait 15 minutes or ask a manager for a new link"
)


@dataclass(frozen=True)
class _Attempt:
    """What to check a typed password against. `device_id` is set when the browser is known to be the person's, `failed`
    is how many attempts the counter had before."""

    staff_id: UUID | None
    name: str
    name_key: str
    password_hash: str | None
    device_id: UUID | None
    failed: int = 0


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
        # The attempt after which the code was asked for was no failure.
        failed = max(0, attempt.failed - bool(totp))
        return _begin(session, staff, "password", Browser(device_token, user_agent, hours), now, failed=failed)


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
            with transaction() as session:
                begin.note_locked_pin(session, staff_id=staff_id, name=staff.name, now=now)
            raise PinLocked("Wrong PIN. Sign in with your password")
        raise SignInRefused("Wrong PIN")
    with transaction() as session:
        staff = begin.locked(session, staff_id)
        tablet = devices.tablet_of(session, device_token)
        if staff is None or staff.pin_hash != stored or tablet is None:
            raise SignInRefused("Sign in with your password")
        return _begin(session, staff, "pin", Browser(device_token, user_agent, hours), now)


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
        key = names.email_key(email)
        found = session.scalar(select(Staff.id).where(Staff.email_key == key)) if key else None
        staff = begin.locked(session, found) if found else None
        if staff is None:
            raise SignInRefused("No account has this e-mail address. Ask a manager to add it to yours")
        return _begin(session, staff, "oidc", Browser(device_token, user_agent, hours), now)


def as_demo_manager(
    transaction: Transaction, *, user_agent: str, device_token: str, now: datetime, hours: float = HOURS
) -> SignedIn:
    """Sign a browser of the demo in, as a manager whose account is added when it is missing."""
    with transaction() as session:
        require(session, Permission.SIGN_IN)
        if not venue_of(session).is_demo:
            raise SignInRefused("The demo is off: sign in with your password")
        one_at_a_time(session, "staff accounts")
        key = names.key(names.DEMO_MANAGER)
        staff = session.scalar(select(Staff).where(Staff.name_key == key))
        if staff is None:
            begin.act_as(session, name=names.DEMO_MANAGER, staff_id=None)
            staff = begin.new_manager(session, staff_id=uuid4(), name=names.DEMO_MANAGER, password_hash=None, now=now)
        if staff.disabled_at:
            raise SignInRefused(f"{names.DEMO_MANAGER} is disabled")
        return _begin(session, staff, "demo", Browser(device_token, user_agent, hours), now)


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
            counted = throttle.count_on_device(session, device_id=attempt.device_id, staff_id=attempt.staff_id, now=now)
        else:
            counted = throttle.count_from_elsewhere(session, attempt.name_key, now=now)
        begin.act_as(session, name=attempt.name, staff_id=attempt.staff_id)
        throttle.note_first_refused(session, counted, staff_id=attempt.staff_id, now=now)
    if not counted.may_try:
        raise SignInRefused(REFUSED)
    return replace(attempt, failed=counted.number - 1)


def _begin(
    session: Session, staff: Staff, method: str, browser: Browser, now: datetime, *, failed: int = 0
) -> SignedIn:
    begin.act_as(session, name=staff.name, staff_id=staff.id)
    return begin.begin(session, staff, method=method, browser=browser, now=now, failed=failed)


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
        select(asked.c.is_full, Staff.id, Staff.name, Staff.password_hash, Staff.disabled_at, DeviceUser.device_id)
        .select_from(asked)
        .outerjoin(Staff, Staff.name_key == key)
        .outerjoin(DeviceUser, known)
    ).one()
    usable = row.password_hash if row.disabled_at is None else None
    return _Attempt(row.id, row.name or names.UNKNOWN_NAME, key, usable, row.device_id), bool(row.is_full)
