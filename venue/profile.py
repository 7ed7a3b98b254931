"""The venue: its name, time zone, settings and database."""

import time as stopwatch
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from db.models import VenueSetting
from db.session import Database, is_busy
from venue import acts, clock
from venue.acts import Act
from venue.backup_plan import BackupPlan
from venue.bulk_texts import BulkTexts
from venue.clock import Hours
from venue.errors import Busy, NotAllowed
from venue.roles import Actor
from venue.timing import Timing

# How long a process may use a setting that another process has changed.
READ_AGAIN_SECONDS = 30
# How long the same refusal again is not noted, so that no one can fill the journal with them.
REFUSAL_SECONDS = 60
MOST_REFUSALS = 1_000
CHOICE = "choice."
SENDING_HOURS, CONSENT_WORDINGS = f"{CHOICE}sending_hours", f"{CHOICE}consent_wordings"
REWARD_NAME, REWARD_EVERY, DEFAULT_REWARD_EVERY = f"{CHOICE}reward_name", f"{CHOICE}reward_every", 10
RETENTION_MONTHS, DEFAULT_RETENTION_MONTHS = f"{CHOICE}retention_months", 24


@dataclass
class _Choices:
    """The settings changed by the venue, as this process last read them. `monotonic` returns seconds, and never goes
    back."""

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
    """The venue's settings and its database. Entry points create it, and each session carries it.

    `hours` are the sending hours of reminders (None = always). `reminders_at` is their time of day (None = the event's
    own). `simulated` means that no text is really sent. `fictional_numbers` means that numbers reserved for films may
    be stored. `email_from` is the address that e-mails to guests come from, or empty: then none are sent. `public_url`
    is the address at which Twilio can reach the web server, or empty. `timing` is how long each step of sending may
    take. `backups` says when and where nightly backups are made.

    At first it has the values of the environment. `current` returns it with the settings that the venue has changed;
    sessions carry that one, whose `opened` is the original.
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
    email_from: str = ""
    reminders_at: time | None = None
    timing: Timing = field(default_factory=Timing)
    backups: BackupPlan = field(default_factory=BackupPlan)
    bulk_texts: BulkTexts = field(default_factory=BulkTexts)
    choices: _Choices = field(default_factory=_Choices, repr=False, compare=False)
    opened: "Venue | None" = field(default=None, repr=False, compare=False)
    # When each was last noted, by actor and permission.
    refusals: dict[tuple[Actor, str], float] = field(default_factory=dict, repr=False, compare=False)

    def current(self) -> "Venue":
        """The venue with the settings it has changed, read from the database at most 30 seconds ago."""
        if self.choices.are_old:
            with self.database.reading() as session:
                self.choices.read(session)
        opened = self.opened or self
        typed = self.choices.values.get(SENDING_HOURS)
        return opened if typed is None else replace(opened, opened=opened, hours=clock.read_hours(typed))

    @property
    def sends_email(self) -> bool:
        """Whether guests may get e-mails instead of texts."""
        return bool(self.email_from)

    @property
    def consent_wordings(self) -> Sequence[str]:
        """What staff may say when they ask whether the venue may send news and offers."""
        typed = self.choices.values.get(CONSENT_WORDINGS)
        default = f"May {self.name} text you news and offers? You can stop them at any time by replying STOP."
        return [line.strip() for line in typed.splitlines() if line.strip()] if typed else [default]

    @property
    def retention_months(self) -> int:
        """After how many months without a visit or contact a customer is proposed for erasure."""
        return int(self.choices.values.get(RETENTION_MONTHS, DEFAULT_RETENTION_MONTHS))

    @property
    def reward_name(self) -> str:
        """What customers are given for coming often, like "a free pint"; empty for nothing."""
        return self.choices.values.get(REWARD_NAME, "")

    @property
    def reward_every(self) -> int:
        """After every how many visits they get it."""
        return int(self.choices.values.get(REWARD_EVERY, DEFAULT_REWARD_EVERY))

    def transaction(self, actor: Actor) -> AbstractContextManager[Session]:
        """A session for a command of this actor, in one transaction."""
        return self._for(actor, self.database.transaction)

    @contextmanager
    def transaction_for_staff(self, actor: Actor) -> Iterator[Session]:
        """As `transaction`, for screens. Raises Busy when another transaction holds up this one for too long."""
        try:
            with self.transaction(actor) as session:
                yield session
        except OperationalError as error:
            if is_busy(error):
                raise Busy from error
            raise

    def reading(self, actor: Actor) -> AbstractContextManager[Session]:
        """A read-only session of this actor."""
        return self._for(actor, self.database.reading)

    def reading_at_length(self, actor: Actor) -> AbstractContextManager[Session]:
        """A read-only session of this actor for long reads, in one transaction, such as an export."""
        return self._for(actor, self.database.reading_at_length)

    def reading_a_snapshot(self, actor: Actor) -> AbstractContextManager[Session]:
        """As `reading_at_length`, and all statements see the database as it was at the first one."""
        return self._for(actor, self.database.reading_a_snapshot)

    def with_database(self, database: Database) -> "Venue":
        """The venue with another database, such as a restored backup, and the settings that are in it."""
        return replace(self.opened or self, database=database, choices=_Choices(), opened=None, refusals={})

    def trial(self, actor: Actor) -> AbstractContextManager[Session]:
        """A session of this actor in one transaction that is rolled back at the end, to see what a command would do."""
        return self._for(actor, self.database.trial)

    @contextmanager
    def _for(self, actor: Actor, begin: Callable[..., AbstractContextManager[Session]]) -> Iterator[Session]:
        info = {"actor": actor, "venue": self.current()}
        try:
            with begin(**info) as session:
                yield session
        except NotAllowed as refused:
            # In a transaction of its own, since this one was rolled back.
            if refused.permission and self._is_first(actor, refused.permission):
                with self.database.transaction(**info) as session:
                    acts.note(session, Act.REFUSED, permission=refused.permission)
            raise

    def _is_first(self, actor: Actor, permission: str) -> bool:
        """Whether this refusal was not noted in the last minute."""
        now, last = self.choices.monotonic(), self.refusals.get((actor, permission))
        if last is not None and now < last + REFUSAL_SECONDS:
            return False
        if len(self.refusals) >= MOST_REFUSALS:
            self.refusals.clear()
        self.refusals[actor, permission] = now
        return True


def venue_of(session: Session) -> Venue:
    """The venue whose session this is."""
    venue: Venue = session.info["venue"]
    return venue
