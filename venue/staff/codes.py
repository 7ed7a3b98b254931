"""One-time codes: for the first manager, for choosing a password, and for enrolling a shared tablet."""

from datetime import datetime, timedelta
from enum import StrEnum, auto
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from db.models import OneTimeCode, Staff
from db.writes import delete_where, update_where
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.roles import Permission, require
from venue.staff import names, tokens
from venue.staff.confirmed import require_password


class Purpose(StrEnum):
    SET_UP = auto()
    PASSWORD = auto()
    TABLET = auto()


GOOD_FOR = {
    Purpose.SET_UP: timedelta(hours=24),
    Purpose.PASSWORD: timedelta(hours=24),
    Purpose.TABLET: timedelta(minutes=10),
}
# A code made further ahead than this was made by a wrong clock, and would be good for too long.
CLOCK_TOLERANCE = timedelta(minutes=5)
NOT_GOOD = "This code is wrong, was used already or has expired. Ask for a new one"
NOT_GOOD_TO_SET_UP = (
    "This code is wrong, was used already or has expired. On the server, python manage.py staff set-up shows a new one"
)
LONGEST_DEVICE_NAME = 40


@act(Act.CODE_ISSUED)
def issue(
    session: Session,
    purpose: Purpose | str,
    *,
    now: datetime,
    staff_id: UUID | None = None,
    device_name: str = "",
) -> str:
    """A new code, to be shown once: only its hash is stored. `staff_id` is whose password it is for, `device_name` what
    the tablet is called. Earlier codes for the first manager, or for the same person, are void from now on.

    Raises Invalid for the first manager's code when there is an account, for a disabled account, and for a tablet
    without a name; and ConfirmFirst.
    """
    require(session, Permission.ACCOUNTS, ask_again=False)
    require_password(session)
    purpose = Purpose(purpose)
    if purpose == Purpose.SET_UP and has_accounts(session):
        raise Invalid(code="There are accounts already: a manager adds others")
    if purpose == Purpose.PASSWORD:
        _check_enabled(session, staff_id)
    if purpose == Purpose.TABLET:
        device_name = _checked_device_name(device_name)
    else:
        void(session, purpose, staff_id=staff_id)
    code = tokens.new_code()
    session.add(
        OneTimeCode(
            purpose=purpose,
            code_hash=tokens.code_hash(code),
            staff_id=staff_id,
            device_name=device_name,
            created_at=now,
            expires_at=now + GOOD_FOR[purpose],
        )
    )
    session.flush()
    return code


def check(session: Session, purpose: Purpose | str, code: str, *, now: datetime) -> OneTimeCode:
    """The code's row, without using it up. Raises Invalid(code=…) unless it is good now."""
    require(session, Permission.SIGN_IN)
    purpose = Purpose(purpose)
    row = session.scalar(select(OneTimeCode).where(_is_good(purpose, code, now)))
    if row is None:
        raise Invalid(code=NOT_GOOD_TO_SET_UP if purpose is Purpose.SET_UP else NOT_GOOD)
    return row


@act(Act.CODE_USED)
def use(session: Session, purpose: Purpose | str, code: str, *, now: datetime) -> OneTimeCode:
    """Use a code, once: of several at the same moment one succeeds. Raises Invalid(code=…) for the others."""
    require(session, Permission.SIGN_IN)
    row = check(session, purpose, code, now=now)
    if not update_where(session, OneTimeCode, _is_good(Purpose(purpose), code, now), {"used_at": now}):
        raise Invalid(code=NOT_GOOD)
    return row


@act(Act.CODES_VOIDED)
def void(session: Session, purpose: Purpose | str, *, staff_id: UUID | None) -> None:
    """Make the unused codes of this purpose void, those of one person where it is for a password."""
    require(session, Permission.ACCOUNTS)
    unused = and_(OneTimeCode.purpose == Purpose(purpose).value, OneTimeCode.used_at.is_(None))
    delete_where(session, OneTimeCode, and_(unused, OneTimeCode.staff_id == staff_id))


@act(Act.CODES_VOIDED)
def void_all(session: Session) -> None:
    """Make all unused codes void."""
    require(session, Permission.ACCOUNTS)
    delete_where(session, OneTimeCode, OneTimeCode.used_at.is_(None))


def has_accounts(session: Session) -> bool:
    """Whether the first manager exists. The demo's does not count: no one can sign in as them afterwards."""
    require(session, Permission.ACCOUNTS, Permission.SIGN_IN)
    others = select(Staff.id).where(Staff.name_key != names.key(names.DEMO_MANAGER))
    return session.scalar(others.limit(1)) is not None


def tidy(session: Session, *, now: datetime) -> int:
    """Delete codes that were used or expired more than a day ago, for the scheduler, and return their number."""
    require(session, Permission.DELIVERY)
    return delete_where(session, OneTimeCode, OneTimeCode.expires_at < now - timedelta(days=1))


def _is_good(purpose: Purpose, code: str, now: datetime) -> ColumnElement[bool]:
    return and_(
        OneTimeCode.code_hash == tokens.code_hash(code),
        OneTimeCode.purpose == purpose.value,
        OneTimeCode.used_at.is_(None),
        OneTimeCode.expires_at > now,
        OneTimeCode.created_at <= now + CLOCK_TOLERANCE,
    )


def _check_enabled(session: Session, staff_id: UUID | None) -> None:
    staff = session.get(Staff, staff_id) if staff_id else None
    if staff is None:
        raise NotFound("This account no longer exists.")
    if staff.disabled_at:
        raise Invalid(code=f"{staff.name} is disabled: enable the account first")


def _checked_device_name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name.isprintable() or not 1 <= len(name) <= LONGEST_DEVICE_NAME:
        raise Invalid(device_name=f"Name the tablet, like Bar tablet, with at most {LONGEST_DEVICE_NAME} characters")
    return name
