"""Comments, docstrings and documentation name only files that exist: names are easily forgotten when a file moves."""

import re

import pytest

from tests.test_words import PLAIN, ROOT, files, sayings

NAME = re.compile(r"(?<![\w/.<*-])(?:[\w-]+/)*[\w-]+\.(?:py|js|css|md)\b(?![.(])")
# README's examples of a new screen and a new migration.
OTHERS = {"pages/regulars.py", "regulars.py", "db/migrations/versions/NEXT_allergies.py"}


@pytest.fixture(scope="module")
def paths() -> set[str]:
    """Every file by its path, and by each end of its path."""
    whole = [path.relative_to(ROOT).parts for path in ROOT.rglob("*.*") if ".venv" not in path.parts]
    return {"/".join(parts[start:]) for parts in whole for start in range(len(parts))}


@pytest.mark.parametrize("name", PLAIN)
def test_every_file_that_is_named_exists(name: str, paths: set[str]) -> None:
    known = paths | OTHERS
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {named}"
        for path in files(name)
        if not known.issuperset(NAME.findall(path.read_text(encoding="utf-8")))
        for line, saying in sayings(path)
        for named in NAME.findall(saying)
        if named not in known
    ]
    assert not wrong, "\n".join(wrong)
