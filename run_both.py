"""Run the dashboard and the scheduler together: when one of them ends, or a signal says so, both end."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

PROGRAMS = {
    "dashboard": [sys.executable, "-m", "streamlit", "run", "app.py"],
    "scheduler": [sys.executable, "scheduler.py"],
}
# Longer than the scheduler takes to finish and record the calls in flight: see STOP_WITHIN in venue/sending.py.
GRACE_SECONDS = 65
GLANCE_SECONDS = 0.1
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1


def run(programs: Mapping[str, Sequence[str]], *, grace: float = GRACE_SECONDS) -> int:
    """Start all, and wait. The exit status is 0 after a signal, and 1 or more when one ended by itself."""
    asked: list[int] = []
    for number in STOPS:
        signal.signal(number, lambda received, _frame: asked.append(received))
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in programs.items():
            running[name] = _start(command)
        while not asked and not _ended(running):
            time.sleep(GLANCE_SECONDS)
        ended = _ended(running)
    finally:
        _stop(running.values(), grace)
    if asked and not ended:
        return 0
    for name, status in ended.items():
        _say(f"The {name} ended with status {status}, so everything was stopped.")
    return max([1, *ended.values()])


def _start(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    # In a session of its own, so that Ctrl-C reaches it once, through us, and not from the terminal as well.
    return subprocess.Popen(  # noqa: S603
        command,
        cwd=Path(__file__).parent,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 (no threads here)
    )


def _end_with_parent() -> None:
    """Linux ends the program, too, when we are killed without a chance to do it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _ended(running: Mapping[str, "subprocess.Popen[bytes]"]) -> dict[str, int]:
    return {name: program.returncode for name, program in running.items() if program.poll() is not None}


def _stop(running: Collection["subprocess.Popen[bytes]"], grace: float) -> None:
    """Ask each to end, and end those that have not by the end of the grace."""
    for program in running:
        program.terminate()
    deadline = time.monotonic() + grace
    for program in running:
        try:
            program.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def main() -> None:
    sys.exit(run(PROGRAMS))


if __name__ == "__main__":
    main()
