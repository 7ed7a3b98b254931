"""What a check of `doctor` finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """The result of one check, as a sentence."""

    ok: bool
    words: str
