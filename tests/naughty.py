"""Names that break programs, 1,000 and more: written down one by one, and made from what Unicode has."""

import json
import string
import unicodedata
from collections.abc import Iterator
from pathlib import Path

LISTED: list[str] = json.loads((Path(__file__).parent / "naughty_names.json").read_text(encoding="utf-8"))
LAST_LETTER = 0x1FFFF
SKIN_TONES = "🏻🏼🏽🏾🏿"
EMOJI = "🎉👩👨👶🕺💃🦊🐕🍺🍷🎂⚓🌊🔥💡📱✨❤️‍🔥👩‍🚀🏳️‍🌈🇬🇧🇮🇪1️⃣#️⃣"


def _made() -> Iterator[str]:
    for sign in string.punctuation:
        yield from (sign, f"{sign}{sign}{sign}", f"Jo{sign}Smith", f"{sign}Jo", f"Jo{sign}")
    for control in [*range(0x20), *range(0x7F, 0xA0)]:
        yield f"Jo{chr(control)}y"
    for mark in map(chr, range(0x300, 0x370)):
        yield f"Zoe{mark}"
    for sign in _of_category("Cf", "Zs", "Zl", "Zp"):
        yield f"Jo{sign}Smith"
    yield from _of_every_page()
    for emoji in EMOJI:
        yield from (emoji, f"Jo {emoji}")
    for tone in SKIN_TONES:
        yield from (f"👩{tone}", f"Jo 👍{tone}")
    for length in (1, 2, 99, 100, 101, 1_000, 10_000):
        yield from ("x" * length, "é" * length, "🦊" * length, "e" + "\u0301" * length)


def _of_category(*categories: str) -> Iterator[str]:
    return (char for char in map(chr, range(LAST_LETTER)) if unicodedata.category(char) in categories)


def _of_every_page() -> Iterator[str]:
    """Two names of letters from each 256 code points that have some."""
    for page in range(0, LAST_LETTER, 256):
        letters = [char for char in map(chr, range(page, page + 256)) if char.isalpha()]
        if letters:
            yield from ("".join(letters[:3]), "".join(letters[-3:]))


NAUGHTY = list(dict.fromkeys([*LISTED, *_made()]))
