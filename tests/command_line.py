"""manage.py and scheduler.py in this process, because a process of its own takes seconds to start."""

import contextlib
import signal
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import manage
import scheduler
from settings import TWILIO_VARIABLES
from venue import logs

ROOT = Path(__file__).parents[1]


def run(*arguments: str, url: str, typed: str | bytes = "", folder: Path = ROOT, **environ: str) -> Result:
    """What the command says and its exit status, when it is run in a folder. What it does not catch is raised."""
    with contextlib.chdir(folder):
        return _invoke(manage.main, arguments, url=url, typed=typed, environ=environ, name="manage.py")


def run_scheduler(*arguments: str, url: str, **environ: str) -> Result:
    """What the scheduler says and its exit status, if it ends of its own accord. What it does not catch is raised."""
    return _invoke(scheduler.main, arguments, url=url, typed="", environ=environ, name="scheduler.py")


def _invoke(
    main: click.Command, arguments: Sequence[str], *, url: str, typed: str | bytes, environ: dict[str, str], name: str
) -> Result:
    without_twilio: dict[str, str | None] = dict.fromkeys(TWILIO_VARIABLES)
    with pytest.MonkeyPatch.context() as patch:
        # The zone, the logging and the signals of the tests stay as they are.
        for module in (manage, scheduler):
            patch.setattr(module, "use_utc", lambda: None)
        patch.setattr(logs, "set_up", lambda *_, **__: None)
        patch.setattr(signal, "signal", lambda *_: None)
        return CliRunner().invoke(
            main,
            arguments,
            input=typed,
            env={**without_twilio, "DATABASE_URL": url, **environ},
            prog_name=name,
            catch_exceptions=False,
        )
