"""Check a person's name, and suggest its usual capitals."""

import re
import unicodedata

from db.models import NAME_LENGTH
from db.search import fold

_SPACES = re.compile(r"\s+")
# The endings most common in spam, and those of this country; no list can be complete.
_WEB_ADDRESS = re.compile(
    r"https?:|www\.|//|\w@\w|\w\.(com|net|org|info|biz|xyz|shop|site|online)\b|\w\.(me|co|io|ly)/"
    r"|\w{2,}\.(io|co|uk|ru|cn|app|dev|me|ly|link|top|club|pub|london)\b"
    # These are also words within a name, like "Ma.de los Angeles".
    r"|\w{2,}\.(de|fr|eu|ie)$",
    re.I,
)
_FULL_STOPS = str.maketrans("。", ".")
PARTICLES = {
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
# Adjacent letters and digits, with their accents and the apostrophes between them.
_LETTERS = re.compile(r"[^\W_][\w\u0300-\u036f]*(?:['’ʼ`][^\W_][\w\u0300-\u036f]*)*")
# Prefixes after which the next letter is a capital: McDonald, O'Neil, D'Arcy.
_PREFIX = re.compile(r"(mc|[odlm]['’ʼ`])(?=\w{2,})")
# Zero-width spaces. The marks that set the writing direction are kept: right-to-left names need them.
_ZERO_WIDTH = dict.fromkeys(map(ord, "\ufeff\u200b\u2060"))
# Letters, digits, punctuation and symbols, by the first letter of their Unicode category.
_VISIBLE = "LNPS"


def clean(typed: str) -> str:
    """The name without surrounding, repeated and zero-width spaces. Case and everything else stay as typed."""
    composed = unicodedata.normalize("NFC", typed.translate(_ZERO_WIDTH))
    return _SPACES.sub(" ", composed).strip()


def problem(name: str, label: str) -> str | None:
    """What is wrong with a name that `clean` returned, as a sentence for staff, or None. `label` is the field's
    label."""
    if not name:
        return f"Enter a {label.lower()}"
    if any(unicodedata.category(letter) in _INVISIBLE for letter in name):
        return f"{label} contains a character that cannot be shown: type it again"
    if _WEB_ADDRESS.search(unicodedata.normalize("NFKC", name).translate(_FULL_STOPS)):
        return f"{label} looks like a web address: enter a person's name"
    if len(name) > NAME_LENGTH:
        return f"{label} is {len(name)} characters long. The limit is {NAME_LENGTH}"
    if not any(unicodedata.category(letter)[0] in _VISIBLE for letter in name):
        return f"{label} has no visible characters: type it again"
    return None


def reads_the_same(typed: str, name: str) -> bool:
    """Whether the two read the same: case, accents, invisible characters and the kind of apostrophe do not matter."""
    if fold(name):
        return fold(typed) == fold(name)
    return clean(typed).casefold() == name.casefold()


def match(name: str, typed: str) -> bool:
    """Whether the name contains every word that was typed. Order, case and accents do not matter."""
    return all(part in fold(name) for part in fold(typed).split())


def suggest(name: str) -> str | None:
    """The usual capitals for a name that is all in capitals or all in lower case. None if there is nothing to
    change."""
    letters = [letter for letter in name if letter.isalpha()]
    if not letters or not (name.isupper() or name.islower()):
        return None
    words = unicodedata.normalize("NFC", name.lower().replace("i\u0307", "i")).split(" ")
    usual = " ".join(_word(word, first=index == 0, last=index == len(words) - 1) for index, word in enumerate(words))
    return usual if usual != name else None


def _word(word: str, *, first: bool, last: bool) -> str:
    if word in PARTICLES and not last and not (first and word not in {"de", "van", "von", "da", "di", "du", "del"}):
        return word
    return word.upper() if last and not first and word in _NUMERALS else _LETTERS.sub(lambda part: _part(part[0]), word)


def _part(part: str) -> str:
    prefix = _PREFIX.match(part)
    start = prefix[0] if prefix else part[:1]
    rest = part[len(start) :]
    return start[:1].upper() + start[1:] + (_part(rest) if prefix else rest)
