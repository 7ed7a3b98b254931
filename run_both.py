"""Runs the dashboard and the scheduler together. When one of them ends, or on a signal, both are stopped."""

import ctypes
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from environment import logs_as_json
from venue.json_lines import JsonFormatter

log = logging.getLogger("run_both")

PROGRAMS = {
    "dashboard": [sys.executable, "-m", "streamlit", "run", "app.py"],
    "scheduler": [sys.executable, "scheduler.py"],
}
# Longer than the scheduler takes to finish and record the calls in flight: STOP_WITHIN in venue/delivery/sender.py.
GRACE_SECONDS = 65
POLL_SECONDS = 0.1
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1


def run(programs: Mapping[str, Sequence[str]], *, grace: float = GRACE_SECONDS) -> int:
    """Start all programs and wait. Returns the exit status: 0 after a signal, 1 or more when a program ended.

    `grace` is how many seconds the programs may take to end before they are killed.
    """
    signals: list[int] = []
    for number in STOP_SIGNALS:
        signal.signal(number, lambda received, _frame: signals.append(received))
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in programs.items():
            running[name] = _start(command)
        while not signals and not _ended(running):
            time.sleep(POLL_SECONDS)
        ended = _ended(running)
    finally:
        _stop(running.values(), grace)
    if signals and not ended:
        return 0
    for name, status in ended.items():
        log.error("The %s ended with status %s, so everything was stopped.", name, status)
    return max([1, *ended.values()])


def _set_up_log() -> None:
    to_standard_error = logging.StreamHandler()
    if logs_as_json():
        to_standard_error.setFormatter(JsonFormatter("run_both"))
    log.addHandler(to_standard_error)


def _start(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    # In its own session: else the terminal would send Ctrl-C to it too, and it would get the signal twice.
    return subprocess.Popen(  # noqa: S603 # nosec B603 # our own two commands
        command,
        cwd=Path(__file__).parent,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 (no threads here)
    )


def _end_with_parent() -> None:
    """Have Linux stop the program when this process is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _ended(running: Mapping[str, "subprocess.Popen[bytes]"]) -> dict[str, int]:
    return {name: program.returncode for name, program in running.items() if program.poll() is not None}


def _stop(running: Collection["subprocess.Popen[bytes]"], grace: float) -> None:
    """Ask all programs to end, and kill those that have not ended within `grace` seconds."""
    for program in running:
        program.terminate()
    deadline = time.monotonic() + grace
    for program in running:
        try:
            program.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


def main() -> None:
    _set_up_log()
    sys.exit(run(PROGRAMS))


if __name__ == "__main__":
    main()
