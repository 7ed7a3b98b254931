"""Importing from the command line: what is piped in, and what is no list."""

import json
import os
import subprocess
import sys

import pytest

from tests import command_line
from tests.venue.imports.spreadsheets import Cell, xlsx
from tests.venue.imports.test_bad_files import BAD
from tests.venue.imports.uploads import PEOPLE

IMPORT = ("customers", "import", "-")
SPREADSHEET: list[list[Cell]] = [
    ["First Name", "Last Name", "Mobile"],
    ["Ann", "Lee", 7700900901],
    ["Bob", "Ray", None],
]


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(("content", "new", "refused"), [(PEOPLE.encode(), 2, 0), (xlsx(SPREADSHEET), 1, 1)])
def test_a_file_is_piped_in(content: bytes, new: int, refused: int, database_url: str) -> None:
    finished = subprocess.run(
        [sys.executable, "manage.py", *IMPORT, "--json", "--repair-zeros"],
        cwd=command_line.ROOT,
        env={**os.environ, "DATABASE_URL": database_url},
        input=content,
        stdout=subprocess.PIPE,
        timeout=120,
    )

    result = json.loads(finished.stdout)
    assert (result["new"], result["refused"], result["repaired"]) == (new, refused, refused)


@pytest.mark.parametrize("name", ["a claimed place", "PDF", "password in Excel", "nothing"])
def test_what_is_no_list_is_a_sentence(name: str, database_url: str) -> None:
    make, words = BAD[name]
    finished = command_line.run(*IMPORT, typed=make(), url=database_url)

    assert (finished.exit_code, finished.stdout) == (1, "")
    assert finished.stderr.startswith("Error: ")
    assert words in finished.stderr
    assert finished.stderr.count("\n") == 1
