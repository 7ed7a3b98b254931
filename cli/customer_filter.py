"""The options that say which customers a command is about, with the filters of the list on screen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import click
from sqlalchemy.orm import Session

from cli.common import day
from venue import fields, tags
from venue.customers import CustomerFilter
from venue.customers.attendance import Attendance
from venue.customers.booking_status import Booked
from venue.customers.filters import Email
from venue.customers.visit_counts import Came
from venue.errors import Invalid
from venue.fields.conditions import checked_wanted

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--search", "words", default="", help="Only customers who match, as on the screen."),
    click.option("--booked", type=click.Choice([status.value for status in Booked]), help="Only this booking status."),
    click.option("--event", "event_id", type=click.UUID, metavar="ID", help="Only customers booked on this event."),
    click.option(
        "--added-from", "created_from", callback=day, metavar="DAY", help="Only those added on this day or later."
    ),
    click.option(
        "--added-to", "created_to", callback=day, metavar="DAY", help="Only those added on this day or earlier."
    ),
    click.option("--cannot-text", is_flag=True, help="Only customers who cannot be texted."),
    click.option(
        "--email", type=click.Choice([each.value for each in Email]), help="Only those with, or without, an address."
    ),
    click.option(
        "--came",
        type=click.Choice([group.value for group in Came]),
        help="Only those who came once, come often, have stopped coming, or were a no-show in the last year.",
    ),
    click.option(
        "--attendance",
        type=click.Choice([mark.value for mark in Attendance]),
        help="Only those marked at the door: of the event, or of any.",
    ),
    click.option("--first-came-from", "first_from", callback=day, metavar="DAY", help="Who first came then or later."),
    click.option("--first-came-to", "first_to", callback=day, metavar="DAY", help="Who first came then or earlier."),
    click.option("--came-again", is_flag=True, help="Who came again within 60 days of the first time."),
    click.option(
        "--cancelled-late", "late_event_id", type=click.UUID, metavar="ID", help="Who cancelled this event late."
    ),
    click.option("--tag", "tags", multiple=True, metavar="NAME", help="Only customers with this tag."),
    click.option("--without-tags", is_flag=True, help="Only customers without any tag."),
    click.option(
        "--field",
        "own",
        multiple=True,
        metavar="NAME=VALUE",
        help="Only customers with this in a field of the venue's own: a text contains it, a number or day may be "
        "5..10.",
    ),
)


@dataclass(frozen=True)
class TypedFilter:
    """The options as they were typed. Tags and fields are named, and looked up when the venue is open."""

    fields: dict[str, Any] = field(default_factory=dict)
    tags: Sequence[str] = ()
    own: Sequence[str] = ()

    @property
    def in_use(self) -> list[str]:
        """The names of the filters that are set."""
        named = [name for name in ("tags", "own") if getattr(self, name)]
        return sorted([*CustomerFilter(**self.fields).in_use(), *named])

    def read(self, session: Session) -> CustomerFilter:
        """Raises NotFound for a tag or field that does not exist, and Invalid for a value that makes no sense."""
        tag_ids = tuple(tags.named(session, name).id for name in dict.fromkeys(self.tags))
        wanted = tuple(_wanted(session, pair) for pair in self.own)
        return CustomerFilter(**self.fields, tags=tag_ids, own=wanted)


def filter_options(command: Command) -> Command:
    """Add the options to a command. Give what it gets of them to `typed`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def typed(options: dict[str, Any]) -> TypedFilter:
    booked, came, mark = options.pop("booked"), options.pop("came"), options.pop("attendance")
    tag_names, own = options.pop("tags"), options.pop("own")
    groups = {
        "booked": Booked(booked) if booked else None,
        "came": Came(came) if came else None,
        "attendance": Attendance(mark) if mark else None,
    }
    return TypedFilter({**options, **groups}, tag_names, own)


def _wanted(session: Session, pair: str) -> tuple[UUID, str]:
    """What is wanted of a field, as in an address."""
    name, _, wanted = pair.partition("=")
    own = fields.named(session, name)
    try:
        return own.id, checked_wanted(own, wanted)
    except ValueError as problem:
        raise Invalid(own=str(problem)) from None
