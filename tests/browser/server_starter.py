"""Starts web servers for the browser tests by forking a process that has imported everything they need.

A server started from scratch spends two seconds on its imports, and each browser test has its own server. Run as a
module: reads one JSON object a line from standard input (`environment`, `arguments`, `log`) and answers with the
process id.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pandas  # noqa: F401
import psycopg  # noqa: F401
import streamlit.web.bootstrap
import streamlit.web.cli
import streamlit.web.server.starlette

import settings  # noqa: F401
import web.confirm
import web.downloads
import web.twilio_callbacks  # noqa: F401


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Ended servers leave no zombies.
    started: list[int] = []
    for line in sys.stdin:
        wanted = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become_server(wanted["environment"], wanted["arguments"], Path(wanted["log"]))
        started.append(pid)
        print(pid, flush=True)
    for pid in started:  # The tests ended, perhaps without stopping their servers.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def _become_server(environment: dict[str, str], arguments: list[str], log: Path) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with log.open("a") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["streamlit", "run", *arguments]
    try:
        streamlit.web.cli.main()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
