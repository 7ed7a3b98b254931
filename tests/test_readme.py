"""README: its recipe for a new field, followed to the letter in a copy of the code, its pictures and its lists."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = (
    "app.py",
    "scheduler.py",
    "scheduler_jobs.py",
    "environment.py",
    "mail_settings.py",
    "settings.py",
    "sign_in_settings.py",
    "pyproject.toml",
)
FOLDERS = ("channels", "cli", "db", "mail", "pages", "sms", "tests", "venue", "web")


def test_a_field_of_a_customer_is_added_as_the_readme_says(tmp_path: Path) -> None:
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    apply(recipe(), tmp_path)

    tests = ("tests/recipe/allergies.py", "tests/db/test_migrations.py")
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not postgresql", *tests],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


def recipe() -> str:
    """The lines to change, with the number of the migration filled in."""
    readme = (ROOT / "README.md").read_text()
    (diff,) = re.findall(r"### Add a field to a customer\n.*?```diff\n(.*?)```", readme, re.DOTALL)
    latest = max(file.name[:4] for file in (ROOT / "db/migrations/versions").glob("[0-9]*.py"))
    return diff.replace("LATEST", latest).replace("NEXT", f"{int(latest) + 1:04}")


def apply(diff: str, folder: Path) -> None:
    """A diff without line numbers: what is before a change must be in its file exactly once."""
    for section in re.split(r"^--- ", diff, flags=re.MULTILINE)[1:]:
        name, _, changes = section.partition("\n")
        file = folder / name
        content = file.read_text() if file.exists() else ""
        for hunk in re.split(r"^@@\n", changes, flags=re.MULTILINE):
            lines = hunk.splitlines(keepends=True)
            before = "".join(line[1:] for line in lines if line[0] in " -")
            after = "".join(line[1:] for line in lines if line[0] in " +")
            assert content.count(before) == 1 or not content, f"{name}: {before}"
            content = content.replace(before, after) if content else after
        file.write_text(content)


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\| (\d+) \| \[.+\]\((0*\1-.+\.md)\) \|", (folder / "README.md").read_text())
    assert [name for _, name in listed] == sorted(file.name for file in folder.glob("[0-9]*.md"))


def test_every_picture_is_there_and_small() -> None:
    named = set(re.findall(r"docs/screenshots/[\w-]+\.png", (ROOT / "README.md").read_text()))
    assert named == {str(file.relative_to(ROOT)) for file in (ROOT / "docs" / "screenshots").iterdir()}
    assert all((ROOT / name).stat().st_size <= 150_000 for name in named)
