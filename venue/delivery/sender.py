"""Send with concurrent calls: one thread claims and records in batches, the others call the provider."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

from sqlalchemy.exc import DBAPIError

from channels.gateway import Gateway, MailGateway, Outcome, Unknown
from db.session import Transaction, is_away
from venue import logs
from venue.delivery import attempts
from venue.delivery.attempts import Clock
from venue.delivery.claiming import Claim
from venue.delivery.due_messages import Rate
from venue.timing import Timing

log = logging.getLogger("scheduler")

IN_FLIGHT = timedelta(milliseconds=40)
PROMPT = timedelta(seconds=1)
# For each concurrent call: how many texts to claim in advance, and how many outcomes to record in one transaction.
AHEAD = 2
MOST_AT_ONCE = 2
DATABASE_AWAY = timedelta(milliseconds=500)
STOP_WITHIN = timedelta(seconds=60)
# Mail servers allow few connections at once, such as three: "SMTP AUTH sending limits" in
# https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits
EMAILS_AT_ONCE = 2
FROZEN = 70


def end_process() -> None:
    """Exit the process because a call is frozen. Its message becomes "unsure" when the lease expires."""
    os._exit(FROZEN)


@dataclass(frozen=True)
class _Pools:
    """The threads that call the provider, and those that call the mail server, which may be slow: texts do not wait for
    it."""

    texts: ThreadPoolExecutor
    emails: ThreadPoolExecutor


class Sender:
    """Sends due messages with up to `concurrency` calls at once, and no more than `rate` says each time. Call `run`
    from one thread only."""

    def __init__(
        self,
        transaction: Transaction,
        gateway: Gateway,
        *,
        timing: Timing,
        rate: Callable[[], Rate],
        concurrency: int,
        worker: str,
        clock: Clock,
        stopping: threading.Event,
        idle: timedelta = timedelta(seconds=1),
        mail_gateway: MailGateway | None = None,
        give_up: Callable[[], None] = end_process,
    ):
        self.transaction = transaction
        self.gateway = gateway
        self.mail_gateway = mail_gateway
        self.timing = timing
        self.rate = rate
        self.concurrency = concurrency
        self.worker = worker
        self.clock = clock
        self.stopping = stopping
        self.idle = idle
        self.give_up = give_up
        self._in_flight: dict[Claim, datetime] = {}
        self._finished: SimpleQueue[tuple[Claim, Outcome]] = SimpleQueue()
        self._unrecorded: list[tuple[Claim, Outcome]] = []

    def run(self) -> None:
        """Send until `stopping` is set, then wait for the calls in progress and record them."""
        with self._pools() as pools:
            while not self.stopping.is_set():
                if not self._step(pools):
                    self._gather(IN_FLIGHT if self._in_flight else self.idle)
            self._finish()

    def run_until_empty(self) -> None:
        """Send everything that may be sent now, then return."""
        with self._pools() as pools:
            while not self.stopping.is_set() and (self._step(pools) or self._in_flight or self._unrecorded):
                if self._in_flight:
                    self._gather(IN_FLIGHT)
            self._finish()

    @contextmanager
    def _pools(self) -> Iterator[_Pools]:
        with (
            ThreadPoolExecutor(self.concurrency, thread_name_prefix="send") as texts,
            ThreadPoolExecutor(EMAILS_AT_ONCE, thread_name_prefix="mail") as emails,
        ):
            yield _Pools(texts, emails)

    def _step(self, pools: _Pools) -> bool:
        """Record finished calls, and claim more messages. Whether there was anything to do."""
        self._watch()
        self._gather(IN_FLIGHT if self._in_flight else timedelta(0))
        worked = self._record()
        return self._take(pools) or worked

    def _take(self, pools: _Pools) -> bool:
        room, emails = max(0, self._room()), self._room_for_emails()
        # Claim nothing while outcomes cannot be recorded.
        if not (room or emails) or self._unrecorded:
            return False
        try:
            rate = self.rate()
            with self.transaction() as session:
                batch = attempts.claim(
                    session,
                    self.gateway.account,
                    limit=room,
                    timing=self.timing,
                    worker=self.worker,
                    now=self.clock(),
                    rate=rate,
                    email_account=self._email_account,
                    most_emails=emails,
                    most_bulk=self._room_for_bulk(),
                )
        except DBAPIError as error:
            log.warning("Nothing is sent for now: %s", _why(error))
            return False
        for claimed in batch.claims:
            self._in_flight[claimed] = self.clock()
            (pools.emails if claimed.is_email else pools.texts).submit(self._call, claimed)
        return batch.looked_at > 0

    def _room(self) -> int:
        """How many texts to claim: one for each idle thread, and more while the provider answers promptly, so that
        no thread has to wait for a claim."""
        now = self.clock()
        started = [at for claimed, at in self._in_flight.items() if not claimed.is_email]
        oldest = min(started, default=now)
        # With a concurrency of 1, messages are claimed one at a time.
        ahead = AHEAD * self.concurrency if self.concurrency > 1 and now - oldest < PROMPT else 0
        return self.concurrency + ahead - len(started)

    def _room_for_emails(self) -> int:
        in_flight = sum(claimed.is_email for claimed in self._in_flight)
        return EMAILS_AT_ONCE - in_flight if self.mail_gateway else 0

    @property
    def _email_account(self) -> str:
        return self.mail_gateway.account if self.mail_gateway else ""

    def _room_for_bulk(self) -> int:
        """How many bulk texts to claim: each is called at once, and a quarter of the threads is left to other messages,
        which would wait for them otherwise when the provider is slow."""
        kept = max(1, self.concurrency // 4) if self.concurrency > 1 else 0
        return self.concurrency - kept - sum(claimed.is_bulk for claimed in self._in_flight)

    def _call(self, claimed: Claim) -> None:
        try:
            outcome = attempts.call(
                self.gateway, claimed, timing=self.timing, clock=self.clock, mail_gateway=self.mail_gateway
            )
        except Exception as error:
            log.exception("The gateway failed on message %s", claimed.message_id)
            outcome = Unknown(f"Sending was interrupted ({type(error).__name__})")
        self._finished.put((claimed, outcome))

    def _gather(self, patience: timedelta) -> None:
        """Collect finished calls. Wait up to `patience` for enough of them to be worth a transaction."""
        until = time.monotonic() + patience.total_seconds()
        while len(self._unrecorded) < MOST_AT_ONCE * self.concurrency:
            enough = len(self._unrecorded) >= max(1, self.concurrency // 2)
            try:
                result = self._finished.get(timeout=0.0 if enough else max(0.0, until - time.monotonic()))
            except Empty:
                return
            self._in_flight.pop(result[0], None)
            self._unrecorded.append(result)

    def _record(self) -> bool:
        if not self._unrecorded:
            return False
        try:
            self._store(self._unrecorded)
        except Exception as error:
            return self._wait(error) if is_away(error) else self._record_one_by_one()
        self._unrecorded = []
        return True

    def _record_one_by_one(self) -> bool:
        """Record outcomes separately, so that one that the database refuses does not block the others. Its message
        becomes "unsure" when its lease expires."""
        while self._unrecorded:
            try:
                self._store(self._unrecorded[:1])
            except Exception as error:
                if is_away(error):
                    return self._wait(error)
                message_id = self._unrecorded[0][0].message_id
                log.error("The outcome of message %s cannot be recorded: %s", message_id, _why(error))
            del self._unrecorded[0]
        return True

    def _store(self, results: Sequence[tuple[Claim, Outcome]]) -> None:
        with self.transaction() as session:
            attempts.record(
                session,
                results,
                account=self.gateway.account,
                timing=self.timing,
                now=self.clock(),
                email_account=self._email_account,
            )

    def _wait(self, error: Exception) -> bool:
        """Keep the outcomes, to record them when the database is back."""
        log.warning("Outcomes cannot be recorded for now, and are kept: %s", _why(error))
        time.sleep(DATABASE_AWAY.total_seconds())
        return False

    def _finish(self) -> None:
        until = self.clock() + STOP_WITHIN
        while (self._in_flight or self._unrecorded) and self.clock() <= until:
            self._watch()
            self._gather(IN_FLIGHT)
            self._record()

    def _watch(self) -> None:
        oldest = min(self._in_flight.values(), default=None)
        if oldest is not None and self.clock() > oldest + self.timing.watchdog:
            log.critical("A call to the provider is frozen: exiting this process")
            self.give_up()


def _why(error: Exception) -> str:
    """What is wrong. The error's own message may contain a number and a text: this leaves values out."""
    return logs.describe_away(error) if is_away(error) else logs.describe(error)
