"""The whole venue as staff meet it: the web server in its own process, and Chromium.

One server answers test after test, and its database is emptied between them: starting one takes a second of work.
"""

import json
import os
import pickle
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from fcntl import LOCK_EX, flock
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import settings
from tests import signed_in
from tests.browser.contexts import PATIENCE_MS, Contexts
from tests.browser.filled_venue import Filled, fill
from tests.browser.people import add_sixty
from tests.patience import PATIENCE
from tests.process_logs import assert_without_numbers
from venue import clock
from venue.profile import Venue
from venue.roles import DESK

ROOT = Path(__file__).parents[2]
# The first has no window to draw, and needs a fifth less of the processor.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, CHROMIUMS)), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",  # A new page of a context runs in the process of the ones before: see contexts.py.
]

# Environment, port and log file, to the process id.
StartServer = Callable[[dict[str, str], int, Path], int]

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"

SIZES = {"desk": (1280, 800), "phone": (390, 844)}


def on_a(device: str, fixture: str) -> pytest.MarkDecorator:
    """For a test of what is the same at each size, though its fixture has a screen of either: one is enough."""
    return pytest.mark.parametrize(fixture, [SIZES[device]], ids=[device], indirect=True)


@pytest.fixture(scope="session")
def empty_database(new_database: Callable[..., str]) -> Callable[[], str]:
    """Empties the database of this worker's tests, which a server may have open, and gives its address."""
    without_rows, used = new_database("sqlite"), new_database("sqlite")

    def empty() -> str:
        copy_database(file_of(without_rows), file_of(used))
        return used

    return empty


def copy_database(source: str | Path, target: str | Path) -> None:
    """Of SQLite, also into one that is open elsewhere."""
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)


def file_of(url: str) -> str:
    """The file of an SQLite database."""
    return url.removeprefix("sqlite:///")


@pytest.fixture(scope="session")
def filled_database(
    new_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> tuple[str, Filled]:
    """The address of a database in which no screen is empty, and what is in it. No test changes it.

    One of the test processes fills it, and the others copy it.
    """
    url = new_database("sqlite")
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    kept, known = shared / "filled.db", shared / "filled.pickle"
    with open(shared / "filling", "w") as lock:
        flock(lock, LOCK_EX)
        if not known.exists():
            venue = settings.open_venue(settings.load({"DATABASE_URL": url}))
            filled = fill(venue)
            venue.database.close()
            copy_database(file_of(url), kept)
            known.write_bytes(pickle.dumps(filled))
    copy_database(kept, file_of(url))
    return url, pickle.loads(known.read_bytes())


@pytest.fixture
def environment(empty_database: Callable[[], str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "PYTEST_"))}
    return {**kept, "DATABASE_URL": empty_database(), "SENDING_HOURS": "00:00-24:00"}


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

    def __init__(self, start_server: StartServer, environment: dict[str, str], log: Path, port: int):
        self.port = port
        self.address = f"http://localhost:{self.port}"
        self.environment, self.log = environment, log
        self._start_server = start_server

    def start(self) -> None:
        self.pid = self._start_server(self.environment, self.port, self.log)
        wait_until(self._answers, "the web server did not answer")

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


class KeptServer:
    """The web server of the test before, which goes on while tests have the same environment. The next one has the same
    address, from which the browser has loaded all of Streamlit."""

    def __init__(self, start_server: StartServer, folder: Path):
        self._start_server, self._folder = start_server, folder
        with socket.socket() as free:
            free.bind(("localhost", 0))
            self._port = free.getsockname()[1]
        self._server: Server | None = None
        self._started = count(1)

    def of(self, environment: dict[str, str]) -> Server:
        if self._server is None or self._server.environment != environment or not self._server.is_running():
            self.stop()
            log = self._folder / f"{next(self._started)}.log"
            self._server = Server(self._start_server, environment, log, self._port)
            self._server.start()
        return self._server

    def stop(self) -> None:
        if self._server and self._server.is_running():
            self._server.stop()
        self._server = None


@pytest.fixture(scope="session")
def kept_server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptServer]:
    kept = KeptServer(start_server, tmp_path_factory.mktemp("servers"))
    yield kept
    kept.stop()


@pytest.fixture
def server_of_its_own(kept_server: KeptServer) -> Iterator[None]:
    """For a test that writes what a running server reads again only after a while, as the venue's choices."""
    kept_server.stop()
    yield
    kept_server.stop()


@pytest.fixture
def server(kept_server: KeptServer, environment: dict[str, str]) -> Iterator[Server]:
    server = kept_server.of(environment)
    yield server
    assert_without_numbers(server.log)


@pytest.fixture
def address(server: Server) -> str:
    """Where the web server answers."""
    return server.address


def wait_until(is_so: Callable[[], bool], problem: str, *, seconds: float = PATIENCE) -> None:
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

    def __init__(self, contexts: Contexts, token: str):
        self._contexts, self._token = contexts, token

    def new_context(self, **options: Any) -> Any:
        return self._contexts.lend(self._token, **options)

    def new_page(self, **options: Any) -> Any:
        return self.new_context(**options).new_page()


@pytest.fixture
def contexts(contexts_of_all_tests: Contexts) -> Iterator[Contexts]:
    yield contexts_of_all_tests
    contexts_of_all_tests.take_back()


@pytest.fixture
def chromium(contexts: Contexts, token: str) -> SignedInBrowser:
    return SignedInBrowser(contexts, token)


@pytest.fixture(scope="session")
def contexts_of_all_tests(browser_of_all_tests: Any) -> Contexts:
    return Contexts(browser_of_all_tests)


@pytest.fixture(scope="session")
def browser_of_all_tests() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        # Nothing waits as long as this, unless the machine is busy with something else.
        playwright.expect.set_options(timeout=PATIENCE_MS)
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
        self.answers: list[partial[None]] = []

    def hold(self) -> None:
        self.is_held = True

    def let_go(self) -> None:
        self.is_held = False
        while self.answers:
            self.pass_one()

    def pass_one(self) -> None:
        self.answers.pop(0)()

    def lose(self) -> None:
        """As if the page had been closed or refreshed before they came."""
        self.is_held = False
        self.answers.clear()

    def has(self, words: str) -> bool:
        """Whether one of the held answers has these words in it."""
        return any(words.encode() in answer.args[0] for answer in self.answers)

    def add(self, send: Callable[[Any], None], message: Any) -> None:
        self.answers.append(partial(send, message))
        while self.answers and not self.is_held:
            self.pass_one()


@pytest.fixture
def held(page: Any) -> Held:
    return held_from(page)


def held_from(page: Any) -> Held:
    """What the server answers to this page, which has not been opened yet."""
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
        subprocess.run(
            [sys.executable, "scheduler.py", "--once"], cwd=ROOT, env=environment, check=True, timeout=PATIENCE
        )

    return run
