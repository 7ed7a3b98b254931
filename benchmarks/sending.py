"""How many texts are sent in a second, and how soon after a text is due: `python -m benchmarks.sending`.

Everything is real except the provider: PostgreSQL, the sender with its claims and records, HTTP to a provider in
another process that answers after 50 ms. At the end its list is compared with the database: each text must be there
once.
"""

import json
import logging
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from statistics import quantiles
from typing import Any
from uuid import UUID, uuid4

import click
from sqlalchemy import func, insert, select

from benchmarks import measure, people, venues
from db.models import Booking, Customer, Event, Message, search_id
from sms.texts import Kind
from sms.twilio_gateway import TwilioGateway
from tests.fakes.twilio_server import ACCOUNT, FROM, TOKEN
from venue import clock
from venue.delivery.due_messages import Rate
from venue.delivery.sender import Sender
from venue.messages.new_message import NewMessage
from venue.messages.states import State
from venue.profile import Venue
from venue.roles import DESK, SCHEDULER
from venue.timing import Timing

IN_FLIGHT = 32
ANSWERS_AFTER = 0.05
LIMIT = IN_FLIGHT / ANSWERS_AFTER
NORMAL_PER_SECOND = 5


@click.command()
@click.option("--texts", default=20_000, show_default=True, help="How many are due at once.")
@click.option("--seconds", default=60, show_default=True, help="How long to send at normal load.")
def main(texts: int, seconds: int) -> None:
    """Measure, check that each text was sent once, and save the table."""
    logging.getLogger("venue").setLevel(logging.WARNING)
    venue = replace(venues.empty("postgresql"), simulated=False, hours=None)
    with provider() as url:
        rate = full_speed(venue, url, texts)
        p99 = normal_load(venue, url, seconds)
        check_each_went_once(venue, url)
    body = "\n".join(
        [
            "| what | measured | target |",
            "|---|---:|---:|",
            f"| {texts:,} due texts, {IN_FLIGHT} calls at a time, a provider that answers after 50 ms | "
            f"{rate:,.0f} a second | 400 (the provider allows {LIMIT:,.0f}) |",
            f"| from due to sent at {NORMAL_PER_SECOND} a second, p99 | {p99:.2f} s | 2 s |",
            "| sent twice, or lost | none | none |",
        ]
    )
    print(body)
    with venues.bare(venue) as connection:
        versions = measure.versions("postgresql", connection)
    command = f"python -m benchmarks.sending --texts {texts} --seconds {seconds}"
    measure.save("Sending", body, command=command, versions=versions)


def full_speed(venue: Venue, url: str, texts: int) -> float:
    """Texts per second when all are due at once."""
    Due(venue).queue(people.people(texts))
    sender = sender_to(venue, url)
    started = time.perf_counter()
    sender.run_until_empty()
    return texts / (time.perf_counter() - started)


def normal_load(venue: Venue, url: str, seconds: int) -> float:
    """The p99 of seconds from due to sent, when texts become due one after the other."""
    stopping = threading.Event()
    sending = threading.Thread(target=sender_to(venue, url, stopping=stopping).run)
    sending.start()
    due = Due(venue)
    for person in people.people(seconds * NORMAL_PER_SECOND):
        due.queue(iter([person]))
        time.sleep(1 / NORMAL_PER_SECOND)
    wait_until(lambda: unsent(venue) == 0)
    stopping.set()
    sending.join()
    with venue.reading(DESK) as session:
        sent = session.execute(select(Message.due_at, Message.sent_at).where(Message.event_id == due.event_id)).all()
    waits = [float((row.sent_at - row.due_at).total_seconds()) for row in sent]
    return quantiles(waits, n=100)[98]


class Due:
    """Puts due confirmations into the outbox, with their customers and bookings."""

    def __init__(self, venue: Venue):
        self.venue = venue
        self.event_id = uuid4()
        now = clock.now()
        with venue.transaction(DESK) as session:
            session.execute(
                insert(Event).values(
                    id=self.event_id,
                    name="Quiz Night",
                    short_name="Quiz Night",
                    starts_at=now + timedelta(days=30),
                    created_at=now,
                    updated_at=now,
                )
            )

    def queue(self, who: Iterator[tuple[people.Person, Any]]) -> None:
        now = clock.now()
        rows = [self._rows(person, now) for person, _ in who]
        with self.venue.transaction(DESK) as session:
            for place, table in enumerate((Customer, Booking, Message)):
                session.execute(insert(table), [row[place] for row in rows])

    def _rows(self, person: people.Person, now: Any) -> tuple[dict[str, Any], ...]:
        customer_id, booking_id = uuid4(), uuid4()
        customer = {
            "id": customer_id,
            "search_id": search_id(customer_id),
            **{name: getattr(person, name) for name in ("first_name", "last_name", "mobile_number", "search_text")},
            "sort_key": person.sort_key,
            **dict.fromkeys(("created_at", "updated_at"), now),
        }
        return customer, self._booking(booking_id, customer_id, now), self._text(person, customer_id, booking_id, now)

    def _booking(self, booking_id: UUID, customer_id: UUID, now: Any) -> dict[str, Any]:
        about = {"customer_id": customer_id, "event_id": self.event_id, "seats": 2}
        return {"id": booking_id, **about, "created_at": now, "updated_at": now}

    def _text(self, person: people.Person, customer_id: UUID, booking_id: UUID, now: Any) -> dict[str, Any]:
        text = NewMessage(
            kind=Kind.CONFIRMATION,
            dedupe_key=f"{Kind.CONFIRMATION}:{booking_id.hex}:1",
            customer_id=customer_id,
            booking_id=booking_id,
            event_id=self.event_id,
            mobile_number=person.mobile_number,
            due_at=now,
            useful_until=now + timedelta(days=1),
            now=now,
        )
        return text.columns()


def sender_to(venue: Venue, url: str, *, stopping: threading.Event | None = None) -> Sender:
    timing = Timing()
    gateway = TwilioGateway(
        account_sid=ACCOUNT,
        username=ACCOUNT,
        password=TOKEN,
        from_=FROM,
        base_url=url,
        connect_timeout=timing.connect_timeout.total_seconds(),
        read_timeout=timing.read_timeout.total_seconds(),
        clock=clock.now,
    )
    return Sender(
        partial(venue.transaction, SCHEDULER),
        gateway,
        timing=timing,
        rate=lambda: Rate(per_second=1_000_000, per_day=100_000),
        concurrency=IN_FLIGHT,
        worker="benchmark",
        clock=clock.now,
        stopping=stopping or threading.Event(),
    )


def check_each_went_once(venue: Venue, url: str) -> None:
    """Exit unless the provider accepted exactly the queued texts: each once, with its number and stored id."""
    with urllib.request.urlopen(f"{url}/accepted") as answer:
        accepted = sorted(tuple(each) for each in json.load(answer))
    with venue.reading(DESK) as session:
        ours = session.execute(select(Message.provider_id, Message.mobile_number, Message.body)).all()
        states = set(session.scalars(select(Message.state).distinct()))
    if accepted != sorted(tuple(one) for one in ours) or states != {State.SENT.value}:
        raise SystemExit(f"Not each once: {len(accepted):,} accepted, {len(ours):,} queued, states {states}")


def unsent(venue: Venue) -> int:
    with venue.reading(DESK) as session:
        return session.scalar(select(func.count()).select_from(Message).where(Message.sent_at.is_(None))) or 0


def wait_until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.2)


@contextmanager
def provider() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.provider", "--latency", str(ANSWERS_AFTER)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield (process.stdout.readline() if process.stdout else "").split()[-1]
        finally:
            process.kill()


if __name__ == "__main__":
    main()
