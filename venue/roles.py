"""Who acts, and what each role may do."""

from dataclasses import dataclass
from enum import StrEnum, auto

from sqlalchemy.orm import Session

from venue.errors import NotAllowed


class Role(StrEnum):
    VIEWER = auto()
    STAFF = auto()
    MANAGER = auto()


class Permission(StrEnum):
    """Each says what it allows, so that a refusal can."""

    READ = "look things up"
    CUSTOMERS = "change customers"
    BOOKINGS = "change bookings"
    EVENTS = "change events"
    TEXTS = "text customers"
    DELETE = "delete customers"
    EXPORT = "take data out"
    IMPORT = "bring data in"
    BULK = "hold, release or send many texts at once"
    TEMPLATES = "change the words of texts"
    SETTINGS = "change the settings of the venue"
    PAST_EVENTS = "book onto an event that is over"
    DELIVERY = "send what is queued"


_READ = frozenset({Permission.READ})
_STAFF = _READ | {Permission.CUSTOMERS, Permission.BOOKINGS, Permission.EVENTS, Permission.TEXTS}
_MANAGER = frozenset(Permission) - {Permission.DELIVERY}

MAY = {Role.VIEWER: _READ, Role.STAFF: _STAFF, Role.MANAGER: _MANAGER}


@dataclass(frozen=True)
class Actor:
    """In whose name something is done."""

    name: str
    permissions: frozenset[Permission]

    @classmethod
    def with_role(cls, name: str, role: Role) -> "Actor":
        return cls(name, MAY[role])


SCHEDULER = Actor("scheduler", frozenset({Permission.READ, Permission.DELIVERY}))
COMMAND_LINE = Actor("command line", frozenset(Permission))
DESK = Actor.with_role("the desk", Role.MANAGER)


def require(session: Session, permission: Permission, *or_one_of: Permission) -> Actor:
    """The actor of this session, if they have the permission, or one of the others. Raises NotAllowed if they do not,
    and when the session has no actor."""
    actor: Actor | None = session.info.get("actor")
    if actor is None:
        raise NotAllowed("Nobody is signed in")
    if actor.permissions.isdisjoint((permission, *or_one_of)):
        raise NotAllowed(f"{actor.name} may not {permission}: ask a manager")
    return actor
