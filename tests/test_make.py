"""The commands that README gives, run as they are written, in a copy of the code."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.patience import PATIENCE

ROOT = Path(__file__).parents[1]
NOT_RUN = shutil.ignore_patterns(".*", "data", "tests", "__pycache__")
MADE_HERE = {"run", "demo"}
# This run of the tests is `make test`. The others take hours, or change what is committed: their parts have tests.
MADE_ELSEWHERE = {"test", "check", "soak", "bench", "screenshots"}


def test_readme_gives_the_commands_that_there_are() -> None:
    given = set(re.findall(r"^make (\w+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert given == MADE_HERE | MADE_ELSEWHERE
    for each in given:
        subprocess.run(["make", "--dry-run", each], cwd=ROOT, check=True, capture_output=True, timeout=PATIENCE)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code with the requirements that are installed here, and no data."""
    copy = tmp_path_factory.mktemp("copied") / "copy"
    shutil.copytree(ROOT, copy, ignore=NOT_RUN)
    shutil.copytree(ROOT / ".streamlit", copy / ".streamlit")
    (copy / ".venv").mkdir()
    for each in Path(sys.prefix).iterdir():
        (copy / ".venv" / each.name).symlink_to(each)
    ready = copy / ".venv" / f"ready-{sys.version_info[0]}.{sys.version_info[1]}"
    ready.unlink(missing_ok=True)
    ready.touch()  # Newer than the requirements, so that none are installed again.
    return copy


@contextmanager
def made(target: str, folder: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    """Runs the command, and stops it by Ctrl-C. Gives the address of the dashboard, and what the command has said."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "MAKE", "MFLAGS"))}
    kept = {name: value for name, value in kept.items() if name not in ("DATABASE_URL", "SIGN_IN")}
    environment = {**kept, "STREAMLIT_SERVER_PORT": str(port)}
    log = folder / "said"
    with log.open("w") as written:
        running = subprocess.Popen(
            ["make", f"PYTHON={sys.executable}", target],
            cwd=folder,
            env=environment,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield f"http://localhost:{port}", log.read_text
        os.killpg(running.pid, signal.SIGINT)
        running.wait(PATIENCE)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()


def answer(url: str) -> str:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return str(response.read().decode())
        except OSError:
            assert time.monotonic() < until, f"{url} does not answer"
            time.sleep(0.2)


def test_the_demo_shows_a_pub_with_customers(copied: Path) -> None:
    with made("demo", copied) as (address, _said):
        answer(f"{address}/healthz")
    assert rows(copied / "data" / "demo.db", "customers") > 100


def test_a_venue_of_ones_own_begins_with_a_code_for_the_first_manager(copied: Path) -> None:
    with made("run", copied) as (address, said):
        assert "code" in answer(f"{address}/set-up")
        assert re.search(r"/set-up and enter this code:\s+[0-9A-Z-]{19}\n", said()), said()
    assert rows(copied / "data" / "anchor.db", "customers") == 0


def rows(database: Path, table: str) -> int:
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        count = connection.scalar(text(f"SELECT count(*) FROM {table}"))
    engine.dispose()
    return int(count)
