"""Every command that README and docs/operating.md write exists, and takes the arguments that it is given there."""

import contextlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import click
import pytest

import manage
import scheduler

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^(?:\S+/)?python (manage|scheduler)\.py (.*)$", re.MULTILINE)
# What stands for an id, by its name in capital letters.
AN_ID = re.compile(r"^[A-Z][A-Z_]+$|^ID$")


def commands() -> Iterator[tuple[str, str]]:
    for name in ("README.md", "docs/operating.md"):
        for block in BLOCK.findall((ROOT / name).read_text()):
            yield from COMMAND.findall(block)


@pytest.mark.parametrize(("program", "line"), sorted(set(commands())))
def test_it_is_understood(program: str, line: str, tmp_path: Path) -> None:
    arguments = [
        str(UUID(int=1)) if AN_ID.match(each) else each.replace("/mnt/usb", str(tmp_path))
        for each in shlex.split(line, comments=True)
    ]
    for each in arguments:
        if Path(each).suffix in (".csv", ".db", ".xlsx"):
            (tmp_path / each).touch()
    with contextlib.chdir(tmp_path):
        understand({"manage": manage.main, "scheduler": scheduler.main}[program], arguments)


def understand(command: click.Command, arguments: list[str], parent: click.Context | None = None) -> None:
    """Parse the arguments as the command would. Raises UsageError."""
    context = command.make_context(command.name, list(arguments), parent=parent)
    if isinstance(command, click.Group):
        _, chosen, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert chosen is not None
        understand(chosen, rest, context)
