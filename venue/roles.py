"""Actors, and what each role is allowed to do."""

from dataclasses import dataclass
from enum import StrEnum, auto
from uuid import UUID

from sqlalchemy.orm import Session

from venue.errors import ConfirmFirst, NotAllowed


class Role(StrEnum):
    VIEWER = auto()
    STAFF = auto()
    MANAGER = auto()


class Permission(StrEnum):
    """What an actor is allowed to do. The values complete "may not …" and "To …" in error messages."""

    READ = "view data"
    CUSTOMERS = "change customers"
    BOOKINGS = "change bookings"
    EVENTS = "change events"
    TEXTS = "text customers"
    DELETE = "delete customers"
    EXPORT = "export data"
    IMPORT = "import data"
    BULK = "pause, resume or send many texts at once"
    TEMPLATES = "change text templates"
    SETTINGS = "change the venue's settings"
    PAST_EVENTS = "book onto an event that is over"
    OVERBOOK = "set a capacity below the seats that are booked"
    DELIVERY = "send queued texts"
    REQUESTS = "answer requests about data"
    FIELDS = "change tags and fields of customers"
    MERGE = "merge customers"
    CHANGE_MANY = "change many customers at once"
    SHARED_VIEWS = "change shared views"
    NUMBERS = "see full numbers"
    JOURNAL = "view the journal"
    ACCOUNTS = "manage staff accounts"
    SIGN_IN = "sign staff in"


_READ = frozenset({Permission.READ})
_STAFF = _READ | {
    Permission.NUMBERS,
    Permission.CUSTOMERS,
    Permission.BOOKINGS,
    Permission.EVENTS,
    Permission.TEXTS,
}
_MANAGER = frozenset(Permission) - {Permission.DELIVERY, Permission.SIGN_IN}

MAY = {Role.VIEWER: _READ, Role.STAFF: _STAFF, Role.MANAGER: _MANAGER}

# For these, staff enter their password or PIN again if the last time was over 10 minutes ago.
SENSITIVE = frozenset(
    {
        *(Permission.EXPORT, Permission.IMPORT, Permission.BULK, Permission.CHANGE_MANY),
        *(Permission.DELETE, Permission.ACCOUNTS),
    }
)


@dataclass(frozen=True)
class Actor:
    """A member of staff or a program, and what they are allowed to do.

    Staff have a `staff_id`, and the `sign_in_id` of the browser they use. `recently_confirmed` is whether they entered
    their password or PIN within the last 10 minutes, and `confirmed_by_pin` whether it was the PIN.
    """

    name: str
    permissions: frozenset[Permission]
    staff_id: UUID | None = None
    sign_in_id: UUID | None = None
    recently_confirmed: bool = True
    confirmed_by_pin: bool = False

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @classmethod
    def with_role(cls, name: str, role: Role) -> "Actor":
        return cls(name, MAY[role])


SCHEDULER = Actor("scheduler", frozenset({Permission.READ, Permission.NUMBERS, Permission.DELIVERY}))
SIGN_IN = Actor("sign-in", frozenset({Permission.SIGN_IN}))
COMMAND_LINE = Actor("command line", frozenset(Permission))
DESK = Actor.with_role("staff", Role.MANAGER)


def require(session: Session, permission: Permission, *or_one_of: Permission, ask_again: bool = True) -> Actor:
    """The actor of this session. Raises NotAllowed unless they have one of these permissions, and when the session has
    no actor.

    Raises ConfirmFirst if they may do this only by a sensitive permission, and have not entered their password or PIN
    in the last 10 minutes. `ask_again=False` is for what only reads, such as a list of accounts.
    """
    actor: Actor | None = session.info.get("actor")
    if actor is None:
        raise NotAllowed("You are not signed in")
    held = [each for each in (permission, *or_one_of) if actor.may(each)]
    if not held:
        raise NotAllowed(f"{actor.name} may not {permission}: ask a manager", permission)
    if ask_again and SENSITIVE.issuperset(held) and not actor.recently_confirmed:
        raise ConfirmFirst(f"To {held[0]}, enter your password or PIN again: the last time was over 10 minutes ago")
    return actor
