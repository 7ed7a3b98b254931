"""Whether two names are forms of one name: a nickname, another spelling, a typing error.

All names here are folded (db/search.py): lower-case Latin letters, words separated by spaces.
"""

import functools
import re
from collections.abc import Iterator

from nicknames import name_triplets
from rapidfuzz.distance import OSA

from venue.duplicates.names_here import OTHER_NAMES, OTHER_NICKNAMES, SHORT
from venue.duplicates.points import Evidence

GENERATIONS = {
    **dict.fromkeys(("jr", "jnr", "junior", "ii", "iii", "iv"), "younger"),
    **dict.fromkeys(("sr", "snr", "senior"), "older"),
}
# What stands for a name that is not known. "?" is folded to nothing.
MISSING = {"", "unknown", "tbc"}
# An error in a shorter word makes another word: Dan and Ian.
SHORTEST_WITH_ERROR, SHORTEST_WITH_TWO = 4, 9
_DOUBLED = re.compile(r"(.)\1+")


def compare_first(one: str, other: str) -> Evidence:
    """How two first names are related."""
    if one in MISSING or other in MISSING:
        return Evidence.FIRST_MISSING
    if one == other:
        return Evidence.FIRST_SAME
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return Evidence.FIRST_INITIAL if long.startswith(short) else Evidence.FIRST_DIFFERS
    if one.replace(" ", "") == other.replace(" ", "") or _sound(one) == _sound(other):
        return Evidence.FIRST_SPELLING
    if are_nicknames(one, other):
        return Evidence.FIRST_NICKNAME
    # Mary and Mary Jane, yet not Mary Ann and Mary Jane.
    if (" " in one) != (" " in other) and one.partition(" ")[0] == other.partition(" ")[0]:
        return Evidence.FIRST_PART
    if _is_misspelt(short, long):
        return Evidence.FIRST_SPELLING
    return Evidence.FIRST_DIFFERS


def compare_last(one: str, other: str) -> Evidence:
    """How two last names, without their generation, are related."""
    if one in MISSING or other in MISSING:
        return Evidence.LAST_MISSING
    if one == other:
        return Evidence.LAST_SAME
    if one.replace(" ", "") == other.replace(" ", "") or is_typo(one, other) or _sound(one) == _sound(other):
        return Evidence.LAST_SPELLING
    if {word for word in one.split() if len(word) > 2} & set(other.split()):
        return Evidence.LAST_PART
    return Evidence.LAST_DIFFERS


def split_generation(last_name: str) -> tuple[str, str]:
    """A last name without a "Jr" at its end, and "younger", "older" or "" for what that says."""
    before, _, last = last_name.rpartition(" ")
    return (before, GENERATIONS[last]) if before and last in GENERATIONS else (last_name, "")


@functools.lru_cache(maxsize=65_536)
def are_nicknames(one: str, other: str) -> bool:
    """Whether one is short for the other, or both are short for a third name: Kate, Cathy and Catherine."""
    full, short = _full_names()
    one, other = _sound(one), _sound(other)
    if other in full.get(one, ()) or one in full.get(other, ()):
        return True
    return one in short and other in short and bool(full[one] & full[other])


@functools.cache
def _full_names() -> tuple[dict[str, set[str]], set[str]]:
    """The names that each nickname stands for, and the nicknames that are no full names. All as they sound."""
    full: dict[str, set[str]] = {}
    for name, nickname in _nicknames():
        full.setdefault(_sound(nickname), set()).add(_sound(name))
    long = {_sound(name) for name, _ in _nicknames()}
    return full, (set(full) - long) | {name for name in map(_sound, SHORT) if name in full}


def _nicknames() -> Iterator[tuple[str, str]]:
    yield from ((triplet.name1, triplet.name2) for triplet in name_triplets())
    yield from ((name, short) for name, nicknames in OTHER_NICKNAMES.items() for short in nicknames)


@functools.cache
def _known_names() -> frozenset[str]:
    return frozenset(name for triplet in name_triplets() for name in (triplet.name1, triplet.name2)) | OTHER_NAMES


def _is_misspelt(short: str, long: str) -> bool:
    """Whether two first names are one name with a typing error. Paul and Paula are two names that exist."""
    known = _known_names()
    if short in known and long in known:
        return False
    if len(short) < SHORTEST_WITH_ERROR:
        # Sam and Srm. Errors in the first letter are rare.
        return short[0] == long[0] and OSA.distance(short, long, score_cutoff=1) <= 1
    return is_typo(short, long) or long.startswith(short)


def is_typo(one: str, other: str) -> bool:
    """Whether one letter is wrong, missing, added or swapped with the next; in long names, two."""
    length = min(len(one), len(other))
    if length < SHORTEST_WITH_ERROR:
        return False
    most = 2 if length >= SHORTEST_WITH_TWO else 1
    return OSA.distance(one, other, score_cutoff=most) <= most


_SOUNDS = (("ph", "f"), ("v", "f"), ("ck", "k"), ("c", "k"), ("q", "k"), ("y", "i"), ("z", "s"), ("nne", "n"))


@functools.lru_cache(maxsize=65_536)
def _sound(name: str) -> str:
    """The same for names that sound alike: Sara and Sarah, Steven and Stephen, Anne and Ann."""
    for letters, sound in _SOUNDS:
        name = name.replace(letters, sound)
    return _DOUBLED.sub(r"\1", name[:1] + name[1:].replace("h", ""))
