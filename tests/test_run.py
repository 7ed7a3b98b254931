"""Both processes together: they start as one, end as one, and leave no process behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.patience import PATIENCE

ROOT = Path(__file__).parents[1]

STAYS = "import time; time.sleep(600)"
STUBBORN = """
import pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN); pathlib.Path("{mark}").touch(); time.sleep(600)
"""
TIDIES_UP = """
import pathlib, signal, sys, time
mark = pathlib.Path("{mark}")
def tidy(*_):
    time.sleep(0.5); mark.write_text("tidy"); sys.exit(0)
signal.signal(signal.SIGTERM, tidy); mark.write_text("at work"); time.sleep(600)
"""
SUPERVISOR = """
import sys, run_both
started = run_both._start
def start(command):
    program = started(command)
    print(program.pid, flush=True)
    return program
run_both._start = start
names = ("dashboard", "scheduler")
programs = {{name: [sys.executable, "-c", code] for name, code in zip(names, {codes!r})}}
sys.exit(run_both.run(programs, grace={grace}))
"""


class Both:
    """The supervisor over two small programs, in a process of its own."""

    def __init__(self, first: str, second: str, *, grace: float = 10):
        code = SUPERVISOR.format(codes=(first, second), grace=grace)
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self.process.stdout is not None
        self.pids = [int(self.process.stdout.readline()) for _ in (first, second)]

    def ends(self, seconds: float = PATIENCE) -> tuple[int, str]:
        """Its exit status and what it said."""
        _, said = self.process.communicate(timeout=seconds)
        return self.process.returncode, said


@pytest.fixture
def both() -> Iterator[Callable[..., Both]]:
    started: list[Both] = []

    def start(*codes: str, **how: float) -> Both:
        started.append(Both(*codes, **how))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.wait()
        for pid in each.pids:
            if is_running(pid):
                os.kill(pid, signal.SIGKILL)


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_both_and_is_no_failure(both, number):
    running = both(STAYS, STAYS)

    running.process.send_signal(number)

    assert running.ends() == (0, "")
    assert not any(map(is_running, running.pids))


def test_what_is_in_hand_is_finished_first(both, tmp_path):
    mark = tmp_path / "mark"
    running = both(STAYS, TIDIES_UP.format(mark=mark))
    assert until(mark.exists)

    running.process.send_signal(signal.SIGTERM)

    assert running.ends()[0] == 0
    assert mark.read_text() == "tidy"


@pytest.mark.parametrize(("code", "status"), [("exit(3)", 3), ("exit(0)", 1)])
def test_when_one_ends_the_other_is_stopped_and_it_is_a_failure(both, code, status):
    running = both(STAYS, f"import time; time.sleep(0.3); {code}")

    ended, said = running.ends()

    assert ended == status
    assert "The scheduler ended with status" in said
    assert not any(map(is_running, running.pids))


MAIN = """
import sys, run_both
run_both.PROGRAMS = {"scheduler": [sys.executable, "-c", "exit(3)"]}
run_both.main()
"""


@pytest.mark.parametrize("is_json", [True, False])
def test_that_one_ended_is_said_in_the_format_of_the_logs(is_json):
    environ = {**os.environ, "LOG_FORMAT": "json" if is_json else "text"}
    ended = subprocess.run([sys.executable, "-c", MAIN], cwd=ROOT, env=environ, capture_output=True, text=True)
    (line,) = ended.stderr.splitlines()
    said = json.loads(line) if is_json else {"message": line, "process": "run_both", "level": "ERROR"}
    assert (ended.returncode, said["process"], said["level"]) == (3, "run_both", "ERROR")
    assert said["message"] == "The scheduler ended with status 3, so everything was stopped."


def test_when_one_is_killed_the_other_is_stopped_and_it_is_a_failure(both):
    running = both(STAYS, STAYS)

    os.kill(running.pids[0], signal.SIGKILL)

    ended, said = running.ends()
    assert ended == 1
    assert "The dashboard ended with status -9" in said
    assert not is_running(running.pids[1])


def test_one_that_will_not_stop_is_made_to(both, tmp_path):
    mark = tmp_path / "mark"
    running = both(STAYS, STUBBORN.format(mark=mark), grace=1)
    assert until(mark.exists)

    running.process.send_signal(signal.SIGTERM)

    assert running.ends()[0] == 0
    assert not any(map(is_running, running.pids))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process")
def test_no_process_is_left_behind_when_the_supervisor_itself_is_killed(both):
    running = both(STAYS, STAYS)

    running.process.kill()

    assert until(lambda: not any(map(is_running, running.pids)))


def test_a_program_that_cannot_be_started_stops_the_other(tmp_path):
    code = f"import sys, run_both; run_both.run({{'a': [sys.executable, '-c', {STAYS!r}], 'b': ['/nowhere']}})"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert ended.returncode != 0
    assert "/nowhere" in ended.stderr


@pytest.fixture
def venue(new_database) -> dict[str, str]:
    """The environment of a whole Anchor Desk, simulated, with a database and a port of its own."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = str(probe.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
    return {
        **kept,
        "DATABASE_URL": new_database("sqlite"),
        "STREAMLIT_SERVER_PORT": port,
        **dict.fromkeys(("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY", "TWILIO_API_SECRET"), ""),
        **dict.fromkeys(("TWILIO_FROM", "TWILIO_MESSAGING_SERVICE_SID"), ""),
    }


def test_dashboard_and_scheduler_start_and_end_together(venue):
    running = subprocess.Popen([sys.executable, "run_both.py"], cwd=ROOT, env=venue)
    try:
        base = f"http://localhost:{venue['STREAMLIT_SERVER_PORT']}"
        assert until(lambda: '"scheduler":"alive"' in answer(f"{base}/readyz"))
        pids = children(running.pid)
        assert len(pids) == 2

        running.terminate()

        assert running.wait(PATIENCE) == 0
        assert not any(map(is_running, pids))
        assert answer(f"{base}/healthz") == ""
    finally:
        running.terminate()
        running.wait(PATIENCE)


def answer(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.read().decode()
    except OSError:
        return ""


def children(pid: int) -> list[int]:
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]
