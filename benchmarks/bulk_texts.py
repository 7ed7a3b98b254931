"""What a bulk text does to others, and how soon it stops: `python -m benchmarks.bulk_texts`.

A real scheduler with the usual settings sends to a provider in another process. Confirmations become due one after the
other, while a bulk text runs and while it is paused, in turns. Then it is paused and resumed again and again, with a
provider that answers promptly and with one that is slow.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from statistics import median, quantiles
from uuid import UUID, uuid4

import click
from sqlalchemy import insert, select

from benchmarks import measure, people, sending, venues
from db.models import Consent, Customer, Message, search_id
from sms.texts import Kind
from tests.fakes.twilio_server import ACCOUNT, FROM, TOKEN
from venue import campaigns, clock
from venue.profile import Venue
from venue.roles import DESK

PER_MINUTE = 600
PER_SECOND = 2
PROMPT, SLOW = 0.05, 1.0
NAMES = ("first_name", "last_name", "mobile_number", "search_text", "sort_key")


@click.command()
@click.option("--kind", type=click.Choice(["sqlite", "postgresql"]), multiple=True, default=["sqlite", "postgresql"])
@click.option("--recipients", default=10_000, show_default=True, help="Of the bulk text.")
@click.option("--turns", default=6, show_default=True, help="How often it runs and is paused.")
@click.option("--seconds", default=30, show_default=True, help="How long a turn takes.")
@click.option("--pauses", default=10, show_default=True, help="How often to measure a pause with each provider.")
def main(kind: Sequence[str], recipients: int, turns: int, seconds: int, pauses: int) -> None:
    """Measure, and save a table for each kind of database."""
    for each in kind:
        venue = replace(venues.empty(each), simulated=False, hours=None)
        bulk = BulkText(venue, recipients)
        with provider(PROMPT) as url, scheduler(venue, url):
            waits = confirmations(venue, bulk, turns, seconds)
            rows = [_pause_row("answers after 50 ms", *stops(bulk, url, pauses))]
        with provider(SLOW) as url, scheduler(venue, url):
            rows.append(_pause_row("answers after a second", *stops(bulk, url, pauses)))
        body = f"{_confirmation_table(waits, recipients)}\n\n{_PAUSE_HEAD}\n" + "\n".join(rows)
        print(body)
        command = f"python -m benchmarks.bulk_texts --recipients {recipients} --turns {turns} --seconds {seconds}"
        with venues.bare(venue) as connection:
            versions = measure.versions(each, connection)
        measure.save(f"Bulk texts on {each}", body, command=command, versions=versions)


class BulkText:
    """A confirmed bulk text, which is paused."""

    def __init__(self, venue: Venue, recipients: int):
        self.venue = venue
        now = clock.now()
        ids = [uuid4() for _ in range(recipients)]
        who = zip(ids, people.people(recipients), strict=True)
        rows = [_customer(customer_id, person) for customer_id, (person, _) in who]
        agreed = {"channel": "text", "basis": "consent", "wording": "May we?", "how": "In person", "actor": "Sam"}
        with venue.transaction(DESK) as session:
            session.execute(insert(Customer), rows)
            session.execute(insert(Consent), [{"customer_id": each, "at": now, **agreed} for each in ids])
        with venue.transaction(DESK) as session:
            words = "{venue_name}: Hi {first_name}, jazz on Sunday."
            draft = campaigns.add(session, name="Jazz", body=words, query={}, per_minute=PER_MINUTE, now=now)
            audience = campaigns.find(session, draft, now=now)
            given = {"version": draft.version, "ids": audience.ids, "count": len(audience.recipients)}
            self.id = campaigns.confirm(session, draft.id, **given, now=now).id
        self.pause()

    def pause(self) -> None:
        with self.venue.transaction(DESK) as session:
            campaigns.pause(session, self.id, now=clock.now())

    def resume(self) -> None:
        with self.venue.transaction(DESK) as session:
            campaigns.resume(session, self.id, now=clock.now())


def _customer(customer_id: UUID, person: people.Person) -> dict[str, object]:
    now = clock.now()
    ours = {"id": customer_id, "search_id": search_id(customer_id), "created_at": now, "updated_at": now}
    return {**ours, **{name: getattr(person, name) for name in NAMES}}


def confirmations(venue: Venue, bulk: BulkText, turns: int, seconds: int) -> dict[bool, list[float]]:
    """The seconds from due to sent of each confirmation, while the bulk text ran (True) and while it was paused."""
    due = {running: sending.Due(venue) for running in (True, False)}
    guests = people.people(2 * turns * seconds * PER_SECOND)
    for _ in range(turns):
        for running in (True, False):
            if running:
                bulk.resume()
            time.sleep(3)
            for _ in range(seconds * PER_SECOND):
                due[running].queue(iter([next(guests)]))
                time.sleep(1 / PER_SECOND)
            time.sleep(3)
            bulk.pause()
    return {running: _waits(venue, due[running].event_id) for running in (True, False)}


def _waits(venue: Venue, event_id: UUID) -> list[float]:
    with venue.reading(DESK) as session:
        # The scheduler plans reminders, too.
        ours = Message.event_id == event_id, Message.kind == Kind.CONFIRMATION.value
        rows = session.execute(select(Message.due_at, Message.sent_at, Message.state).where(*ours)).all()
    if unsent := [row for row in rows if row.sent_at is None]:
        raise SystemExit(f"{len(unsent)} confirmations were not sent: {unsent[0]}")
    return [(row.sent_at - row.due_at).total_seconds() for row in rows]


def stops(bulk: BulkText, url: str, pauses: int) -> tuple[list[float], list[int]]:
    """For each pause: the seconds from its commit to the last text that the provider received, and the number of texts
    that it received since then."""
    last, after = [], []
    for _ in range(pauses):
        before = len(_times(url))
        bulk.resume()
        sending.wait_until(lambda seen=before: len(_times(url)) > seen + 5)  # type: ignore[misc]
        bulk.pause()
        paused_at = time.time()
        time.sleep(5)
        late = [at - paused_at for at in _times(url) if at > paused_at]
        last.append(max(late, default=0.0))
        after.append(len(late))
    return last, after


def _times(url: str) -> list[float]:
    with urllib.request.urlopen(f"{url}/times") as answer:
        times: list[float] = json.load(answer)
        return times


_PAUSE_HEAD = """| a pause, with a provider that | from its commit to the last text, s | slowest | texts after it |
|---|---:|---:|---:|"""


def _pause_row(name: str, last: list[float], after: list[int]) -> str:
    return f"| {name} | {median(last):.2f} | {max(last):.2f} | {median(after):.0f}, at most {max(after)} |"


def _confirmation_table(waits: dict[bool, list[float]], recipients: int) -> str:
    running, paused = waits[True], waits[False]
    lines = [
        f"| from due to sent, s: {len(running)} confirmations each | while a bulk text to {recipients:,} runs | "
        "while it is paused | ratio |",
        "|---|---:|---:|---:|",
    ]
    for name, part in (("half of them", 50), ("p95", 95), ("p99", 99)):
        with_it, without = (quantiles(each, n=100)[part - 1] for each in (running, paused))
        lines.append(f"| {name} | {with_it:.2f} | {without:.2f} | {with_it / without:.2f} |")
    return "\n".join(lines)


@contextmanager
def scheduler(venue: Venue, url: str) -> Iterator[None]:
    """The scheduler as it is installed, with the limits it has when nothing is set."""
    ours = {
        "DATABASE_URL": venue.database.engine.url.render_as_string(hide_password=False),
        "TWILIO_BASE_URL": url,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM": FROM,
        "SENDING_HOURS": "00:00-24:00",
        "BULK_HOURS": "00:00-24:00",
        "SMS_PER_DAY": "1000000",
        "LOG_LEVEL": "WARNING",
    }
    with subprocess.Popen([sys.executable, "scheduler.py"], env={**os.environ, **ours}) as process:
        try:
            yield
        finally:
            process.terminate()


@contextmanager
def provider(latency: float) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.provider", "--latency", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield (process.stdout.readline() if process.stdout else "").split()[-1]
        finally:
            process.kill()


if __name__ == "__main__":
    main()
