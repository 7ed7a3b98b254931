"""Split a full name into first and last name. A name that can be split in more than one way is in doubt."""

import re
from dataclasses import dataclass

from db.search import fold
from venue.customers import names

TITLES = {
    *("mr", "mrs", "ms", "miss", "mx", "master", "sir", "dame", "lord", "lady", "dr", "prof", "professor"),
    *("rev", "reverend", "fr", "capt", "captain", "cllr", "herr", "frau", "mme", "mlle", "monsieur", "madame"),
    *("sr", "sra", "srta"),
}
SUFFIXES = {"jr", "jnr", "junior", "sr", "snr", "senior", "ii", "iii", "iv"}
# "y", "e" and "und" also stand between two people.
PARTICLES = names.PARTICLES - {"y", "e", "und"}
_INITIAL = re.compile(r"[^\W\d_]\.?")


@dataclass(frozen=True)
class FullName:
    """`question`: why the split is in doubt, or empty. A name of one word has an empty first or last name."""

    first_name: str
    last_name: str
    question: str = ""


def split(full_name: str) -> FullName:
    """The first and last name in "Ada Lovelace", "Lovelace, Ada", "Ludwig van Beethoven" or "Mr Joe Bloggs"."""
    before, comma, after = names.clean(full_name).partition(",")
    if comma and not _is_suffix(after):
        return _last_name_first(before.split(), after.split())
    words = [*before.split(), *after.split()]
    rest = _without_titles(words)
    if len(rest) < 2:
        # With a title, as in "Mr Bloggs", it is the last name.
        return FullName("", *rest) if len(rest) < len(words) and rest else FullName(" ".join(rest), "")
    return _first_name_first(rest)


def is_called(full_name: str, *, first_name: str, last_name: str) -> bool:
    """Whether the full name, in either order and with or without a title, is this person's."""
    name = fold(" ".join(word for word in full_name.split() if not _is_title(word)))
    return name in (fold(f"{first_name} {last_name}"), fold(f"{last_name} {first_name}"))


def _last_name_first(before: list[str], after: list[str]) -> FullName:
    last, first = _without_titles(before), _without_titles(after)
    is_certain = _is_one_name(last) and len(first) < 3 and "," not in " ".join(after)
    return _asked(first, last, is_certain=is_certain)


def _first_name_first(words: list[str]) -> FullName:
    end = len(words) - 1 if len(words) > 2 and _is_suffix(words[-1]) else len(words)
    particle = next((place for place in range(1, end - 1) if words[place] in PARTICLES), None)
    if particle is not None:
        is_certain = _is_one_name(words[particle:end]) and not "".join(words).islower()
        return _asked(words[:particle], words[particle:], is_certain=is_certain)
    if end == 2 and _is_shouted(words[0]) and not words[1].isupper():
        return _asked(words[1:], words[:1], is_certain=False)
    is_certain = all(map(_is_initial, words[1 : end - 1]))
    return _asked(words[: end - 1], words[end - 1 :], is_certain=is_certain)


def _asked(first: list[str], last: list[str], *, is_certain: bool) -> FullName:
    first_name, last_name = " ".join(first), " ".join(last)
    question = f"Is the first name “{first_name}” and the last name “{last_name}”?"
    return FullName(first_name, last_name, "" if is_certain else question)


def _is_one_name(words: list[str]) -> bool:
    """Whether there is one word, apart from words like "van der" before it."""
    return len([word for word in words if word.casefold() not in PARTICLES]) < 2


def _is_initial(word: str) -> bool:
    """Whether this is "B" or "B.", but not a word like "y" or the beginning of "O Neil"."""
    return bool(_INITIAL.fullmatch(word)) and word.isupper() and word != "O"


def _is_shouted(word: str) -> bool:
    return word.isupper() and len(word) > 2


def _without_titles(words: list[str]) -> list[str]:
    start = next((place for place, word in enumerate(words) if not _is_title(word)), len(words))
    return words[start:]


def _is_title(word: str) -> bool:
    return word.rstrip(".,").casefold() in TITLES


def _is_suffix(text: str) -> bool:
    return text.strip().rstrip(".").casefold() in SUFFIXES
