"""Whether the actor has entered their password or PIN recently, before changes of how someone signs in."""

from sqlalchemy.orm import Session

from venue.errors import ConfirmFirst
from venue.roles import Permission, require

LONG_AGO = "the last time was over 10 minutes ago"


def require_confirmed(session: Session) -> None:
    """Raises ConfirmFirst when the actor has not entered their password or PIN recently: an open screen that another
    person finds must not give them the account."""
    if not require(session, Permission.READ).recently_confirmed:
        raise ConfirmFirst(f"To change how you sign in, enter your password or PIN again: {LONG_AGO}")


def require_password(session: Session) -> None:
    """Raises ConfirmFirst when the actor has not entered their password recently. A PIN is good on shared tablets only,
    and must not give its finder an account everywhere."""
    actor = require(session, Permission.READ, Permission.ACCOUNTS)
    if actor.confirmed_by_pin or not actor.recently_confirmed:
        why = "a PIN is not enough" if actor.confirmed_by_pin else LONG_AGO
        raise ConfirmFirst(f"To change how someone signs in, enter your password again: {why}", by_password=True)
