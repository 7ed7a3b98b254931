"""What the user of this browser may do: screens leave out the rest, and say why when reached by address."""

from typing import Any

from pages.parts.context import actor, reading
from venue.errors import NotAllowed
from venue.roles import Permission, require


class ScreenNotAllowed(NotAllowed):
    """The actor may not use this screen, of which nothing is drawn yet."""


def may(permission: Permission) -> bool:
    return actor().may(permission)


def need(permission: Permission, *or_one_of: Permission) -> None:
    """Called first on a screen that only some may use. Raises ScreenNotAllowed, which is shown in its place."""
    try:
        with reading(actor()) as session:
            require(session, permission, *or_one_of, ask_again=False)
    except NotAllowed as refused:
        raise ScreenNotAllowed(str(refused), refused.permission) from None


def if_may(permission: Permission, *ways: Any) -> tuple[Any, ...]:
    """These buttons and links, or none."""
    return ways if may(permission) else ()
