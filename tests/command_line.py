"""manage.py in this process, because a process of its own takes seconds to start."""

import contextlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import manage
from settings import TWILIO_VARIABLES
from venue import logs

ROOT = Path(__file__).parents[1]


def run(*arguments: str, url: str, typed: str | bytes = "", folder: Path = ROOT, **environ: str) -> Result:
    """What the command says and its exit status, when it is run in a folder. What it does not catch is raised."""
    without_twilio: dict[str, str | None] = dict.fromkeys(TWILIO_VARIABLES)
    with contextlib.chdir(folder), pytest.MonkeyPatch.context() as patch:
        # The zone and the logging of the tests stay as they are.
        patch.setattr(manage, "use_utc", lambda: None)
        patch.setattr(logs, "set_up", lambda level: None)
        return CliRunner().invoke(
            manage.main,
            arguments,
            input=typed,
            env={**without_twilio, "DATABASE_URL": url, **environ},
            prog_name="manage.py",
            catch_exceptions=False,
        )
