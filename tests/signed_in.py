"""Signed-in staff for tests of screens: rows in the database, without a password to hash."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from db.models import SignIn, Staff
from venue.profile import Venue
from venue.roles import SIGN_IN, Role
from venue.staff import names, tokens

AN_HOUR = timedelta(hours=1)


def sign_in(
    venue: Venue, *, now: datetime, name: str = "Max", role: Role = Role.MANAGER, lasts: timedelta = AN_HOUR
) -> str:
    """Sign a member of staff in, who is added when missing, and return the token for the cookie."""
    token = tokens.new_token()
    with venue.transaction(SIGN_IN) as session:
        staff = session.scalar(select(Staff).where(Staff.name_key == names.key(name)))
        if staff is None:
            staff = Staff(name=name, name_key=names.key(name), role=role.value, created_at=now, updated_at=now)
            session.add(staff)
            session.flush()
        session.add(
            SignIn(
                token_hash=tokens.hashed(token),
                staff_id=staff.id,
                method="password",
                created_at=now,
                last_used_at=now,
                confirmed_at=now,
                expires_at=now + lasts,
            )
        )
    return token


def storage(token: str) -> dict[str, Any]:
    """What Playwright's browser has stored: the cookie, for every server on this machine."""
    return {"cookies": [_cookie(token)], "origins": []}


def _cookie(token: str) -> dict[str, Any]:
    return {
        "name": tokens.SESSION_COOKIE,
        "value": token,
        "domain": "localhost",
        "path": "/",
        "expires": -1,
        "httpOnly": True,
        "secure": False,
        "sameSite": "Lax",
    }


def header(token: str) -> dict[str, str]:
    return {"Cookie": f"{tokens.SESSION_COOKIE}={token}"}
