"""Begin a sign-in: what all ways of signing in have in common."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_
from sqlalchemy.orm import Session

from db.models import Device, DeviceUser, SignIn, Staff
from db.writes import insert_once, update_where
from venue.acts import Act, act, details, note
from venue.errors import VenueError
from venue.roles import SIGN_IN, Permission, Role, require
from venue.staff import browsers, devices, names, throttle, tokens, totp

HOURS = 12


@dataclass(frozen=True)
class SignedIn:
    """A new sign-in: the tokens for the two cookies, and who it is."""

    token: str
    device_token: str
    staff_id: UUID
    name: str


@dataclass(frozen=True)
class Browser:
    """Who asks to sign in: its device cookie, the header that describes it, and for how many hours."""

    device_token: str
    user_agent: str
    hours: float


class SignInRefused(VenueError):
    """The sign-in is refused. The sentence does not say whether there is such an account."""


class PinLocked(SignInRefused):
    """After too many wrong PINs, this person has to enter their password on this tablet."""


class CodeNeeded(VenueError):
    """The password is right, and a code from the person's authenticator app is needed, or the one given is wrong."""


def note_locked_pin(session: Session, *, staff_id: UUID, name: str, now: datetime) -> None:
    """Write to the journal that a person's PIN takes no more tries on a tablet."""
    act_as(session, name=name, staff_id=staff_id)
    note(session, Act.SIGN_IN_REFUSED, now=now, failed=throttle.MOST_WRONG_PINS, method="pin")


def act_as(session: Session, *, name: str, staff_id: UUID | None) -> None:
    """What follows in this transaction is in the journal under this person's name."""
    require(session, Permission.SIGN_IN)
    session.info["actor"] = replace(SIGN_IN, name=name, staff_id=staff_id)


@act(Act.SIGNED_IN)
def begin(
    session: Session,
    staff: Staff,
    *,
    method: str,
    browser: Browser,
    now: datetime,
    failed: int = 0,
) -> SignedIn:
    """Begin a sign-in with a new token on this browser, which is known to be the person's from now on. `failed` is how
    often it was tried before."""
    require(session, Permission.SIGN_IN)
    details(session, method=method, **({"failed": failed} if failed else {}))
    device_token = browser.device_token
    device = devices.known(session, device_token)
    if device is None:
        device_token = tokens.new_token()
        device = Device(token_hash=tokens.hashed(device_token), created_at=now, last_used_at=now)
        session.add(device)
        session.flush()
    device.last_used_at = now
    _know_user(session, device.id, staff.id, now)
    # A browser has one cookie: an earlier sign-in on it can no longer be used.
    on_device = and_(SignIn.device_id == device.id, SignIn.ended_at.is_(None))
    update_where(session, SignIn, on_device, {"ended_at": now})
    token = tokens.new_token()
    session.add(
        SignIn(
            token_hash=tokens.hashed(token),
            staff_id=staff.id,
            device_id=device.id,
            method=method,
            user_agent=browsers.cleaned(browser.user_agent),
            created_at=now,
            last_used_at=now,
            confirmed_at=now,
            expires_at=now + timedelta(hours=browser.hours),
        )
    )
    session.flush()
    return SignedIn(token=token, device_token=device_token, staff_id=staff.id, name=staff.name)


def _know_user(session: Session, device_id: UUID, staff_id: UUID, now: datetime) -> None:
    row = {"device_id": device_id, "staff_id": staff_id, "known_at": now, "failures": 0, "pin_failures": 0}
    if not insert_once(session, DeviceUser, [row]):
        of_both = and_(DeviceUser.device_id == device_id, DeviceUser.staff_id == staff_id)
        update_where(session, DeviceUser, of_both, {"known_at": now})
    throttle.reset(session, device_id=device_id, staff_id=staff_id)


def check_code(session: Session, staff: Staff, code: str, *, now: datetime) -> None:
    """Raises CodeNeeded unless the account has no codes from an app, or this is one, which is then used."""
    require(session, Permission.SIGN_IN)
    if staff.totp_secret is None:
        return
    if not code.strip():
        raise CodeNeeded("Enter the code from your authenticator app")
    step = totp.matched_step(staff.totp_secret, code, after=staff.totp_step, now=now)
    if step is None:
        raise CodeNeeded("This code is wrong or was used already. Enter the one that your app shows now")
    # Not by the ORM: that would count as an edit of the account.
    update_where(session, Staff, Staff.id == staff.id, {"totp_step": step})


def locked(session: Session, staff_id: UUID) -> Staff | None:
    """An enabled account as it is now, locked until the transaction ends, so that it cannot be disabled, nor its
    password changed, at the same moment without ending the sign-in that begins here."""
    require(session, Permission.SIGN_IN)
    staff = session.get(Staff, staff_id, populate_existing=True, with_for_update=True)
    return None if staff is None or staff.disabled_at else staff


@act(Act.STAFF_ADDED)
def new_manager(session: Session, *, staff_id: UUID, name: str, password_hash: str | None, now: datetime) -> Staff:
    """Add the account of a manager whose name is checked already."""
    require(session, Permission.SIGN_IN)
    staff = Staff(
        id=staff_id,
        name=name,
        name_key=names.key(name),
        role=Role.MANAGER.value,
        password_hash=password_hash,
        created_at=now,
        updated_at=now,
    )
    session.add(staff)
    session.flush()
    return staff
