"""A venue's database, a provider, and schedulers between them, each a process of its own; and the count afterwards."""

import contextlib
import json
import math
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, or_, select

from db.models import Customer, Message
from tests.fakes.twilio_server import ACCOUNT, FROM, TOKEN
from tests.faults import failing_scheduler
from tests.makers import MANAGER, a_customer, an_event
from tests.patience import PATIENCE
from tests.process_logs import assert_without_numbers
from venue import bookings, clock
from venue.delivery import sender
from venue.messages.states import State
from venue.profile import Venue

ROOT = Path(__file__).parents[2]

# As in production, only faster. A frozen scheduler stays so for less than settle + look_interval - LIST_LAG.
FAST = {
    "TICK_SECONDS": "0.3",
    "SEND_DEADLINE_SECONDS": "0.5",
    "SEND_CONNECT_TIMEOUT_SECONDS": "0.4",
    "SEND_READ_TIMEOUT_SECONDS": "0.8",
    "SEND_WATCHDOG_SECONDS": "1.2",
    "LEASE_SECONDS": "2",
    "SETTLE_SECONDS": "4",
    "LOOK_INTERVAL_SECONDS": "2",
    "GIVE_UP_SECONDS": "60",
    "POLL_SECONDS": "0.5,1,2,5,10",
    "SMS_PER_SECOND": "1000",
    "SMS_PER_DAY": "1000000",
    "SMS_CONCURRENCY": "4",
    "SENDING_HOURS": "00:00-24:00",
    "LOG_LEVEL": "WARNING",
}
NO_DATABASE = 2


class Provider:
    """The fake Twilio as a process of its own, spoken to over HTTP."""

    def __init__(self, **options: object):
        told = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.twilio_server", *told], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1]

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def tell(self, **told: Any) -> None:
        self._post("faults", told)

    def accepted(self) -> list[dict[str, Any]]:
        """Every text it accepted, also those that no scheduler knows of."""
        return [found for found in self._ask("messages") if found["direction"] != "inbound"]

    def receive(self, from_: str, body: str) -> None:
        """A customer texts us."""
        self._post("inbound", {"from": from_, "body": body})

    def received(self) -> list[dict[str, Any]]:
        return [found for found in self._ask("messages") if found["direction"] == "inbound"]

    def requests(self) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("requests")
        return found

    def _ask(self, what: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/_control/{what}", timeout=30) as answer:
            return json.load(answer)

    def _post(self, where: str, told: dict[str, Any]) -> None:
        request = urllib.request.Request(f"{self.url}/_control/{where}", json.dumps(told).encode(), method="POST")
        urllib.request.urlopen(request, timeout=30).close()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass
class Count:
    """What the provider has against what the database says."""

    texts: int = 0
    once: int = 0
    refused: int = 0
    unsure: int = 0
    resent: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass
class Stage:
    venue: Venue
    database_url: str
    provider: Provider
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    running: list[ForkServerProcess] = field(default_factory=list)

    def environ(self, settings: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
        twilio = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_FROM": FROM}
        ours = {"DATABASE_URL": self.database_url, "TWILIO_BASE_URL": self.provider.url}
        return {**kept, **FAST, **twilio, **ours, **self.settings, **settings}

    @property
    def log(self) -> Path:
        return self.folder / "schedulers.log"

    def start(
        self,
        *,
        step: str = "",
        until: Path | None = None,
        mutant: str = "",
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> ForkServerProcess:
        """A scheduler at work, and what is to happen to it at a step."""
        environ = self.environ(settings)
        process = failing_scheduler.start(environ, log=self.log, step=step, until=until, mutant=mutant)
        self.running.append(process)
        return process

    def stop(self, process: ForkServerProcess) -> int | None:
        """Ask it to end; its exit status."""
        process.terminate()
        process.join(PATIENCE)
        return process.exitcode

    def close(self) -> None:
        for process in self.running:
            process.kill()
            process.join()

    def book(self, how_many: int) -> None:
        """Bookings of as many people, no two with the same name, so that no two confirmations read alike."""
        people = names(how_many, first=self._customers())
        with self.venue.transaction(MANAGER) as session:
            event_id = an_event(session, now=clock.now(), starts_at=clock.now() + timedelta(days=30)).id
        for start in range(0, how_many, 100):
            with self.venue.transaction(MANAGER) as session:
                for name in people[start : start + 100]:
                    now = clock.now()
                    customer = a_customer(session, first_name=name, last_name="Smith", now=now)
                    bookings.book(session, customer_id=customer.id, event_id=event_id, seats=2, now=now)

    def _customers(self) -> int:
        with self.venue.reading(MANAGER) as session:
            return session.scalar(select(func.count()).select_from(Customer)) or 0

    def messages(self) -> Sequence[Message]:
        """Every text that was to go by now, those that went first."""
        was_due = Message.due_at <= clock.now(), Message.direction == "out"
        with self.venue.reading(MANAGER) as session:
            return session.scalars(select(Message).where(*was_due).order_by(Message.sent_at.is_(None))).all()

    def unsettled(self) -> int:
        """The number of texts that the schedulers still have to settle."""
        waiting = or_(
            Message.state.in_((State.PLANNED.value, State.SENDING.value)),
            (Message.state == State.UNSURE.value) & Message.next_step_at.is_not(None),
        )
        with self.venue.reading(MANAGER) as session:
            due = select(func.count()).select_from(Message).where(waiting, Message.due_at <= clock.now())
            return session.scalar(due) or 0

    def settle(self, seconds: float = PATIENCE) -> None:
        """Wait until nothing more will become of any text."""
        assert until(self._is_settled, seconds=seconds), self.explain()

    def _is_settled(self) -> bool:
        self.replace_ended()
        return self.unsettled() == 0

    def replace_ended(self) -> None:
        """As whatever runs the scheduler in production does when its watchdog, or a database out of reach, ended it."""
        for process in [each for each in self.running if each.exitcode in (sender.FROZEN, NO_DATABASE)]:
            self.running.remove(process)
            self.start()

    def explain(self) -> str:
        states = Counter((message.state, message.reason) for message in self.messages())
        ended = [process.exitcode for process in self.running]
        return f"{states} {ended}\n{self.log.read_text()[-4000:] if self.log.exists() else ''}"

    def count(self, *, erased: Set[str] = frozenset()) -> Count:
        """Compare the provider's list with the database: nothing twice, nothing lost, nothing said that is not so. What
        was sent to those who are `erased` since, first names, can no longer be compared."""
        taken: dict[str, list[str]] = {}
        for text in self.provider.accepted():
            taken.setdefault(text["body"], []).append(text["sid"])
        count = Count()
        for message in self.messages():
            if erased and message.body is None and message.mobile_number is None:
                continue
            ids = taken.pop(message.body or "", [])
            count.texts += 1
            count.once += len(ids) == 1
            count.resent += message.resends
            count.unsure += message.state == State.UNSURE
            count.refused += message.state in (State.FAILED, State.SKIPPED)
            if problem := _problem(message, ids):
                count.wrong.append(f"{problem}: {message.state} {message.reason!r} {message.body!r} {ids}")
        unknown = [body for body in taken if erased.isdisjoint(re.findall(r"\w+", body))]
        count.wrong += [f"not ours: {body!r}" for body in unknown]
        return count


def _problem(message: Message, ids: list[str]) -> str:
    if len(ids) > 1:
        return "texted twice"
    if message.state in (State.SENT, State.DELIVERED, State.UNDELIVERED):
        return "" if ids == [message.provider_id] else "counts as sent and is not"
    if message.state in (State.FAILED, State.SKIPPED):
        return "counts as not sent and was" if ids or not message.reason else ""
    if message.state == State.UNSURE:
        return "" if message.reason else "unsure without a word"
    return "lost"


def names(how_many: int, *, first: int = 0) -> list[str]:
    """Different first names, made of syllables."""
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    base = len(syllables)

    def name(number: int) -> str:
        digits = (number // base**2, number // base % base, number % base)
        return "".join(syllables[digit] for digit in digits).capitalize()

    return [name(number) for number in range(first, first + how_many)]


def until(condition: Callable[[], bool], *, seconds: float = PATIENCE, every: float = 0.1) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(every)
    return condition()


@contextlib.contextmanager
def staged(venue: Venue, database_url: str, folder: Path, **options: object) -> Iterator[Stage]:
    provider = Provider(**{"silence": 3, **options})
    stage = Stage(venue, database_url, provider, folder)
    try:
        yield stage
        assert provider.requests()["invalid"] == []
        if stage.log.exists():
            assert_without_numbers(stage.log)
    finally:
        stage.close()
        provider.close()


@dataclass
class Storm:
    """Schedulers that are killed and frozen at random, one after the other, and replaced."""

    stage: Stage
    schedulers: int
    kills: int
    seed: int = 0
    freezes: int = 0
    # How much longer than a moment there is between two blows, and the limits, SMS_PER_SECOND, of those that start.
    pace: float = 1.0
    limits: Sequence[str] = ()
    frozen: dict[int, float] = field(default_factory=dict)
    rested: dict[int, float] = field(default_factory=dict)

    def rage(self, *, halfway: Callable[[], None] = lambda: None) -> None:
        """Kill them all; `halfway` is called after half of the kills."""
        chance = random.Random(self.seed)
        for _ in range(self.schedulers):
            self._start(chance)
        killed = 0
        while killed < self.kills:
            # Time enough for one in a few to start, and to be in the middle of something.
            time.sleep(chance.uniform(0.2, 1.2) * 3 / self.schedulers * self.pace)
            self._thaw(time.monotonic())
            self.stage.replace_ended()
            process = chance.choice(self.stage.running)
            if chance.random() < 0.4:
                self._freeze(process, chance.uniform(0.2, 2.5))
            else:
                self._kill(process)
                self._start(chance)
                killed += 1
                if killed == (self.kills + 1) // 2:
                    halfway()
        self._thaw(math.inf)

    def _start(self, chance: random.Random) -> None:
        self.stage.start(settings={"SMS_PER_SECOND": chance.choice(self.limits)} if self.limits else {})

    def _kill(self, process: ForkServerProcess) -> None:
        self.frozen.pop(process.pid or 0, None)
        process.kill()
        process.join()
        self.stage.running.remove(process)

    def _freeze(self, process: ForkServerProcess, seconds: float) -> None:
        """Only one that has had time to act since it last froze: one call must not be frozen again and again."""
        pid, now = process.pid or 0, time.monotonic()
        if pid in self.frozen or now < self.rested.get(pid, 0) or not process.is_alive():
            return
        try:
            os.kill(pid, signal.SIGSTOP)
        except ProcessLookupError:  # its own watchdog was quicker
            return
        self.frozen[pid] = now + seconds
        self.freezes += 1

    def _thaw(self, now: float) -> None:
        for pid in [pid for pid, thaw_at in self.frozen.items() if now >= thaw_at]:
            with contextlib.suppress(ProcessLookupError):  # stopped while its own watchdog ended it
                os.kill(pid, signal.SIGCONT)
            del self.frozen[pid]
            self.rested[pid] = time.monotonic() + 2
