"""Cells that a spreadsheet would run as a formula: made inert on the way out, as they were on the way in.

https://owasp.org/www-community/attacks/CSV_Injection
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def inert(cell: str) -> str:
    """The cell with an apostrophe before it, if a spreadsheet would take it for a formula or for such a cell."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def live(cell: str) -> str:
    """What `inert` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
