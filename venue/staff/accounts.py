"""Accounts of staff: add, change, disable and enable them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.locks import one_at_a_time
from db.models import SignIn, Staff
from venue import concurrent_edits
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.roles import Permission, Role, require
from venue.staff import codes, names, sign_ins
from venue.staff.confirmed import require_password

# By name: the label of each field.
FIELDS = {"name": "Name", "role": "Role", "email": "E-mail"}
_TAKEN = {
    "name_key": ("name", "There is already an account with this name"),
    "email_key": ("email", "Another account has this e-mail address"),
}


@dataclass(frozen=True)
class StaffRow:
    """An account. `last_used_at` is when the person last used the dashboard. `has_codes` is whether they sign in with
    codes from an authenticator app too."""

    id: UUID
    name: str
    role: Role
    email: str
    version: int
    disabled_at: datetime | None
    created_at: datetime
    last_used_at: datetime | None
    has_password: bool
    has_pin: bool
    has_codes: bool


@act(Act.STAFF_ADDED)
def add(session: Session, *, name: str, role: Role | str, email: str = "", now: datetime) -> Staff:
    """Add an account, which has no password yet: issue a code with which the person chooses one. Raises Invalid and
    ConfirmFirst."""
    require(session, Permission.ACCOUNTS, ask_again=False)
    require_password(session)
    values = _checked({"name": name, "role": role, "email": email})
    staff = Staff(**values, created_at=now, updated_at=now)
    with _unless_taken(session):
        session.add(staff)
    return staff


def listed(session: Session) -> Sequence[StaffRow]:
    """All accounts by name, the disabled ones last."""
    require(session, Permission.ACCOUNTS, ask_again=False)
    query = _ROWS.order_by(Staff.disabled_at.is_not(None), Staff.name_key)
    return [_row(row) for row in session.execute(query)]


def get(session: Session, staff_id: UUID) -> StaffRow:
    """One account; everyone may see their own. Raises NotFound."""
    if require(session, Permission.ACCOUNTS, Permission.READ).staff_id != staff_id:
        require(session, Permission.ACCOUNTS, ask_again=False)
    return _one(session, Staff.id == staff_id, "This account no longer exists.")


def named(session: Session, name: str) -> StaffRow:
    """The account with this name, in capitals or not. Raises NotFound."""
    require(session, Permission.ACCOUNTS, ask_again=False)
    return _one(session, Staff.name_key == names.key(name), f"There is no account with the name {name}")


@act(Act.STAFF_CHANGED)
def update(
    session: Session,
    staff_id: UUID,
    *,
    version: int,
    now: datetime,
    was: Mapping[str, str] | None = None,
    **fields: str,
) -> Staff:
    """Change name, role or email; `version` is the one that was read, and `was` its values. Everyone may change their
    own e-mail address.

    Raises NotFound, Invalid (also for the last manager), Conflict when someone else changed the same field, and
    ConfirmFirst.
    """
    is_own = require(session, Permission.ACCOUNTS, Permission.READ).staff_id == staff_id
    if is_own and set(fields) == {"email"}:
        require_password(session)
    else:
        require(session, Permission.ACCOUNTS)
    values = _checked(fields)
    staff = _locked(session, staff_id)
    typed = {name: value for name, value in values.items() if name in FIELDS}
    changed = concurrent_edits.to_write(staff, typed, version=version, was=was)
    if "email" in changed:
        require_password(session)  # OpenID Connect goes by it.
    if changed.get("role", Role.MANAGER) != Role.MANAGER:
        _keep_a_manager(session, staff, "role")
    if changed:
        keys = {f"{name}_key": values[f"{name}_key"] for name in changed if f"{name}_key" in values}
        with _unless_taken(session):
            for name, value in {**changed, **keys, "updated_at": now}.items():
                setattr(staff, name, value)
    return staff


@act(Act.STAFF_DISABLED)
def disable(session: Session, staff_id: UUID, *, now: datetime) -> None:
    """Disable an account: the person is signed out everywhere at once, and their unused codes are void. Raises
    NotFound, and Invalid for the last manager."""
    require(session, Permission.ACCOUNTS)
    staff = _locked(session, staff_id)
    if staff.disabled_at is None:
        _keep_a_manager(session, staff, "staff_id")
        staff.disabled_at = staff.updated_at = now
        session.flush()
    codes.void(session, codes.Purpose.PASSWORD, staff_id=staff_id)
    sign_ins.end_all_of(session, staff_id, now=now)


@act(Act.STAFF_ENABLED)
def enable(session: Session, staff_id: UUID, *, now: datetime) -> None:
    """Enable an account again, with its password. Raises NotFound."""
    require(session, Permission.ACCOUNTS)
    staff = _locked(session, staff_id)
    if staff.disabled_at is not None:
        # One that began at the same moment as the account was disabled must not become valid again.
        sign_ins.end_all_of(session, staff_id, now=now)
        staff.disabled_at, staff.updated_at = None, now
        session.flush()


@act(Act.STAFF_CHANGED)
def turn_off_codes(session: Session, staff_id: UUID, *, now: datetime) -> None:
    """Let a person sign in without codes from an app, because they lost their phone. Raises NotFound."""
    require(session, Permission.ACCOUNTS, ask_again=False)
    require_password(session)
    staff = _locked(session, staff_id)
    if staff.totp_secret is not None:
        staff.totp_secret, staff.updated_at = None, now
        session.flush()


_LAST_USED = (
    select(func.max(SignIn.last_used_at)).where(SignIn.staff_id == Staff.id).scalar_subquery().label("last_used_at")
)
_ROWS = select(Staff, _LAST_USED)


def _one(session: Session, which: Any, missing: str) -> StaffRow:
    row = session.execute(_ROWS.where(which)).first()
    if row is None:
        raise NotFound(missing)
    return _row(row)


def _row(row: Any) -> StaffRow:
    staff: Staff = row.Staff
    return StaffRow(
        id=staff.id,
        name=staff.name,
        role=Role(staff.role),
        email=staff.email,
        version=staff.version,
        disabled_at=staff.disabled_at,
        created_at=staff.created_at,
        last_used_at=row.last_used_at,
        has_password=staff.password_hash is not None,
        has_pin=staff.pin_hash is not None,
        has_codes=staff.totp_secret is not None,
    )


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values to store, with the keys by which they are compared. Raises Invalid with every problem."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, typed in fields.items():
        try:
            values |= _CHECKS[name](typed)
        except ValueError as problem:
            problems[name] = str(problem)
    if problems:
        raise Invalid(**problems)
    return values


def _checked_name(typed: str) -> dict[str, Any]:
    name = names.checked_name(typed)
    return {"name": name, "name_key": names.key(name)}


def _checked_email(typed: str) -> dict[str, Any]:
    email = names.checked_email(typed)
    return {"email": email, "email_key": names.email_key(email)}


def _checked_role(typed: str) -> dict[str, Any]:
    if typed not in list(Role):
        raise ValueError("Choose viewer, staff or manager")
    return {"role": str(typed)}


_CHECKS = {"name": _checked_name, "email": _checked_email, "role": _checked_role}


def _locked(session: Session, staff_id: UUID) -> Staff:
    """The account as it is now, while no other transaction changes one: so of two managers who disable each other, the
    second is refused."""
    one_at_a_time(session, "staff accounts")
    staff = session.get(Staff, staff_id, populate_existing=True, with_for_update=True)
    if staff is None:
        raise NotFound("This account no longer exists.")
    return staff


def _keep_a_manager(session: Session, staff: Staff, field: str) -> None:
    managers = select(Staff.id).where(Staff.role == Role.MANAGER.value, Staff.disabled_at.is_(None))
    # After the demo no one can sign in as its manager.
    others = managers.where(Staff.id != staff.id, Staff.name_key != names.key(names.DEMO_MANAGER))
    if staff.role == Role.MANAGER and staff.disabled_at is None and session.scalar(others.limit(1)) is None:
        raise Invalid(**{field: f"{staff.name} is the only manager: make someone else a manager first"})


@contextmanager
def _unless_taken(session: Session) -> Iterator[None]:
    """Raises Invalid when another account has the same name or e-mail address."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        for key, (field, sentence) in _TAKEN.items():
            if key in str(error.orig):
                raise Invalid(**{field: sentence}) from error
        raise
