"""The two web servers that are measured, each in its own process: ours with a venue, and the empty app."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request

import psutil

import settings
from benchmarks import people
from tests import signed_in
from venue.profile import Venue

ROOT = Path(__file__).parents[1]
PLAIN = ROOT / "benchmarks/plain"
# Variables that must not reach a measured server, so that no real text is sent and no one's sign-in is used.
NOT_PASSED_ON = (
    "TWILIO_",
    "STREAMLIT_",
    "VENUE_",
    "OIDC_",
    "PUBLIC_URL",
    "DATABASE_URL",
    "BENCH_NOW",
    "SIGN_IN",
    "TABLET_",
)


@dataclass(frozen=True)
class Server:
    """A running web server. `token` is of a signed-in manager; the empty app has no sign-in."""

    port: int
    look_port: int
    process: psutil.Process
    token: str = ""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def memory(self) -> float:
        """Its resident memory, in MB."""
        return float(self.process.memory_info().rss) / 1024 / 1024

    def look(self) -> dict[str, Any]:
        """The number of its sessions, and figures of its garbage collector."""
        with socket.create_connection(("localhost", self.look_port), timeout=30) as connection:
            return dict(json.loads(connection.makefile("rb").read()))


@contextmanager
def ours(venue: Venue) -> Iterator[Server]:
    url = venue.database.engine.url.render_as_string(hide_password=False)
    # Set to empty, because a file .env could set them.
    empty = dict.fromkeys((*settings.TWILIO_VARIABLES, "PUBLIC_URL"), "")
    environment = {**empty, "DATABASE_URL": url, "VENUE_NAME": venue.name, "BENCH_NOW": people.NOW.isoformat()}
    token = signed_in.sign_in(venue, now=people.NOW, lasts=timedelta(days=1))
    with _served(ROOT, environment, token) as server:
        yield server


@contextmanager
def plain() -> Iterator[Server]:
    with _served(PLAIN, {"PYTHONPATH": str(ROOT)}) as server:
        yield server


@contextmanager
def both(venue: Venue) -> Iterator[tuple[Server, Server]]:
    """Ours and the empty app."""
    with ours(venue) as our_server, plain() as plain_server:
        yield our_server, plain_server


@contextmanager
def _served(folder: Path, environment: Mapping[str, str], token: str = "") -> Iterator[Server]:
    """The app in a folder, with that folder's Streamlit settings."""
    port, look_port = _free_ports(2)
    command = [sys.executable, "-m", "benchmarks.server_process", "app.py", str(look_port), "--server.port", str(port)]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(NOT_PASSED_ON)}
    with tempfile.TemporaryFile() as log:
        started = subprocess.Popen(command, cwd=folder, env={**inherited, **environment}, stdout=log, stderr=log)
        try:
            server = Server(port, look_port, psutil.Process(started.pid), token)
            _wait_for(Request(f"{server.url}/_stcore/health", headers=signed_in.header(token)), started)
            yield server
        except BaseException:
            log.seek(0)
            sys.stderr.write(f"The log of {folder}:\n{log.read().decode(errors='replace')[-4000:]}\n")
            raise
        finally:
            started.terminate()
            started.wait(30)


def _free_ports(how_many: int) -> list[int]:
    servers = [socket.create_server(("localhost", 0)) for _ in range(how_many)]
    ports = [each.getsockname()[1] for each in servers]
    for each in servers:
        each.close()
    return ports


def _wait_for(request: Request, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError("The web server ended at once")
        try:
            urllib.request.urlopen(request, timeout=2)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("The web server did not answer in a minute")
