"""Words and turns of phrase that made readers stop and decode do not come back."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Folders and files whose words have been read once and made plain: Python, JavaScript, and everything that is prose.
PLAIN = (
    "db",
    "channels",
    "mail",
    "sms",
    "web",
    "cli",
    "pages",
    "venue",
    "tests",
    "benchmarks",
    "app.py",
    "manage.py",
    "run_both.py",
    "scheduler.py",
    "scheduler_jobs.py",
    "environment.py",
    "mail_settings.py",
    "settings.py",
    "sign_in_settings.py",
    "deploy",
    "docs",
    "Makefile",
    ".env.example",
    "README.md",
    "CHANGELOG.md",
)
# Not read: pictures, made-up names, and this list itself.
NOT_READ = ("docs/screenshots/", "db/sample/", "tests/test_words.py")

STRUCK_OUT = re.compile(
    r"\b("
    r"whoever|somebody|nobody|meanwhile|anew|afresh|by itself|lest|wholly|of use|is not there any more|"
    r"so many|in a circle|mend(s|ed|ing)?|dear|house"
    r")\b",
    re.IGNORECASE,
)


# Between the words of a name: a_name, AName.
_WORDS_OF_A_NAME = re.compile(r"_|(?<=[a-z])(?=[A-Z])")


def files(name: str) -> list[Path]:
    """The files that are read under one of `PLAIN`."""
    under = [ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*")
    return sorted(
        path
        for path in under
        if path.suffix in (".py", ".js", ".css", ".md", ".service", ".yaml", ".example") or not path.suffix
        if path.is_file() and not str(path.relative_to(ROOT)).startswith(NOT_READ)
    )


def sayings(path: Path) -> Iterator[tuple[int, str]]:
    """Each sentence in a file, with its line: names, strings, docstrings and comments of Python, else every line."""
    text = path.read_text(encoding="utf-8")
    lines = list(enumerate(text.splitlines(), start=1))
    if path.suffix != ".py":
        yield from lines
        return
    names: dict[str, int] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, " ".join(node.value.split())
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.setdefault(node.name, node.lineno)
        elif isinstance(node, ast.Name | ast.arg):
            names.setdefault(node.id if isinstance(node, ast.Name) else node.arg, node.lineno)
    for name, line in names.items():
        yield line, _WORDS_OF_A_NAME.sub(" ", name)
    # Comments; and the end of a string with this sign in it, which is read already.
    yield from ((line, said[said.index("#") :]) for line, said in lines if "#" in said)


@pytest.mark.parametrize("name", PLAIN)
def test_the_words_are_plain(name: str) -> None:
    struck_out = [
        f"{path.relative_to(ROOT)}:{line}: “{match[0]}” in: {saying[:120]}"
        for path in files(name)
        for line, saying in sayings(path)
        if (match := STRUCK_OUT.search(saying))
    ]
    assert not struck_out, "\n".join(struck_out)
