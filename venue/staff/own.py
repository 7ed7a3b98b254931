"""What staff change on their own account: password, PIN, codes from an app, e-mail address."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import SignIn, Staff
from db.session import Transaction
from venue.acts import Act, act
from venue.errors import Invalid, NotAllowed
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.staff import accounts, passwords, sign_ins, throttle, totp
from venue.staff.confirmed import require_confirmed, require_password


@dataclass(frozen=True)
class NewCodes:
    """What an authenticator app needs: `address` as a QR code, or `secret` typed. Nothing is stored until the first
    code is confirmed."""

    secret: str
    address: str


def change_password(transaction: Transaction, *, old: str, new: str, now: datetime) -> None:
    """Change the own password; the own sign-ins elsewhere end. Raises Invalid by `old` and `new`. Wrong old passwords
    are counted like those of a sign-in."""
    with transaction() as session:
        staff = _own(session)
        staff_id, stored = staff.id, staff.password_hash
        if problem := passwords.problem(new, name=staff.name):
            raise Invalid(new=problem)
        device_id, may_try = _count(session, staff_id, now)
    if not may_try:
        raise Invalid(old="Too many wrong passwords. Wait 15 minutes")
    if not passwords.matches(old, stored):
        raise Invalid(old="This is not your present password")
    password_hash = passwords.hashed(new)
    with transaction() as session:
        staff = _own(session)
        if staff.password_hash != stored:
            raise Invalid(old="Your password was changed a moment ago. Enter that one")
        throttle.reset(session, device_id=device_id, staff_id=staff_id)
        _change_password(session, staff, password_hash, now=now)


def set_pin(transaction: Transaction, *, pin: str, now: datetime) -> None:
    """Set the own PIN for shared tablets. Raises Invalid(pin=…)."""
    with transaction() as session:
        _own_confirmed(session)
    if problem := passwords.pin_problem(pin):
        raise Invalid(pin=problem)
    pin_hash = passwords.hashed(pin)
    with transaction() as session:
        _change_pin(session, pin_hash, now=now)


@act(Act.ACCOUNT_CHANGED)
def remove_pin(session: Session, *, now: datetime) -> None:
    """Remove the own PIN: the name is no longer offered on shared tablets."""
    staff = _own(session)
    staff.pin_hash, staff.updated_at = None, now
    session.flush()


@act(Act.ACCOUNT_CHANGED)
def set_email(session: Session, *, email: str, now: datetime) -> None:
    """Change the own e-mail address; empty removes it. Raises Invalid(email=…)."""
    staff = _own_by_password(session)
    accounts.update(session, staff.id, version=staff.version, email=email, now=now)


def new_codes(session: Session) -> NewCodes:
    """A new secret for an authenticator app; the caller keeps it until `confirm_codes`."""
    staff = _own_by_password(session)
    secret = totp.new_secret()
    return NewCodes(secret, totp.address(secret, name=staff.name, issuer=venue_of(session).name))


@act(Act.ACCOUNT_CHANGED)
def confirm_codes(session: Session, *, secret: str, code: str, now: datetime) -> None:
    """Sign in with codes from an app from now on. `code` shows that the app has the secret. Raises Invalid(code=…)."""
    staff = _own_by_password(session)
    step = totp.matched_step(secret, code, after=0, now=now)
    if step is None:
        raise Invalid(code="This code does not match. Enter the one that your app shows now")
    staff.totp_secret, staff.totp_step, staff.updated_at = secret, step, now
    session.flush()


@act(Act.ACCOUNT_CHANGED)
def stop_codes(session: Session, *, now: datetime) -> None:
    """Sign in without codes from an app from now on."""
    staff = _own_by_password(session)
    staff.totp_secret, staff.updated_at = None, now
    session.flush()


@act(Act.ACCOUNT_CHANGED)
def _change_password(session: Session, staff: Staff, password_hash: str, *, now: datetime) -> None:
    staff.password_hash, staff.updated_at = password_hash, now
    session.flush()
    sign_ins.end_all_of(session, staff.id, now=now, keep=require(session, Permission.READ).sign_in_id)


@act(Act.ACCOUNT_CHANGED)
def _change_pin(session: Session, pin_hash: str, *, now: datetime) -> None:
    staff = _own(session)
    staff.pin_hash, staff.updated_at = pin_hash, now


def _own_confirmed(session: Session) -> Staff:
    """The actor's own account. Raises ConfirmFirst when they have not entered their password or PIN recently."""
    staff = _own(session)
    require_confirmed(session)
    return staff


def _own_by_password(session: Session) -> Staff:
    """The actor's own account. Raises ConfirmFirst when they have not entered their password recently."""
    staff = _own(session)
    require_password(session)
    return staff


def _own(session: Session) -> Staff:
    """The actor's own account, locked until the transaction ends. Raises NotAllowed when they are not staff."""
    actor = require(session, Permission.READ)
    staff = session.get(Staff, actor.staff_id, populate_existing=True, with_for_update=True) if actor.staff_id else None
    if staff is None or staff.disabled_at:
        raise NotAllowed("You are not signed in")
    return staff


def _count(session: Session, staff_id: UUID, now: datetime) -> tuple[UUID, bool]:
    """Count an attempt on the device that the actor uses. Returns the device, and whether there were not too many."""
    sign_in_id = require(session, Permission.READ).sign_in_id
    sign_in = session.get(SignIn, sign_in_id) if sign_in_id else None
    if sign_in is None or sign_in.device_id is None:
        raise NotAllowed("You are not signed in")
    counted = throttle.count_on_device(session, device_id=sign_in.device_id, staff_id=staff_id, now=now)
    throttle.note_first_refused(session, counted, staff_id=staff_id, now=now)
    return sign_in.device_id, counted.may_try
