"""A web server with figures: `python -m benchmarks.server_process app.py LOOK_PORT --server.port PORT`.

It runs `streamlit run`. A thread answers each connection to LOOK_PORT with one line of JSON. When BENCH_NOW is set, the
venue's clock starts at that time, so that the coming events are the same on any day.
"""

import gc
import json
import os
import socketserver
import sys
import threading
from datetime import datetime
from typing import Any


def look() -> dict[str, Any]:
    """The number of sessions, and figures of Python's garbage collector."""
    from streamlit import runtime

    sessions = runtime.get_instance()._session_mgr
    return {
        "active": sessions.num_active_sessions(),
        "kept": sessions.num_sessions() - sessions.num_active_sessions(),
        "frozen": gc.get_freeze_count(),
        "objects": len(gc.get_objects()),
        "collections": gc.get_stats()[2]["collections"],
        "uncollectable": sum(each["uncollectable"] for each in gc.get_stats()),
        "threads": threading.active_count(),
    }


class Answer(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(json.dumps(look()).encode())


def set_clock(moment: str) -> None:
    from venue import clock

    real = clock.now
    ahead = datetime.fromisoformat(moment) - real()
    clock.now = lambda: real() + ahead


def main() -> None:
    if "BENCH_NOW" in os.environ:
        set_clock(os.environ["BENCH_NOW"])
    script, port, *arguments = sys.argv[1:]
    beside = socketserver.TCPServer(("localhost", int(port)), Answer)
    threading.Thread(target=beside.serve_forever, daemon=True).start()

    from streamlit.web import cli

    sys.argv = ["streamlit", "run", script, *arguments]
    cli.main()


if __name__ == "__main__":
    main()
