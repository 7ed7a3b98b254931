"""What the user of this browser may do: screens leave out the rest, and say why when reached by address."""

from typing import Any

from pages.parts.context import actor, reading
from venue.roles import Permission, require


def may(permission: Permission) -> bool:
    return actor().may(permission)


def need(permission: Permission, *or_one_of: Permission) -> None:
    """Called first on a screen that only some may use. Raises NotAllowed, which is shown in place of the screen."""
    with reading(actor()) as session:
        require(session, permission, *or_one_of, ask_again=False)


def if_may(permission: Permission, *ways: Any) -> tuple[Any, ...]:
    """These buttons and links, or none."""
    return ways if may(permission) else ()
