"""What counts as a person's name, and how it is written."""

import re
import unicodedata

from db.models import NAME_LENGTH
from db.search import fold

_SPACES = re.compile(r"\s+")
_WEB_ADDRESS = re.compile(
    r"https?:|www\.|//|\w{2,}\.(com|net|org|info|biz|io|co|uk|ru|cn|xyz|app|dev|me|ly|link|top)\b", re.I
)
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
    if _WEB_ADDRESS.search(name):
        return f"{called} looks like the address of a web site: enter a person's name"
    if len(name) > NAME_LENGTH:
        return f"{called} is {len(name)} characters long: {NAME_LENGTH} is the most"
    if not any(unicodedata.category(letter)[0] in _VISIBLE for letter in name):
        return f"{called} contains nothing that can be seen: type it again"
    return None


def match(name: str, typed: str) -> bool:
    """Whether every part of a name that was typed is in it, whatever its order, case and accents."""
    return all(part in fold(name) for part in fold(typed).split())


def suggest(name: str) -> str | None:
    """The usual way to write a name that came all in capitals or all in small letters, or None when it is fine."""
    letters = [letter for letter in name if letter.isalpha()]
    if len(letters) < 2 or not (name.isupper() or name.islower()):
        return None
    words = name.lower().split(" ")
    proper = " ".join(_word(word, first=index == 0, last=index == len(words) - 1) for index, word in enumerate(words))
    return proper if proper != name else None


def _word(word: str, *, first: bool, last: bool) -> str:
    if word in _PARTICLES and not last and not (first and word not in {"de", "van", "von", "da", "di", "du", "del"}):
        return word
    return "-".join(_part(part) for part in word.split("-"))


def _part(part: str) -> str:
    prefix = re.match(r"(mc|o['’]|d['’]|l['’]|m['’])(?=\w{2,})", part)
    if prefix:
        start = prefix[0]
        return start[0].upper() + start[1:] + _part(part[len(start) :])
    return part[:1].upper() + part[1:]
