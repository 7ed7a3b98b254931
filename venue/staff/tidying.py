"""Delete what signing in leaves behind."""

from datetime import datetime

from sqlalchemy.orm import Session

from venue.roles import Permission, require
from venue.staff import codes, devices, sign_ins, throttle


def tidy(session: Session, *, now: datetime) -> int:
    """Delete counters, codes, sign-ins and browsers that are over, for the scheduler, and return their number."""
    require(session, Permission.DELIVERY)
    return sum(each.tidy(session, now=now) for each in (throttle, codes, sign_ins, devices))
