"""Escape cells that a spreadsheet would run as a formula, in exports, and undo the escape in imports.

https://owasp.org/www-community/attacks/CSV_Injection
"""

import re

# Also the full-width signs, which spreadsheets in Chinese, Japanese and Korean take for the plain ones, and any of them
# after spaces, which some programs trim. PostgreSQL reads this pattern like Python.
FORMULA = "'* *[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r\n]"
_FORMULA = re.compile(FORMULA)
# ="07700900123" is how programs make Excel keep the first zero.
TEXT = re.compile('="((?:[^"]|"")*)"')


def inert(cell: str) -> str:
    """The cell with an apostrophe in front, if it looks like a formula or like an escaped formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def live(cell: str) -> str:
    """The original cell: the inverse of `inert`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def written_text(cell: str) -> str:
    """The text of a cell of an imported file: without the apostrophe of `inert`, or Excel's `="…"` around it."""
    text = TEXT.fullmatch(cell.strip()) if '"' in cell else None
    return text[1].replace('""', '"') if text else live(cell)


def importable(cell: str) -> str:
    """The text of a cell that stores text as such, like those of Excel files. It needs no escape unless an import would
    take one away: `written_text` returns the original cell."""
    return cell if written_text(cell) == cell else f"'{cell}"
