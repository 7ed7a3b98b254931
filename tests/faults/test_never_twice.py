"""Real schedulers, killed, frozen, cut off and misled at every step: one text each, and none lost from sight."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select

from db.models import MessageAttempt, Pause
from tests.fakes.twilio_server import TOKEN
from tests.faults.failing_scheduler import BEFORE_THE_RECORD, STEPS
from tests.faults.proxy import Proxy, Target, between
from tests.faults.stage import ROOT, Stage, until
from tests.makers import MANAGER
from tests.patience import PATIENCE
from venue import clock
from venue.delivery import schedulers
from venue.messages.states import State

pytestmark = pytest.mark.soak

# Patience enough for a busy machine; nothing is listed late here, so there is less to wait for afterwards.
SOON = {
    "SEND_DEADLINE_SECONDS": "1",
    "SEND_CONNECT_TIMEOUT_SECONDS": "0.7",
    "SEND_READ_TIMEOUT_SECONDS": "1.5",
    "SEND_WATCHDOG_SECONDS": "2.2",
    "LEASE_SECONDS": "3.5",
    "SETTLE_SECONDS": "4.5",
    "LOOK_INTERVAL_SECONDS": "3.5",
}
# Its call certainly ends as "not sent", and it makes no other. It seldom asks about texts: others can do that.
ONE_REFUSED_CONNECTION = {"TWILIO_BASE_URL": "http://127.0.0.1:9", "SMS_PER_DAY": "1", "TICK_SECONDS": "3"}
# How many texts the provider has from a scheduler that was killed there.
TAKEN = {"before the request leaves": 0, "before the reply is read": 1}
SLOW = 3
# For a call that is to come through, however busy the machine is.
PATIENT = {
    "SEND_DEADLINE_SECONDS": "4",
    "SEND_CONNECT_TIMEOUT_SECONDS": "3",
    "SEND_READ_TIMEOUT_SECONDS": "5",
    "SEND_WATCHDOG_SECONDS": "8",
    "LEASE_SECONDS": "13",
    "SETTLE_SECONDS": "14",
    "LOOK_INTERVAL_SECONDS": "13",
}


@pytest.fixture(autouse=True)
def _soon(stage: Stage) -> None:
    stage.settings.update(SOON)


def test_killed_at_any_step_each_text_goes_once(stage: Stage) -> None:
    stage.book(2 * len(STEPS))
    for step in STEPS:
        before = len(stage.provider.accepted())
        process = stage.start(step=step, settings={"SMS_CONCURRENCY": "1"})
        process.join(PATIENCE)
        assert process.exitcode == -signal.SIGKILL, step
        if step in TAKEN:
            assert has_taken(stage, before + TAKEN[step]), step

    stage.start()
    stage.settle()

    count = stage.count()
    assert count.wrong == []
    assert count.once == count.texts == 2 * len(STEPS), stage.explain()


def has_taken(stage: Stage, texts: int) -> bool:
    """Whether the provider has this number of texts within ten seconds."""
    return until(lambda: len(stage.provider.accepted()) == texts)


@pytest.mark.plain_sql
@pytest.mark.parametrize(
    ("mutant", "step", "fault"),
    [("lease_to_planned", "after the reply", ""), ("timeout_to_planned", "", "accept_then_drop")],
)
@pytest.mark.parametrize("broken", [False, True])
def test_what_may_have_gone_is_not_sent_again(stage: Stage, mutant: str, step: str, fault: str, broken: bool) -> None:
    stage.book(1)
    stage.provider.tell(next=[fault])
    mutant = mutant if broken else ""
    while step and not stage.provider.accepted():
        stage.start(step=step, mutant=mutant).join(PATIENCE)

    stage.start(mutant=mutant)
    stage.settle()

    assert [problem.split(":")[0] for problem in stage.count().wrong] == (["texted twice"] if broken else [])


@pytest.mark.plain_sql
@pytest.mark.parametrize("broken", [False, True])
def test_an_answer_from_before_the_lease_ended_says_nothing_of_the_next_call(stage: Stage, broken: bool) -> None:
    mutant = "unfenced_record" if broken else ""
    thaw = stage.folder / "thaw"
    stage.book(1)
    stage.start(step=BEFORE_THE_RECORD, until=thaw, mutant=mutant, settings=ONE_REFUSED_CONNECTION)
    assert until(lambda: attempts(stage) == 1)
    # The second call is under way, slowly, when the first scheduler comes to record its "not sent".
    stage.provider.tell(latency=SLOW)
    stage.start(mutant=mutant, settings=PATIENT)
    assert until(lambda: attempts(stage) == 2)

    thaw.touch()
    stage.settle()
    # A third call, if there is one, may still be on its way, though its answer is no longer waited for.
    for process in stage.running:
        stage.stop(process)
    time.sleep(SLOW)

    assert [problem.split(":")[0] for problem in stage.count().wrong] == (["texted twice"] if broken else [])


@pytest.mark.plain_sql
def test_a_scheduler_that_is_asked_to_end_finishes_what_it_has_in_hand(stage: Stage) -> None:
    stage.book(40)
    stage.provider.tell(latency=0.3)
    # This one is the program itself, as it is installed.
    scheduler = subprocess.Popen([sys.executable, "scheduler.py"], cwd=ROOT, env=stage.environ())
    assert until(lambda: len(stage.provider.accepted()) > 4)

    scheduler.terminate()

    assert scheduler.wait(PATIENCE) == 0
    states = {message.state for message in stage.messages()}
    assert states <= {State.PLANNED, State.SENT, State.DELIVERED}
    assert len(stage.provider.accepted()) == sum(message.state != State.PLANNED for message in stage.messages())


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_wrong_credentials_use_up_no_text_and_all_go_once_they_are_corrected(stage: Stage) -> None:
    stage.book(10)
    misled = stage.start(settings={"TWILIO_AUTH_TOKEN": f"not {TOKEN}"})

    assert until(lambda: banner(stage).alive and "credentials" in str(banner(stage).paused))
    assert stage.stop(misled) == 0
    assert {message.state for message in stage.messages()} == {State.PLANNED}

    stage.start()
    stage.settle()

    assert stage.count().wrong == []
    assert stage.count().once == 10
    assert paused(stage) == []


@pytest.mark.plain_sql
def test_a_provider_out_of_reach_holds_texts_back_and_all_go_once_it_is_there_again(stage: Stage) -> None:
    with between(("127.0.0.1", stage.provider.port)) as network:
        network.away = True
        stage.book(20)
        stage.start(settings={"TWILIO_BASE_URL": f"http://127.0.0.1:{network.port}"})
        assert until(lambda: attempts(stage) > 8)
        assert stage.provider.accepted() == []

        network.away = False
        stage.settle()

    assert stage.count().wrong == []
    assert stage.count().once == 20


@pytest.mark.plain_sql
def test_a_network_that_tears_and_delays_sends_no_text_twice(stage: Stage) -> None:
    with between(("127.0.0.1", stage.provider.port), seed=4) as network:
        network.resets, network.delay = 0.2, 0.05
        stage.book(30)
        for _ in range(2):
            stage.start(settings={"TWILIO_BASE_URL": f"http://127.0.0.1:{network.port}"})
        assert until(lambda: len(stage.provider.accepted()) > 15)
        network.resets = 0.0
        stage.settle()

    assert network.torn > 0
    assert stage.count().wrong == []


@pytest.fixture
def way_to_database(stage: Stage, database_kind: str) -> Iterator[Proxy]:
    if database_kind != "postgresql":
        pytest.skip("an SQLite database is a file: there is no way to it that could be cut")
    with between(server_of(stage.database_url)) as proxy:
        through = make_url(stage.database_url).set(host="127.0.0.1", port=proxy.port, query={})
        stage.settings["DATABASE_URL"] = through.render_as_string(hide_password=False)
        yield proxy


def test_a_database_away_between_reply_and_record_is_told_when_it_is_back(stage: Stage, way_to_database: Proxy) -> None:
    stage.book(1)
    stage.provider.tell(latency=0.5)
    stage.start(settings=PATIENT)
    assert until(lambda: attempts(stage) == 1)
    way_to_database.away = True
    assert until(lambda: len(stage.provider.accepted()) == 1)

    way_to_database.away = False
    stage.settle()

    assert stage.count().wrong == []
    assert stage.count().once == 1
    assert attempts(stage) == 1


def test_a_connection_to_the_database_that_tears_sends_no_text_twice(stage: Stage, way_to_database: Proxy) -> None:
    stage.book(60)
    for _ in range(2):
        stage.start(settings={"SMS_PER_SECOND": "20"})
    assert until(lambda: attempts(stage) > 0)
    way_to_database.resets = 0.02
    assert until(lambda: way_to_database.torn > 8 or stage.unsettled() == 0)
    way_to_database.resets = 0.0
    stage.settle()

    assert stage.count().wrong == []


def attempts(stage: Stage) -> int:
    with stage.venue.reading(MANAGER) as session:
        return session.scalar(select(func.count()).select_from(MessageAttempt)) or 0


def banner(stage: Stage) -> schedulers.SchedulerState:
    with stage.venue.reading(MANAGER) as session:
        return schedulers.state(session, now=clock.now())


def paused(stage: Stage) -> list[str]:
    with stage.venue.reading(MANAGER) as session:
        return list(session.scalars(select(Pause.reason)))


def server_of(url: str) -> Target:
    """Where the PostgreSQL server is: on a port, or at a socket in a folder."""
    parsed = make_url(url)
    folder = parsed.query.get("host")
    if isinstance(folder, str) and Path(folder).is_dir():
        return str(Path(folder) / ".s.PGSQL.5432")
    return parsed.host or "127.0.0.1", parsed.port or 5432
