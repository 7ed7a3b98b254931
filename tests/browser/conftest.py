"""The whole venue as staff meet it: the web server in its own process, and Chromium."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import settings
from tests import signed_in
from tests.browser.people import add_sixty
from tests.process_logs import assert_without_numbers
from venue import clock
from venue.profile import Venue
from venue.roles import DESK

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Environment, port and log file, to the process id.
StartServer = Callable[[dict[str, str], int, Path], int]

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"

SIZES = {"desk": (1280, 800), "phone": (390, 844)}


def on_a(device: str, fixture: str) -> pytest.MarkDecorator:
    """For a test of what is the same at each size, though its fixture has a screen of either: one is enough."""
    return pytest.mark.parametrize(fixture, [SIZES[device]], ids=[device], indirect=True)


@pytest.fixture
def environment(new_database: Callable[..., str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
    return {**kept, "DATABASE_URL": new_database("sqlite"), "SENDING_HOURS": "00:00-24:00"}


@pytest.fixture
def venue(environment: dict[str, str]) -> Iterator[Venue]:
    """The venue that the web server shows, opened in this process."""
    venue = settings.open_venue(settings.load(environment))
    yield venue
    venue.database.close()


@pytest.fixture
def write(venue: Venue) -> Callable[..., Any]:
    """Calls a function with a session, now and what else it takes, in one transaction of the desk."""

    def write(what: Callable[..., Any], *more: Any) -> Any:
        with venue.transaction(DESK) as session:
            return what(session, clock.now(), *more)

    return write


@pytest.fixture(scope="session")
def start_server() -> Iterator[StartServer]:
    """Starts a web server: see server_starter.py."""
    command = [sys.executable, "-m", "tests.browser.server_starter"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:

        def start(environment: dict[str, str], port: int, log: Path) -> int:
            arguments = ["app.py", "--server.port", str(port)]
            starter.stdin.write(
                json.dumps({"environment": environment, "arguments": arguments, "log": str(log)}) + "\n"
            )
            starter.stdin.flush()
            return int(starter.stdout.readline())

        yield start
        starter.stdin.close()


class Server:
    """The web server, which can be stopped and started again at the same address."""

    def __init__(self, start_server: StartServer, environment: dict[str, str], log: Path):
        with socket.socket() as free:
            free.bind(("localhost", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://localhost:{self.port}"
        self.environment, self.log = environment, log
        self._start_server = start_server

    def start(self) -> None:
        self.pid = self._start_server(self.environment, self.port, self.log)
        wait_until(self._answers, "the web server did not answer in a minute")

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGTERM)
        wait_until(lambda: not self.is_running(), "the web server did not stop")

    def _answers(self) -> bool:
        assert self.is_running(), f"the web server ended at once: {self.log.read_text()[-2000:]}"
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def is_running(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True


@pytest.fixture
def server(start_server: StartServer, environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    server = Server(start_server, environment, tmp_path / "server.log")
    server.start()
    yield server
    if server.is_running():
        server.stop()
    assert_without_numbers(server.log)


@pytest.fixture
def address(server: Server) -> str:
    """Where the web server answers."""
    return server.address


def wait_until(is_so: Callable[[], bool], problem: str, *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, problem
        time.sleep(0.05)


@pytest.fixture
def token(venue: Venue) -> str:
    """The cookie's value of a signed-in manager."""
    return signed_in.sign_in(venue, now=clock.now())


class SignedInBrowser:
    """Chromium, whose contexts have the cookie of a signed-in manager."""

    def __init__(self, browser: Any, token: str):
        self._browser = browser
        self._storage = signed_in.storage(token)

    def new_context(self, **options: Any) -> Any:
        return self._browser.new_context(storage_state=self._storage, **options)

    def new_page(self, **options: Any) -> Any:
        return self._browser.new_page(storage_state=self._storage, **options)


@pytest.fixture
def chromium(browser_of_all_tests: Any, token: str) -> SignedInBrowser:
    return SignedInBrowser(browser_of_all_tests, token)


@pytest.fixture(scope="session")
def browser_of_all_tests() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        # The first screen of a fresh server may take its time on a busy machine.
        playwright.expect.set_options(timeout=15_000)
        browser = started.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[object]:
    """A desk's."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=address)
    yield context.new_page()
    context.close()


class Held:
    """Answers of the server, which come to the page unless they are held."""

    def __init__(self) -> None:
        self.is_held = False
        self.answers: list[Callable[[], None]] = []

    def hold(self) -> None:
        self.is_held = True

    def let_go(self) -> None:
        self.is_held = False
        while self.answers:
            self.pass_one()

    def pass_one(self) -> None:
        self.answers.pop(0)()

    def add(self, send: Callable[[Any], None], message: Any) -> None:
        self.answers.append(partial(send, message))
        while self.answers and not self.is_held:
            self.pass_one()


@pytest.fixture
def held(page: Any) -> Held:
    held = Held()

    def between(socket: Any) -> None:
        socket.connect_to_server().on_message(partial(held.add, socket.send))

    page.route_web_socket(re.compile("/_stcore/stream"), between)
    return held


@pytest.fixture
def sixty(write: Callable[..., Any]) -> None:
    """Customers called Smith."""
    write(add_sixty)


@pytest.fixture
def run_scheduler(environment: dict[str, str]) -> Callable[[], None]:
    def run() -> None:
        subprocess.run([sys.executable, "scheduler.py", "--once"], cwd=ROOT, env=environment, check=True, timeout=60)

    return run
