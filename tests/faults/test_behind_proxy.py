"""Two dashboards behind a real nginx or Caddy and two schedulers, through a real PgBouncer, on one PostgreSQL; one of
each is killed while all are busy."""

import asyncio
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import make_url
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from db.postgresql import POOLER
from tests import own_loop, signed_in
from tests.browser.conftest import CHROMIUM, QUIET
from tests.fakes.servers import PGBOUNCER, PgBouncer, closed_port, pgbouncer
from tests.faults.stage import Stage, until
from tests.faults.web_proxies import DASHBOARD, answers, program, proxy
from tests.process_logs import assert_without_numbers
from venue import clock

pytestmark = [pytest.mark.soak, pytest.mark.parametrize("database_kind", ["postgresql"])]
ROOT = Path(__file__).parents[2]
TEXTS, TEXTS_LATER = 60, 10
BROWSERS = 10


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_one_dashboard_and_one_scheduler_are_killed_under_load(stage: Stage, tmp_path: Path, name: str) -> None:
    if program(name) is None:
        pytest.skip(f"{name} is not installed: apt-get install {name}")
    stage.settings |= {"SMS_PER_SECOND": "10", "TRUSTED_PROXIES": "127.0.0.1"}
    tokens = [signed_in.sign_in(stage.venue, now=clock.now(), name=f"Max {number}") for number in range(BROWSERS)]
    with (
        pooled(stage) as pooler,
        dashboards(stage, tmp_path) as running,
        proxy(name, tmp_path, list(running)) as address,
    ):
        first, _ = stage.start(), stage.start()
        stage.book(TEXTS)
        uploads_and_downloads(address, tokens[0])
        load = Load(address, tokens)
        with load.running():
            assert until(lambda: all(len(seen) > 3 for seen in load.dashboards.values()))
            before = {token: load.last(token) for token in tokens}
            assert set(before.values()) == {f"127.0.0.1:{port}" for port in running}, "one dashboard gets everything"
            assert all(len(set(seen)) == 1 for seen in load.dashboards.values()), "a browser changed its dashboard"
            assert all(own_loop.run(draws_a_screen(address, token)) for token in tokens)

            killed, left = list(running)
            running[killed].kill()
            first.kill()
            assert until(lambda: all(load.last(token) == f"127.0.0.1:{left}" for token in tokens))
            # The sign-in is in the database: no one signs in again.
            assert all(own_loop.run(draws_a_screen(address, token)) for token in tokens)
            stage.running.remove(first)
            stage.settle()
        if pooler:
            pooler.kill()
            stage.book(TEXTS_LATER)
            pooler.start()
            stage.settle()
            assert all(own_loop.run(draws_a_screen(address, token)) for token in tokens)
        assert all(stage.stop(each) == 0 for each in stage.running)
    # Those whose dashboard lives on have noticed nothing; the others at most what was on its way.
    assert set(load.failed) <= {token for token, was in before.items() if was == f"127.0.0.1:{killed}"}
    assert all(count <= 2 for count in load.failed.values()), load.failed
    count = stage.count()
    assert (count.texts, count.wrong) == (TEXTS + (TEXTS_LATER if pooler else 0), [])


@dataclass
class Load:
    """Browsers that read a page again and again: which dashboard answered each, and how often none did."""

    address: str
    tokens: list[str]
    dashboards: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    # Caddy's, that says which dashboard a browser was at.
    cookies: dict[str, str] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        self.dashboards |= {token: [] for token in self.tokens}
        threads = [threading.Thread(target=self._read, args=(token,)) for token in self.tokens]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopping.set()
            for thread in threads:
                thread.join()

    def last(self, token: str) -> str:
        return self.dashboards[token][-1]

    def _read(self, token: str) -> None:
        while not self.stopping.wait(0.5):
            cookies = f"{signed_in.header(token)['Cookie']}; {self.cookies.get(token, '')}"
            request = urllib.request.Request(f"{self.address}/customers", headers={"Cookie": cookies})
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    # With a second try, nginx names both: the last one answered.
                    self.dashboards[token].append(answer.headers[DASHBOARD].split(", ")[-1])
                    for each in answer.headers.get_all("Set-Cookie", ()):
                        if each.startswith("anchor_dashboard="):
                            self.cookies[token] = each.partition(";")[0]
            except (urllib.error.URLError, OSError):
                self.failed[token] += 1


def uploads_and_downloads(address: str, token: str) -> None:
    """With a browser, through the proxy."""
    file = {"name": "guests.csv", "mimeType": "text/csv", "buffer": b"First name,Last name\nJo,Smith\n" * 50_000}
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET) as browser:
        page = browser.new_context(storage_state=signed_in.storage(token)).new_page()
        page.set_default_timeout(180_000)
        page.goto(f"{address}/data/import")
        page.locator("input[type=file]").set_input_files([file])
        expect(page.get_by_role("button", name="Continue")).to_be_enabled(timeout=180_000)
        page.goto(f"{address}/customers")
        link = page.get_by_role("link", name="Download CSV").get_attribute("href")
        answer = page.request.get(urllib.parse.urljoin(address, link or ""))
        assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")


async def draws_a_screen(address: str, token: str) -> bool:
    """Whether a websocket through the proxy gets a screen that was drawn to its end."""
    stream = address.replace("http", "ws") + "/_stcore/stream"
    headers = signed_in.header(token)
    async with await connect(stream, subprotocols=["streamlit"], origin=address, additional_headers=headers) as tab:
        run = BackMsg()
        run.rerun_script.SetInParent()
        await tab.send(run.SerializeToString())
        while True:
            told = ForwardMsg.FromString(await asyncio.wait_for(tab.recv(), 30))
            if told.WhichOneof("type") == "script_finished":
                return told.script_finished == ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY


@contextmanager
def pooled(stage: Stage) -> Iterator[PgBouncer | None]:
    """PgBouncer between PostgreSQL and all processes that are started from now on, if it is installed."""
    if PGBOUNCER is None:
        yield None
        return
    url = make_url(stage.database_url).difference_update_query([POOLER])
    with pgbouncer(url) as it:
        through = url.update_query_dict({POOLER: it.address})
        stage.settings["DATABASE_URL"] = through.render_as_string(hide_password=False)
        yield it


@contextmanager
def dashboards(stage: Stage, folder: Path) -> Iterator[dict[int, "subprocess.Popen[bytes]"]]:
    """Two, by their ports."""
    ports, log = (closed_port(), closed_port()), folder / "dashboards.log"
    with log.open("w") as output:
        running = {
            port: subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
                cwd=ROOT,
                env=stage.environ(),
                stdout=output,
                stderr=output,
            )
            for port in ports
        }
        try:
            assert until(lambda: all(answers(port) for port in ports)), log.read_text()[-4000:]
            yield running
        finally:
            for process in running.values():
                process.kill()
                process.wait()
    assert_without_numbers(log)
