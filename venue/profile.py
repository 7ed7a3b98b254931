"""The venue itself: what it is called, its time zone, what it has chosen, and where its data is stored."""

import time as stopwatch
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import VenueSetting
from db.session import Database
from venue import clock
from venue.clock import Hours
from venue.roles import Actor
from venue.timing import Timing

# How long a process may go on with a choice that another process has changed.
READ_AGAIN_SECONDS = 30
CHOICE = "choice."
SENDING_HOURS = f"{CHOICE}sending_hours"


@dataclass
class _Choices:
    """What the venue has chosen, as a process read it last; `monotonic` counts the seconds of that process."""

    monotonic: Callable[[], float] = stopwatch.monotonic
    read_at: float | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def are_old(self) -> bool:
        return self.read_at is None or self.monotonic() >= self.read_at + READ_AGAIN_SECONDS

    def read(self, session: Session) -> None:
        rows = session.execute(
            select(VenueSetting.name, VenueSetting.value).where(VenueSetting.name.startswith(CHOICE, autoescape=True))
        )
        self.values = {row.name: row.value for row in rows}
        self.read_at = self.monotonic()


@dataclass(frozen=True)
class Venue:
    """Passed down from the entry point; each session carries it, so that commands know whose venue they serve.

    `hours` are the sending hours of reminders (None = always), `reminders_at` their time of day (None = the event's
    own); `simulated` says that no text leaves the machine, `fictional_numbers` that numbers made up for films may be
    kept, since no text can reach a person; `public_url` is where the provider can reach the web server and is heard,
    or empty; `timing` is how long each step of sending may take.

    As opened it is what the environment says. `current` is the same with what the venue has chosen, and what sessions
    carry: its `opened` is the one it was made from.
    """

    name: str
    phone: str
    zone: ZoneInfo
    region: str
    hours: Hours | None
    simulated: bool
    database: Database
    fictional_numbers: bool = True
    public_url: str = ""
    reminders_at: time | None = None
    timing: Timing = field(default_factory=Timing)
    choices: _Choices = field(default_factory=_Choices, repr=False, compare=False)
    opened: "Venue | None" = field(default=None, repr=False, compare=False)

    def current(self) -> "Venue":
        """The venue with its choices, which were read from the database at most half a minute ago."""
        if self.choices.are_old:
            with self.database.reading() as session:
                self.choices.read(session)
        opened = self.opened or self
        typed = self.choices.values.get(SENDING_HOURS)
        return opened if typed is None else replace(opened, opened=opened, hours=clock.read_hours(typed))

    def transaction(self, actor: Actor) -> AbstractContextManager[Session]:
        """The one transaction of a command, in the name of an actor."""
        return self.database.transaction(actor=actor, venue=self.current())

    def reading(self, actor: Actor) -> AbstractContextManager[Session]:
        """A session in their name that only looks."""
        return self.database.reading(actor=actor, venue=self.current())

    def reading_at_length(self, actor: Actor) -> AbstractContextManager[Session]:
        """For looking at all there is, in one transaction that may take long."""
        return self.database.reading_at_length(actor=actor, venue=self.current())


def venue_of(session: Session) -> Venue:
    """The venue that a session was opened for."""
    venue: Venue = session.info["venue"]
    return venue
