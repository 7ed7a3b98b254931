"""Two dashboards behind a real nginx and two schedulers on one PostgreSQL; one of each is killed while all are busy."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from tests import own_loop, signed_in
from tests.faults.stage import Stage, until
from tests.process_logs import assert_without_numbers
from venue import clock

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt-get install nginx-light"),
    pytest.mark.parametrize("database_kind", ["postgresql"]),
]
ROOT = Path(__file__).parents[2]
TEXTS = 60
BROWSERS = 6


def test_one_dashboard_and_one_scheduler_are_killed_under_load(stage: Stage, tmp_path: Path) -> None:
    stage.settings |= {"SMS_PER_SECOND": "10", "TRUSTED_PROXIES": "127.0.0.1"}
    tokens = [signed_in.sign_in(stage.venue, now=clock.now(), name=f"Max {number}") for number in range(BROWSERS)]
    with dashboards(stage, tmp_path) as running, proxy(tmp_path, list(running)) as address:
        first, second = stage.start(), stage.start()
        stage.book(TEXTS)
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
        assert stage.stop(second) == 0
    # Those whose dashboard lives on have noticed nothing; the others at most what was on its way.
    assert set(load.failed) <= {token for token, was in before.items() if was == f"127.0.0.1:{killed}"}
    assert all(count <= 2 for count in load.failed.values()), load.failed
    count = stage.count()
    assert (count.texts, count.wrong) == (TEXTS, [])


@dataclass
class Load:
    """Browsers that read a page again and again: which dashboard answered each, and how often none did."""

    address: str
    tokens: list[str]
    dashboards: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
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
        while not self.stopping.wait(0.2):
            request = urllib.request.Request(f"{self.address}/customers", headers=signed_in.header(token))
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    # With a second try, nginx names both: the last one answered.
                    self.dashboards[token].append(answer.headers["X-Dashboard"].split(", ")[-1])
            except (urllib.error.URLError, OSError):
                self.failed[token] += 1


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
def dashboards(stage: Stage, folder: Path) -> Iterator[dict[int, "subprocess.Popen[bytes]"]]:
    """Two, by their ports."""
    ports, log = (free_port(), free_port()), folder / "dashboards.log"
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


@contextmanager
def proxy(folder: Path, ports: list[int]) -> Iterator[str]:
    """deploy/nginx.conf for these dashboards, without its TLS; the address."""
    port = free_port()
    site = (ROOT / "deploy/nginx.conf").read_text()
    site = site.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};\n\tadd_header X-Dashboard $upstream_addr;")
    site = re.sub(r"\n\tssl_\w+ .*;", "", site).replace("desk.example.com", "localhost")
    site = site.replace(":8501", f":{ports[0]}").replace(":8502", f":{ports[1]}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    kept = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;" if os.getuid() == 0 else ""
    main = f"{user} daemon off; pid {folder}/nginx.pid; events {{}} http {{ access_log off;\n{kept}{site} }}"
    (folder / "nginx.conf").write_text(main)
    command = [NGINX or "", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")]
    process = subprocess.Popen(command)
    try:
        assert until(lambda: answers(port)), (folder / "nginx.log").read_text()
        yield f"http://localhost:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def answers(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
        return True
    return False


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
