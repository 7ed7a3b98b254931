"""What counts as a person's name, and how it is written."""

import re
import unicodedata

from db.models import NAME_LENGTH
from db.search import fold

_SPACES = re.compile(r"\s+")
# No list can have all endings; these are those that are seen most in texts nobody asked for, and those of this country.
_WEB_ADDRESS = re.compile(
    r"https?:|www\.|//|\w@\w|\w\.(com|net|org|info|biz|xyz|shop|site|online)\b|\w\.(me|co|io|ly)/"
    r"|\w{2,}\.(io|co|uk|ru|cn|app|dev|me|ly|link|top|club|pub|london)\b"
    # These are also words within a name, like "Ma.de los Angeles".
    r"|\w{2,}\.(de|fr|eu|ie)$",
    re.I,
)
_FULL_STOPS = str.maketrans("。", ".")
_PARTICLES = {
    "de",
    "la",
    "las",
    "los",
    "del",
    "der",
    "den",
    "van",
    "von",
    "und",
    "da",
    "das",
    "do",
    "dos",
    "di",
    "du",
    "y",
    "e",
    "al",
    "bin",
    "ibn",
    "ap",
    "ab",
    "ter",
    "ten",
    "zu",
}
_INVISIBLE = {"Cc", "Cs", "Co", "Zl", "Zp"}
# John Smith III
_NUMERALS = {"ii", "iii", "iv"}
# Letters and digits that stand together, with the accents on them and the apostrophes between them.
_LETTERS = re.compile(r"[^\W_][\w\u0300-\u036f]*(?:['’ʼ`][^\W_][\w\u0300-\u036f]*)*")
# What a capital follows within them.
_PREFIX = re.compile(r"(mc|[odlm]['’ʼ`])(?=\w{2,})")
# Spaces that take no room; what directs the writing stays, as whoever writes from right to left needs it.
_NO_ROOM = dict.fromkeys(map(ord, "\ufeff\u200b\u2060"))
# Letters, digits, punctuation and symbols, by the first letter of their Unicode category.
_VISIBLE = "LNPS"


def clean(typed: str) -> str:
    """Without surrounding, doubled and invisible spaces; case and everything else as typed."""
    composed = unicodedata.normalize("NFC", typed.translate(_NO_ROOM))
    return _SPACES.sub(" ", composed).strip()


def problem(name: str, called: str) -> str | None:
    """What is wrong with a cleaned name, or None. `called` is the field's label."""
    if not name:
        return f"Enter a {called.lower()}"
    if any(unicodedata.category(letter) in _INVISIBLE for letter in name):
        return f"{called} contains a character that cannot be shown: type it again"
    if _WEB_ADDRESS.search(unicodedata.normalize("NFKC", name).translate(_FULL_STOPS)):
        return f"{called} looks like the address of a web site: enter a person's name"
    if len(name) > NAME_LENGTH:
        return f"{called} is {len(name)} characters long: {NAME_LENGTH} is the most"
    if not any(unicodedata.category(letter)[0] in _VISIBLE for letter in name):
        return f"{called} contains nothing that can be seen: type it again"
    return None


def read_alike(typed: str, name: str) -> bool:
    """Whether these are the same to whoever reads them: marks that nobody sees or that a telephone changes aside."""
    if fold(name):
        return fold(typed) == fold(name)
    return clean(typed).casefold() == name.casefold()


def match(name: str, typed: str) -> bool:
    """Whether every part of a name that was typed is in it, whatever its order, case and accents."""
    return all(part in fold(name) for part in fold(typed).split())


def suggest(name: str) -> str | None:
    """The usual way to write a name that came all in capitals or all in small letters, or None when it is fine."""
    letters = [letter for letter in name if letter.isalpha()]
    if not letters or not (name.isupper() or name.islower()):
        return None
    words = unicodedata.normalize("NFC", name.lower().replace("i\u0307", "i")).split(" ")
    proper = " ".join(_word(word, first=index == 0, last=index == len(words) - 1) for index, word in enumerate(words))
    return proper if proper != name else None


def _word(word: str, *, first: bool, last: bool) -> str:
    if word in _PARTICLES and not last and not (first and word not in {"de", "van", "von", "da", "di", "du", "del"}):
        return word
    return word.upper() if last and not first and word in _NUMERALS else _LETTERS.sub(lambda part: _part(part[0]), word)


def _part(part: str) -> str:
    prefix = _PREFIX.match(part)
    start = prefix[0] if prefix else part[:1]
    rest = part[len(start) :]
    return start[:1].upper() + start[1:] + (_part(rest) if prefix else rest)
