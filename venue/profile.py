"""The venue itself: what it is called, where its clock stands, and where its data lies."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from db.session import Database
from venue.clock import Hours
from venue.roles import Actor
from venue.timing import Timing


@dataclass(frozen=True)
class Venue:
    """Passed down from the entry point; each session carries it, so that commands know whose venue they serve.

    `hours` are the sending hours of reminders (None = always), `reminders_at` their time of day (None = the event's
    own); `simulated` says that no text leaves the machine, `fictional_numbers` that numbers made up for films may be
    kept, since no text can reach a person; `public_url` is where the provider can reach the web server and is heard,
    or empty; `timing` is how long each step of sending may take.
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

    def transaction(self, actor: Actor) -> AbstractContextManager[Session]:
        """The one transaction of a command, in the name of an actor."""
        return self.database.transaction(actor=actor, venue=self)

    def reading(self, actor: Actor) -> AbstractContextManager[Session]:
        """A session in their name that only looks."""
        return self.database.reading(actor=actor, venue=self)

    def reading_at_length(self, actor: Actor) -> AbstractContextManager[Session]:
        """For looking at all there is, in one transaction that may take long."""
        return self.database.reading_at_length(actor=actor, venue=self)


def venue_of(session: Session) -> Venue:
    """The venue that a session was opened for."""
    venue: Venue = session.info["venue"]
    return venue
