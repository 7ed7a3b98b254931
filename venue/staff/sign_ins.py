"""Sign-ins: who is signed in where, and ending that."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session, aliased

from db.models import Device, SignIn, Staff
from db.writes import delete_where, update_where
from venue.acts import Act, act
from venue.roles import Permission, require
from venue.setting_list import MOST_LOCK_MINUTES
from venue.staff import browsers
from venue.staff.codes import CLOCK_TOLERANCE

# Ended and expired ones are kept this long, so that last uses can be looked up.
KEPT_FOR = timedelta(days=30)
# A shared tablet locks itself after some minutes. If its browser cannot, its sign-in ends this long after the last use.
UNUSED_TABLET = timedelta(minutes=MOST_LOCK_MINUTES)


@dataclass(frozen=True)
class SignInRow:
    """A browser that is signed in. `device` is in words, like "Chrome on Android" or "Bar tablet, Chrome on
    Android"."""

    id: UUID
    staff_id: UUID
    name: str
    device: str
    is_shared: bool
    method: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


def is_live(now: datetime) -> ColumnElement[bool]:
    """SQL that is true for a sign-in with its member of staff joined, unless it ended, it expired or they are disabled.

    One from further ahead than clocks differ was made by a wrong clock, and would last too long: it counts as expired.
    So does one on a shared tablet that has not been used for an hour.
    """
    tablet = aliased(Device)
    is_on_tablet = exists().where(tablet.id == SignIn.device_id, tablet.is_shared)
    return and_(
        SignIn.ended_at.is_(None),
        SignIn.expires_at > now,
        SignIn.created_at <= now + CLOCK_TOLERANCE,
        Staff.disabled_at.is_(None),
        or_(SignIn.last_used_at > now - UNUSED_TABLET, not_(is_on_tablet)),
    )


def listed(session: Session, *, now: datetime, staff_id: UUID | None = None) -> Sequence[SignInRow]:
    """Who is signed in where, those used last first; of one person with `staff_id`, who may see their own."""
    _require_accounts_or_own(session, staff_id, ask_again=False)
    rows = session.execute(
        select(SignIn, Staff.name, Device.name.label("device_name"), Device.is_shared)
        .join(Staff, Staff.id == SignIn.staff_id)
        .outerjoin(Device, Device.id == SignIn.device_id)
        .where(is_live(now), SignIn.staff_id == staff_id if staff_id else SignIn.id.is_not(None))
        .order_by(SignIn.last_used_at.desc(), SignIn.id)
    )
    return [
        SignInRow(
            id=row.SignIn.id,
            staff_id=row.SignIn.staff_id,
            name=row.name,
            device=_device(row.device_name, row.SignIn.user_agent),
            is_shared=bool(row.is_shared),
            method=row.SignIn.method,
            created_at=row.SignIn.created_at,
            last_used_at=row.SignIn.last_used_at,
            expires_at=row.SignIn.expires_at,
        )
        for row in rows
    ]


def on_tablet(session: Session) -> UUID | None:
    """The actor's sign-in if it is on a shared tablet, which locks without use; else None."""
    sign_in_id = require(session, Permission.READ).sign_in_id
    shared = select(SignIn.id).join(Device, Device.id == SignIn.device_id).where(Device.is_shared)
    return session.scalar(shared.where(SignIn.id == sign_in_id)) if sign_in_id else None


@act(Act.SIGN_INS_ENDED)
def end_one(session: Session, sign_in_id: UUID, *, now: datetime) -> int:
    """End one sign-in, at once, and return whether it was open (1 or 0). Everyone may end their own."""
    require(session, Permission.READ, Permission.ACCOUNTS)
    _require_accounts_or_own(session, session.scalar(select(SignIn.staff_id).where(SignIn.id == sign_in_id)))
    return _end(session, SignIn.id == sign_in_id, now)


@act(Act.SIGN_INS_ENDED)
def end_all_of(session: Session, staff_id: UUID, *, now: datetime, keep: UUID | None = None) -> int:
    """End all sign-ins of one person except `keep`, at once, and return how many. Everyone may end their own."""
    _require_accounts_or_own(session, staff_id)
    return _end(session, and_(SignIn.staff_id == staff_id, _but(keep)), now)


@act(Act.SIGN_INS_ENDED)
def end_everyone(session: Session, *, keep: UUID | None, now: datetime) -> int:
    """End all sign-ins except `keep`, at once, and return how many."""
    require(session, Permission.ACCOUNTS)
    return _end(session, _but(keep), now)


def ended_among(session: Session, ids: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Which of these sign-ins are over: ended, expired, deleted, or of a disabled account."""
    require(session, Permission.SIGN_IN)
    live = select(SignIn.id).join(Staff, Staff.id == SignIn.staff_id).where(SignIn.id.in_(ids), is_live(now))
    return set(ids) - set(session.scalars(live)) if ids else set()


def tidy(session: Session, *, now: datetime) -> int:
    """Delete sign-ins that were over 30 days ago, for the scheduler, and return their number."""
    require(session, Permission.DELIVERY)
    before = now - KEPT_FOR
    return delete_where(session, SignIn, or_(SignIn.expires_at < before, SignIn.ended_at < before))


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    return update_where(session, SignIn, and_(which, SignIn.ended_at.is_(None)), {"ended_at": now})


def _but(keep: UUID | None) -> ColumnElement[bool]:
    return SignIn.id.is_not(None) if keep is None else SignIn.id != keep


def _device(device_name: str | None, user_agent: str) -> str:
    browser = browsers.described(user_agent)
    return f"{device_name}, {browser}" if device_name else browser


def _require_accounts_or_own(session: Session, staff_id: UUID | None, *, ask_again: bool = True) -> None:
    actor = require(session, Permission.ACCOUNTS, Permission.READ, Permission.SIGN_IN)
    is_own = staff_id is not None and actor.staff_id == staff_id
    if not is_own and Permission.SIGN_IN not in actor.permissions:
        require(session, Permission.ACCOUNTS, ask_again=ask_again)
