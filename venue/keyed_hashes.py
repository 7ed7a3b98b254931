"""Hashes in place of names and numbers of erased customers, so that they are recognised and cannot be read.

The key is different in each database, and never leaves it: the hashes cannot be compared with a list of numbers.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import VenueSetting
from db.writes import insert_once
from venue.roles import Permission, require

KEY = "secret.deletions"


def stored_key(session: Session) -> str | None:
    """The key of this database; None if nothing was hashed yet."""
    require(session, Permission.READ)
    return session.scalar(select(VenueSetting.value).where(VenueSetting.name == KEY))


def made_key(session: Session, *, now: datetime) -> str:
    """The key of this database, which is made if there is none."""
    require(session, Permission.DELETE)
    key = stored_key(session)
    if key is not None:
        return key
    insert_once(session, VenueSetting, [{"name": KEY, "value": secrets.token_hex(32), "updated_at": now}])
    return session.scalars(select(VenueSetting.value).where(VenueSetting.name == KEY)).one()


def keyed_hash(key: str, value: str) -> str:
    return hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()
