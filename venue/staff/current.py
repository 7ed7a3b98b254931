"""Who a browser belongs to, now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from db.models import Device, SignIn, Staff
from db.session import Transaction
from db.writes import update_where
from venue.acts import Act, act, note
from venue.profile import venue_of
from venue.roles import MAY, Actor, Permission, Role, require
from venue.staff import begin, passwords, sign_ins, throttle, tokens
from venue.staff.begin import SignInRefused

RECENTLY = timedelta(minutes=10)
TOUCHED_EVERY = timedelta(seconds=20)
TOO_MANY = "Too many wrong passwords. Wait 15 minutes"
SIGNED_OUT = "You were signed out. Sign in again"


def actor_of(session: Session, token: str, *, now: datetime) -> Actor | None:
    """Who is signed in with this token; None when the sign-in ended or expired, or the account is disabled."""
    require(session, Permission.SIGN_IN)
    row = session.execute(
        select(Staff.id, Staff.name, Staff.role, SignIn.id.label("sign_in_id"), SignIn.confirmed_at, SignIn.method)
        .join(Staff, Staff.id == SignIn.staff_id)
        .where(SignIn.token_hash == tokens.hashed(token), sign_ins.is_live(now))
    ).first()
    if row is None or (row.method == "demo" and not venue_of(session).is_demo):
        # Who looked at the demo must not be a manager afterwards.
        return None
    return Actor(
        name=row.name,
        permissions=MAY[Role(row.role)],
        staff_id=row.id,
        sign_in_id=row.sign_in_id,
        # A demo has no password to ask for.
        recently_confirmed=abs(now - row.confirmed_at) <= RECENTLY or row.method == "demo",
        confirmed_by_pin=row.method == "pin",
    )


def touch(session: Session, sign_in_id: UUID, *, now: datetime) -> None:
    """Note that a sign-in is used, at most every 20 seconds."""
    require(session, Permission.SIGN_IN)
    is_old = or_(SignIn.last_used_at <= now - TOUCHED_EVERY, SignIn.last_used_at > now + TOUCHED_EVERY)
    update_where(session, SignIn, and_(SignIn.id == sign_in_id, is_old), {"last_used_at": now})


def end(session: Session, token: str, *, now: datetime) -> None:
    """Sign out. Ending again, or ending what never began, changes nothing."""
    require(session, Permission.SIGN_IN)
    query = select(SignIn.id, Staff.id.label("staff_id"), Staff.name).join(Staff, Staff.id == SignIn.staff_id)
    row = session.execute(query.where(SignIn.token_hash == tokens.hashed(token), SignIn.ended_at.is_(None))).first()
    if row is not None:
        begin.act_as(session, name=row.name, staff_id=row.staff_id)
        _end(session, row.id, now=now)


@act(Act.SIGNED_OUT)
def _end(session: Session, sign_in_id: UUID, *, now: datetime) -> None:
    update_where(session, SignIn, and_(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)), {"ended_at": now})


def confirm(
    transaction: Transaction, *, sign_in_id: UUID, secret: str, now: datetime, by_password: bool = False
) -> None:
    """Enter the password again, or on a shared tablet the PIN unless `by_password`, before a sensitive act. Raises
    SignInRefused.

    It is good for 10 minutes. Wrong ones are counted like those of a sign-in.
    """
    with transaction() as session:
        require(session, Permission.SIGN_IN)
        asked = _what_confirms(session, sign_in_id, secret, now, by_password=by_password)
    if not asked.may_try:
        raise SignInRefused("Too many wrong PINs. Enter your password" if asked.is_pin else TOO_MANY)
    if not passwords.matches(secret, asked.stored):
        if asked.is_last_pin:
            with transaction() as session:
                begin.note_locked_pin(session, staff_id=asked.staff_id, name=asked.name, now=now)
        raise SignInRefused("Wrong PIN" if asked.is_pin else "Wrong password")
    with transaction() as session:
        if asked.device_id is None:
            throttle.give_back(session, asked.name_key)
        else:
            throttle.reset(session, device_id=asked.device_id, staff_id=asked.staff_id)
        is_open = and_(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
        if not update_where(session, SignIn, is_open, {"confirmed_at": now, "method": asked.method}):
            raise SignInRefused(SIGNED_OUT)
        begin.act_as(session, name=asked.name, staff_id=asked.staff_id)
        note(session, Act.IDENTITY_CONFIRMED, now=now)


@dataclass(frozen=True)
class _Asked:
    """What to check a secret against that was entered again. After the last PIN that may be wrong, PINs are locked.
    `method` is that of the sign-in once it matches."""

    staff_id: UUID
    name: str
    name_key: str
    device_id: UUID | None
    stored: str
    method: str
    is_pin: bool
    is_last_pin: bool
    may_try: bool


def _what_confirms(session: Session, sign_in_id: UUID, secret: str, now: datetime, *, by_password: bool) -> _Asked:
    """Count an attempt, of a PIN if it looks like one on a shared tablet. Raises SignInRefused when nothing can
    confirm."""
    row = session.execute(
        select(Staff, Device, SignIn.method)
        .select_from(SignIn)
        .join(Staff, Staff.id == SignIn.staff_id)
        .outerjoin(Device, and_(Device.id == SignIn.device_id, Device.removed_at.is_(None)))
        .where(SignIn.id == sign_in_id, sign_ins.is_live(now))
    ).first()
    if row is None:
        raise SignInRefused(SIGNED_OUT)
    staff, device = row.Staff, row.Device
    takes_pin = device is not None and device.is_shared and bool(staff.pin_hash) and not by_password
    is_pin = takes_pin and passwords.is_like_a_pin(secret)
    stored = staff.pin_hash if is_pin else staff.password_hash
    if stored is None:
        raise SignInRefused("This account has no password. Sign out, then sign in again")
    device_id = device.id if device else None
    if is_pin:
        may_try = throttle.count_pin(session, device_id=device.id, staff_id=staff.id)
        is_last_pin = not throttle.pins_left(session, device_id=device.id, staff_id=staff.id)
    else:
        may_try, is_last_pin = _count_password(session, staff, device_id, now), False
    method = "pin" if is_pin else "password" if row.method == "pin" else row.method
    return _Asked(staff.id, staff.name, staff.name_key, device_id, stored, method, is_pin, is_last_pin, may_try)


def _count_password(session: Session, staff: Staff, device_id: UUID | None, now: datetime) -> bool:
    if device_id is not None:
        counted = throttle.count_on_device(session, device_id=device_id, staff_id=staff.id, now=now)
    else:
        counted = throttle.count_from_elsewhere(session, staff.name_key, now=now)
    begin.act_as(session, name=staff.name, staff_id=staff.id)
    throttle.note_first_refused(session, counted, staff_id=staff.id, now=now)
    return counted.may_try
