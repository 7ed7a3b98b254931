"""What is usual: medians, and comparisons with them in words."""

import statistics
from collections.abc import Sequence

# With fewer, there is no usual.
LEAST_COMPARED = 3
# Below, the difference of two numbers says more than a percentage.
LEAST_FOR_PERCENT = 10


def median(numbers: Sequence[int]) -> int | None:
    """Their median, a half rounded up. None if they are too few."""
    return int(statistics.median(numbers) + 0.5) if len(numbers) >= LEAST_COMPARED else None


def percent(part: float, whole: float) -> str:
    """Like "7%". Empty when the whole is too small for a percentage to mean anything."""
    return f"{100 * part / whole:.0f}%" if whole >= LEAST_FOR_PERCENT else ""


def out_of(part: int, whole: int) -> str:
    """Like "3 of 41 (7%)", and without a percentage for few."""
    share = percent(part, whole)
    return f"{part:,} of {whole:,}" + (f" ({share})" if share else "")


def compared_in_words(number: int, usual: int) -> str:
    """Like "12% more than usual"."""
    if number == usual:
        return "as many as usual"
    more = "more" if number > usual else "fewer"
    share = percent(abs(number - usual), usual)
    if share == "0%":
        return "about as many as usual"
    return f"{share or f'{abs(number - usual):,}'} {more} than usual"
