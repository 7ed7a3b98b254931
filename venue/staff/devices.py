"""Devices: browsers that staff have signed in with, and shared tablets that a manager enrolled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from db.models import Device, DeviceUser, SignIn, Staff
from db.session import Transaction
from db.writes import delete_where, update_where
from venue.acts import Act, act
from venue.errors import NotFound
from venue.roles import SIGN_IN, Permission, require
from venue.staff import codes, names, throttle, tokens

# As long as browsers keep a cookie.
FORGOTTEN_AFTER = timedelta(days=400)


@dataclass(frozen=True)
class DeviceRow:
    """A shared tablet."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime


@dataclass(frozen=True)
class PersonOnDevice:
    """A person who may sign in on a shared tablet by tapping their name. `takes_pin` is False after too many wrong
    PINs, until they enter their password there."""

    staff_id: UUID
    name: str
    takes_pin: bool


def enrol(transaction: Transaction, *, code: str, now: datetime) -> str:
    """Make the browser a shared tablet, with a manager's code, and return its new device token. Raises
    Invalid(code=…)."""
    token = tokens.new_token()
    with transaction() as session:
        require(session, Permission.SIGN_IN)
        session.info["actor"] = replace(SIGN_IN, name=names.ONE_TIME_CODE)
        _enrol(session, token, code=code, now=now)
    return token


@act(Act.DEVICE_ENROLLED)
def _enrol(session: Session, token: str, *, code: str, now: datetime) -> None:
    name = codes.use(session, codes.Purpose.TABLET, code, now=now).device_name
    session.add(Device(token_hash=tokens.hashed(token), name=name, is_shared=True, created_at=now, last_used_at=now))


def tablet_of(session: Session, device_token: str) -> DeviceRow | None:
    """The shared tablet with this token; None for every other browser."""
    require(session, Permission.SIGN_IN)
    device = known(session, device_token)
    return _row(device) if device and device.is_shared else None


def people_on(session: Session, device_token: str) -> Sequence[PersonOnDevice]:
    """Who may tap their name on this shared tablet: enabled staff with a PIN. Empty for every other browser."""
    require(session, Permission.SIGN_IN)
    tablet = tablet_of(session, device_token)
    if tablet is None:
        return []
    failures = and_(DeviceUser.staff_id == Staff.id, DeviceUser.device_id == tablet.id)
    rows = session.execute(
        select(Staff.id, Staff.name, func.coalesce(DeviceUser.pin_failures, 0).label("pin_failures"))
        .outerjoin(DeviceUser, failures)
        .where(Staff.disabled_at.is_(None), Staff.pin_hash.is_not(None))
        .order_by(Staff.name_key)
    )
    return [PersonOnDevice(row.id, row.name, row.pin_failures < throttle.MOST_WRONG_PINS) for row in rows]


def listed(session: Session) -> Sequence[DeviceRow]:
    """The shared tablets, by name."""
    require(session, Permission.ACCOUNTS, ask_again=False)
    shared = select(Device).where(Device.is_shared, Device.removed_at.is_(None)).order_by(Device.name, Device.id)
    return [_row(device) for device in session.scalars(shared)]


@act(Act.DEVICE_REMOVED)
def remove(session: Session, device_id: UUID, *, now: datetime) -> None:
    """Forget a device: all are signed out there, and PINs no longer work on it. Raises NotFound."""
    require(session, Permission.ACCOUNTS)
    device = session.get(Device, device_id)
    if device is None:
        raise NotFound("This device no longer exists.")
    device.removed_at = device.removed_at or now
    session.flush()
    delete_where(session, DeviceUser, DeviceUser.device_id == device_id)
    on_device = and_(SignIn.device_id == device_id, SignIn.ended_at.is_(None))
    update_where(session, SignIn, on_device, {"ended_at": now})


def known(session: Session, device_token: str) -> Device | None:
    """The device with this token, unless it was removed."""
    require(session, Permission.SIGN_IN)
    found = Device.token_hash == tokens.hashed(device_token)
    return session.scalar(select(Device).where(found, Device.removed_at.is_(None))) if device_token else None


def tidy(session: Session, *, now: datetime) -> int:
    """Delete browsers that were not used for so long that their cookie is gone, for the scheduler, and return their
    number. Shared tablets stay until a manager removes them."""
    require(session, Permission.DELIVERY)
    is_open = exists().where(SignIn.device_id == Device.id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
    old = and_(Device.last_used_at < now - FORGOTTEN_AFTER, ~is_open)
    return delete_where(session, Device, and_(old, ~Device.is_shared))


def _row(device: Device) -> DeviceRow:
    return DeviceRow(device.id, device.name, device.created_at, device.last_used_at)
