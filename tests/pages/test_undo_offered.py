"""Whatever can be undone is done with a toast that has Undo."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from venue.acts import ACT
from venue.journal.undoable import UNDOABLE

PAGES = Path(__file__).parents[2] / "pages"
# Functions without such a toast, and how it is undone instead.
OTHERWISE = {
    ("customers/add.py", "save"): "The customer is added first, and shows the household with a button to leave it.",
    ("customers/household.py", "_join"): "Its `_done` says it.",
    ("events/guests.py", "mark"): "The same button, tapped again.",
    ("journal/entries_shown.py", "undone"): "The journal, whose entry of it has a button.",
}


def test_what_can_be_undone_offers_it() -> None:
    lacking = {
        (str(file.relative_to(PAGES)), function.name)
        for file in PAGES.rglob("*.py")
        for function in functions(ast.parse(file.read_text(encoding="utf-8")))
        if undoable(function, names(file)) and not mentions(function, "last_entry")
    }
    assert lacking == OTHERWISE.keys()


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """All but those that take a session: their callers have the transaction, and the toast."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and "session" not in [each.arg for each in node.args.args]:
            yield node


def undoable(function: ast.FunctionDef, known: dict[str, Any]) -> bool:
    """Whether it calls a command that leaves an entry which can be undone."""
    passed_on = {call for node in ast.walk(function) if isinstance(node, ast.Lambda) for call in ast.walk(node)}
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call) and node not in passed_on]
    return any(getattr(resolve(call, known), ACT, None) in UNDOABLE for call in calls)


def resolve(node: ast.expr, known: dict[str, Any]) -> Any:
    """What a name like `events.cancel` means in its file; None if it is not of the rules."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(resolve(node.value, known), node.attr, None)
    return None


def names(file: Path) -> dict[str, Any]:
    """What the file imports from the rules."""
    found = {}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("venue"):
            for each in node.names:
                found[each.asname or each.name] = imported(str(node.module), each.name)
    return found


def imported(module: str, name: str) -> Any:
    of: ModuleType = importlib.import_module(module)
    return getattr(of, name) if hasattr(of, name) else importlib.import_module(f"{module}.{name}")


def mentions(function: ast.FunctionDef, name: str) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == name for node in ast.walk(function))
