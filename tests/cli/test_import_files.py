"""Importing from the command line, in real processes: what is piped in, and what is no list."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.venue.imports.spreadsheets import Cell, xlsx
from tests.venue.imports.test_bad_files import BAD
from tests.venue.imports.uploads import PEOPLE

ROOT = Path(__file__).parents[2]
SPREADSHEET: list[list[Cell]] = [
    ["First Name", "Last Name", "Mobile"],
    ["Ann", "Lee", 7700900901],
    ["Bob", "Ray", None],
]


def import_piped(content: bytes, *options: str, url: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "manage.py", "customers", "import", "-", *options],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        input=content,
        capture_output=True,
        timeout=120,
    )


@pytest.mark.parametrize(("content", "new", "refused"), [(PEOPLE.encode(), 2, 0), (xlsx(SPREADSHEET), 1, 1)])
def test_a_file_is_piped_in(content: bytes, new: int, refused: int, database_url: str) -> None:
    finished = import_piped(content, "--json", "--repair-zeros", url=database_url)

    result = json.loads(finished.stdout)
    assert (result["new"], result["refused"], result["repaired"]) == (new, refused, refused)


@pytest.mark.parametrize("name", ["a claimed place", "PDF", "password in Excel", "nothing"])
def test_what_is_no_list_is_a_sentence(name: str, database_url: str) -> None:
    make, words = BAD[name]
    finished = import_piped(make(), url=database_url)

    assert (finished.returncode, finished.stdout) == (1, b"")
    assert finished.stderr.startswith(b"Error: ")
    assert words in finished.stderr.decode()
    assert finished.stderr.count(b"\n") == 1
