"""The venue: its name, time zone, settings and database."""

import logging
import time as stopwatch
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from db.models import VenueSetting
from db.session import Database, changed_just_now, is_busy
from venue import acts, setting_list
from venue.acts import Act
from venue.backup_plan import BackupPlan
from venue.bulk_texts import BulkTexts
from venue.clock import Hours
from venue.errors import Busy, ChangedJustNow, NotAllowed
from venue.roles import Actor
from venue.timing import Timing

# How long a process may use a setting that another process has changed.
READ_AGAIN_SECONDS = 30
# How long the same refusal again is not noted, so that no one can fill the journal with them.
REFUSAL_SECONDS = 60
MOST_REFUSALS = 1_000
CHOICE = "choice."

log = logging.getLogger(__name__)


@dataclass
class _Choices:
    """The settings changed by the venue, as this process last read them. `monotonic` returns seconds, and never goes
    back."""

    monotonic: Callable[[], float] = stopwatch.monotonic
    read_at: float | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    # Which values were put in place of which venue's, and the result. Threads share this.
    applied: "tuple[Mapping[str, str], Venue, Venue] | None" = None

    @property
    def are_old(self) -> bool:
        return self.read_at is None or self.monotonic() >= self.read_at + READ_AGAIN_SECONDS

    def read(self, session: Session) -> None:
        self.values = read_choices(session)
        self.read_at = self.monotonic()

    def apply(self, opened: "Venue") -> "Venue":
        """The venue of the environment with these values."""
        values, applied = self.values, self.applied
        if applied is None or applied[0] is not values or applied[1] is not opened:
            applied = self.applied = values, opened, with_choices(opened, values)
        return applied[2]


@dataclass(frozen=True)
class TextLimits:
    """The most texts that all schedulers together may send."""

    per_second: int = 10
    per_day: int = 5_000


@dataclass(frozen=True)
class Venue:
    """The venue's settings and its database. Entry points create it, and each session carries it.

    `hours` are the sending hours of reminders (None = always). `reminders_at` is their time of day (None = the event's
    own). `simulated` means that no text is really sent. With `is_demo`, everyone is signed in without a password.
    `fictional_numbers` means that numbers reserved for films may
    be stored. `email_from` is the address that e-mails to guests come from, or empty: then none are sent. `public_url`
    is the address at which Twilio can reach the web server, or empty. `timing` is how long each step of sending may
    take. `backups` says when and where nightly backups are made. `wordings` are what staff may say when they ask for
    consent to news and offers; none for the default. After `retention_months` without a visit or contact a customer is
    proposed for erasure. Customers get `reward_name`, like "a free pint", after every `reward_every` visits; empty for
    nothing. A sign-in lasts `sign_in_hours`; an unused shared tablet locks after `tablet_lock_minutes`.

    At first it has the values of the environment, in which `variables` are set. `current` returns it with the settings
    that the venue has changed; sessions carry that one, whose `opened` is the original.
    """

    name: str
    phone: str
    zone: ZoneInfo
    region: str
    hours: Hours | None
    simulated: bool
    database: Database
    is_demo: bool = False
    fictional_numbers: bool = True
    public_url: str = ""
    email_from: str = ""
    reminders_at: time | None = None
    timing: Timing = field(default_factory=Timing)
    backups: BackupPlan = field(default_factory=BackupPlan)
    bulk_texts: BulkTexts = field(default_factory=BulkTexts)
    limits: TextLimits = field(default_factory=TextLimits)
    wordings: tuple[str, ...] = ()
    retention_months: int = 24
    reward_name: str = ""
    reward_every: int = 10
    sign_in_hours: int = 12
    tablet_lock_minutes: int = 3
    variables: frozenset[str] = frozenset()
    choices: _Choices = field(default_factory=_Choices, repr=False, compare=False)
    opened: "Venue | None" = field(default=None, repr=False, compare=False)
    # When each was last noted, by actor and permission.
    refusals: dict[tuple[Actor, str], float] = field(default_factory=dict, repr=False, compare=False)

    def current(self) -> "Venue":
        """The venue with the settings it has changed, read from the database at most 30 seconds ago."""
        if self.choices.are_old:
            with self.database.reading() as session:
                self.choices.read(session)
        return self.choices.apply(self.opened or self)

    @property
    def sends_email(self) -> bool:
        """Whether guests may get e-mails instead of texts."""
        return bool(self.email_from)

    @property
    def consent_wordings(self) -> tuple[str, ...]:
        """What staff may say when they ask whether the venue may send news and offers."""
        default = f"May {self.name} text you news and offers? You can stop them at any time by replying STOP."
        return self.wordings or (default,)

    def transaction(self, actor: Actor) -> AbstractContextManager[Session]:
        """A session for a command of this actor, in one transaction."""
        return self._for(actor, self.database.transaction)

    @contextmanager
    def transaction_for_staff(self, actor: Actor) -> Iterator[Session]:
        """As `transaction`, for screens. Raises Busy when another transaction holds up this one for too long, and
        ChangedJustNow when it changed the same rows."""
        try:
            with self.transaction(actor) as session:
                yield session
        except (OperationalError, StaleDataError) as error:
            if changed_just_now(error):
                raise ChangedJustNow from error
            if isinstance(error, OperationalError) and is_busy(error):
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

    @contextmanager
    def past_the_pooler(self) -> Iterator["Venue"]:
        """The venue with its database as it is without a pooler in between."""
        with self.database.past_the_pooler() as itself:
            yield self.with_database(itself)

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


def read_choices(session: Session) -> dict[str, str]:
    """The settings changed by the venue, as they are stored, by name."""
    rows = session.execute(
        select(VenueSetting.name, VenueSetting.value).where(VenueSetting.name.startswith(CHOICE, autoescape=True))
    )
    return {row.name.removeprefix(CHOICE): row.value for row in rows}


def with_choices(opened: Venue, values: Mapping[str, str]) -> Venue:
    """The venue of the environment with these settings in place. One that cannot be parsed is logged and left out."""
    changed = opened
    for setting in setting_list.ALL:
        if setting.name in values:
            try:
                changed = setting.put(changed, setting.read(values[setting.name]))
            except ValueError as problem:
                log.warning("The setting %s is not used: %s", setting.name, problem)
    return replace(changed, opened=opened) if changed is not opened else opened


def venue_of(session: Session) -> Venue:
    """The venue whose session this is."""
    venue: Venue = session.info["venue"]
    return venue
