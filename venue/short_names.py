"""Names that staff give to things they make, such as tags: how they are checked and compared."""

import re
import unicodedata

from db.search import fold

_SPACES = re.compile(r"\s+")
_ZERO_WIDTH = dict.fromkeys(map(ord, "\ufeff\u200b\u2060"))
# Control characters, lone surrogates, private ones, and separators of lines.
_INVISIBLE = {"Cc", "Cs", "Co", "Zl", "Zp"}
# Letters, digits, punctuation and symbols, by the first letter of their Unicode category.
_VISIBLE = "LNPS"


def checked(typed: str, *, longest: int, without: str = "") -> str:
    """The name as it is stored: trimmed, with single spaces. Raises ValueError, with a sentence for staff, when it is
    empty, too long, cannot be shown, or contains one of the characters in `without`."""
    name = _SPACES.sub(" ", unicodedata.normalize("NFC", typed.translate(_ZERO_WIDTH))).strip()
    if not name:
        raise ValueError("Enter a name")
    if any(unicodedata.category(letter) in _INVISIBLE for letter in name):
        raise ValueError("The name contains a character that cannot be shown: type it again")
    if not any(unicodedata.category(letter)[0] in _VISIBLE for letter in name):
        raise ValueError("The name has no visible characters: type it again")
    if len(name) > longest:
        raise ValueError(f"The name is {len(name)} characters long. The limit is {longest}")
    unwanted = next((letter for letter in name if letter in without), None)
    if unwanted is not None:
        raise ValueError(f"Leave out ‘{unwanted}’: it separates names in files")
    return name


def folded(name: str) -> str:
    """The name as names are compared: without case, accents and punctuation, unless it consists only of these."""
    return fold(name) or _SPACES.sub(" ", name).strip().casefold()
