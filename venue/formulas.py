"""Escape cells that a spreadsheet would run as a formula, in exports, and undo the escape in imports.

https://owasp.org/www-community/attacks/CSV_Injection
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def inert(cell: str) -> str:
    """The cell with an apostrophe in front, if it looks like a formula or like an escaped formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def live(cell: str) -> str:
    """The original cell: the inverse of `inert`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
