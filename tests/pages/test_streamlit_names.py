"""Streamlit's own names for its parts may change with any release: nothing of ours looks for them."""

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "pages"
FILES = sorted(path for path in PAGES.rglob("*") if path.suffix in (".py", ".js", ".css"))
# Test ids and classes, like stMain. "st-key-…" is ours: it comes from the `key` of a widget or container.
OWN_NAMES = re.compile(r"testid|\bst[A-Z]\w+|\.st-(?!key-)\w+")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PAGES)))
def test_no_file_looks_for_a_part_of_streamlits_by_its_name(path):
    assert OWN_NAMES.findall(path.read_text(encoding="utf-8")) == []
