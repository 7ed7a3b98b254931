"""The owner's watch is called while texts can go, and only then. It is never in their way."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

import settings
from channels import ping
from channels.gateway import NotSent
from cli import ping_checks
from db.models import Pause
from db.session import open_database
from scheduler_jobs import Scheduler, guarded
from tests.fakes.gateway import FakeGateway
from tests.fakes.watch import Watch, watching
from tests.makers import MANAGER, NOW, a_customer, a_venue, minutes
from tests.patience import PATIENCE, times_busier
from venue import clock
from venue.messages import outbox
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql


@pytest.fixture
def watch() -> Iterator[Watch]:
    with watching() as watch:
        yield watch


def a_scheduler(venue: Venue, url: str) -> Scheduler:
    loaded = settings.load({"PING_URL": url, "TICK_SECONDS": "0.02"})
    return Scheduler(venue, FakeGateway(), loaded, now=lambda: NOW)


def words(venue: Venue, url: str, now: datetime = NOW) -> str:
    (finding,) = ping_checks.findings(venue, url, now=now)
    assert finding.ok == finding.words.endswith("is called every minute")
    assert "secret-id" not in finding.words
    return finding.words


def test_it_is_called_while_a_scheduler_works(venue: Venue, watch: Watch) -> None:
    assert ping_checks.findings(venue, "", now=NOW) == []
    assert "was never called" in words(venue, watch.url)
    scheduler = a_scheduler(venue, watch.url)
    scheduler.beat()
    scheduler.ping()
    assert watch.calls == ["/secret-id"]
    assert words(venue, watch.url) == "PING_URL (127.0.0.1) is called every minute"
    assert "no scheduler runs, or sending stands still" in words(venue, watch.url, NOW + minutes(6))


def test_it_is_not_called_while_sending_stands_still(
    venue: Venue, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    scheduler = a_scheduler(venue, watch.url)
    scheduler.beat()
    with venue.transaction(MANAGER) as session:
        session.add(Pause(account="a", scope="", reason="No", paused_at=NOW, try_again_at=NOW))
    scheduler.ping()
    assert watch.calls == []
    assert "PING_URL is not called: sending is paused" in caplog.text


def test_it_is_not_called_while_the_provider_is_out_of_reach(
    venue: Venue, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    """The text is tried every few minutes: it waits for its next try, and calls are made, at each of these moments."""
    with venue.transaction(MANAGER) as session:
        customer = a_customer(session)
        outbox.text_customer(session, customer_id=customer.id, body="Hi", form_token="form", now=NOW)
    gateway = FakeGateway()
    gateway.refusals["+"] = NotSent("Twilio could not be reached")
    now = NOW
    loaded = settings.load({"PING_URL": watch.url})
    scheduler = Scheduler(venue, gateway, loaded, now=lambda: now)
    called = []
    for _ in range(30):
        scheduler.beat()
        scheduler.sender.run_until_empty()
        scheduler.ping()
        called.append(len(watch.calls))
        now += minutes(1)
    scheduler.report_delays()
    assert called == [1, 2, 3, 4, 5, *[5] * 25]
    assert "PING_URL is not called: 1 text is over 5 minutes late, and none was sent in that time" in caplog.text
    assert "1 text is over 5 minutes late: Messages shows why" in caplog.text


def test_it_is_not_called_without_the_database(new_database: Callable[..., str], watch: Watch) -> None:
    url = open_database(new_database("postgresql")).engine.url.set(database="there_is_no_such_database")
    away = a_venue(open_database(url.render_as_string(hide_password=False)))
    assert not guarded(a_scheduler(away, watch.url).ping)()
    assert watch.calls == []


def test_what_goes_wrong_is_told_without_the_address(
    venue: Venue, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    scheduler = a_scheduler(venue, watch.url)
    scheduler.beat()
    watch.status = 404
    scheduler.ping()
    assert words(venue, watch.url) == "PING_URL (127.0.0.1) was called, but it answered with status 404"
    assert "secret-id" not in caplog.text


def test_an_address_that_is_away_or_silent_takes_no_longer_than_the_timeout(watch: Watch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # but it does not listen
        assert ping.ping(f"http://127.0.0.1:{taken.getsockname()[1]}") == "it cannot be reached (Connection refused)"
    watch.silent = True
    began = time.monotonic()
    assert ping.ping(watch.url, timeout=0.2) == "it did not answer in time"
    assert time.monotonic() - began < 2 * times_busier()


def test_texts_go_while_the_watch_is_silent(venue: Venue, watch: Watch) -> None:
    watch.silent = True
    gateway = FakeGateway()
    loaded = settings.load({"PING_URL": watch.url, "TICK_SECONDS": "0.02"})
    scheduler = Scheduler(venue, gateway, loaded)
    running = threading.Thread(target=scheduler.run)
    running.start()
    try:
        wait_until(lambda: bool(watch.calls))
        with venue.transaction(MANAGER) as session:
            customer = a_customer(session)
            outbox.text_customer(session, customer_id=customer.id, body="Hi", form_token="form", now=clock.now())
        wait_until(lambda: bool(gateway.sent))
    finally:
        scheduler.stopping.set()
        running.join(PATIENCE)
    assert not running.is_alive()


def wait_until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)
