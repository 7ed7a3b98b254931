"""How many segments a text is charged as, and plainer characters so that it needs fewer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# 3GPP TS 23.038, 6.2.1: the default alphabet and its extension table. ESC is left out: it cannot be typed.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True)
class Count:
    """Units are septets in GSM-7 and UTF-16 code units in UCS-2. `left` is how many still fit into the last segment."""

    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    units: int
    per_segment: int
    left: int


def count(text: str) -> Count:
    """Count as the networks do. An empty text is 0 segments, because the provider refuses to send it."""
    if GSM.issuperset(text):
        return _count("GSM-7", len(text), (), single=160, multi=153)
    if all(char in GSM or char in GSM_EXTENSION for char in text):
        costs = [2 if char in GSM_EXTENSION else 1 for char in text]
        return _count("GSM-7", sum(costs), costs, single=160, multi=153)
    costs = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return _count("UCS-2", sum(costs), costs, single=70, multi=67)


def straighten(text: str) -> str:
    """The text with straight quotes, hyphens, plain spaces and three dots in place of typographic characters."""
    return text.translate(STRAIGHT)


STRAIGHT = str.maketrans(
    dict.fromkeys("‘’‚‛", "'")
    | dict.fromkeys("“”„‟", '"')
    | dict.fromkeys("‐‑‒–—―", "-")
    | dict.fromkeys("\u00a0\u2007\u202f", " ")
    | {"…": "..."}
)


def _count(encoding: Literal["GSM-7", "UCS-2"], units: int, costs: Iterable[int], *, single: int, multi: int) -> Count:
    """Without `costs`, each character costs one unit."""
    if units <= single:
        return Count(encoding, min(units, 1), units, single, single - units)
    segments, used = _fill(costs, multi) if costs else (-(-units // multi), (units - 1) % multi + 1)
    return Count(encoding, segments, units, multi, multi - used)


def _fill(costs: Iterable[int], size: int) -> tuple[int, int]:
    """The number of segments, and the units used in the last. An escape or surrogate pair is never split."""
    segments, used = 1, 0
    for cost in costs:
        if used + cost > size:
            segments, used = segments + 1, 0
        used += cost
    return segments, used
