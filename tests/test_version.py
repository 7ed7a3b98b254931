"""The version is the same wherever it is written."""

import re
import tomllib
from pathlib import Path

from tests import command_line
from venue.version import VERSION

ROOT = Path(__file__).parents[1]


def test_it_is_the_one_of_the_project_and_of_its_latest_release() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    releases = re.findall(r"^## \[(\d[\d.]*)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert project["version"] == releases[0] == VERSION


def test_the_command_line_says_it() -> None:
    assert command_line.run("--version", url="sqlite://").stdout == f"Anchor Desk {VERSION}\n"


def test_the_changelog_is_read_without_scrolling_sideways() -> None:
    assert [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if len(line) > 120] == []
