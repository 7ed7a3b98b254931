"""What a reply may mean by cues anywhere in it, where it is not understood clause by clause. Never certain.

Each cue has a weight (`cues.py`). The meaning with the heaviest cue is read, or none if another one is as heavy.
"I can't come but the other 3 still will" wants 3 seats.
"""

import re
from dataclasses import dataclass

from venue.replies import cues
from venue.replies.clauses import plain, signed
from venue.replies.meanings import Meaning
from venue.replies.spelling import as_spelled

# What follows "but" is what counts.
AFTER_BUT = 1
# Refusals of more texts, and of another person: whatever else the text says, after any question.
AFTER_ANY_QUESTION = (Meaning.STOP, Meaning.WRONG_NUMBER)
_MOST = {Meaning.SEATS: 99, Meaning.MORE: 20, Meaning.LATE: 180}


@dataclass(frozen=True)
class Found:
    """A meaning that a text may have: the weight of its heaviest cue, and the numbers in its cues of that weight."""

    weight: int
    numbers: frozenset[int] = frozenset()


def likely(text: str, *, of_booking: bool, of_offer: bool) -> tuple[Meaning, int | None]:
    """What a text may mean, with its number of seats or minutes, or NOTHING. `of_booking` and `of_offer`: what the
    text answers, neither for something else."""
    words = _told(text, with_questions=not of_offer)
    found = _found(words)
    always = [meaning for meaning in AFTER_ANY_QUESTION if meaning in found]
    if always:
        return always[0], None
    if cues.DEPENDS.search(words) or not (of_booking or of_offer or cues.THEIRS.search(words)):
        return Meaning.NOTHING, None
    meaning = _heaviest(_of_offer(found) if of_offer else _of_booking(found))
    return _with_number(meaning, found, words)


def _told(text: str, *, with_questions: bool) -> str:
    """The plain words of a text, with commas between its parts, without what is asked and what says nothing."""
    parts, start = [], 0
    readable = signed(cues.TIME_OF_DAY.sub(" oclock ", text))
    for end in cues.PARTS.finditer(readable):
        parts.append((readable[start : end.start()], end[1] is not None))
        start = end.end()
    parts.append((readable[start:], False))
    told = [
        words
        for part, is_asked in parts
        if (words := as_spelled(plain(part))) and not cues.ASKS.match(words) and (with_questions or not is_asked)
    ]
    words = ", ".join(told)
    for numbers, meant in cues.OTHER_NUMBERS:
        words = numbers.sub(meant, words)
    return " ".join(cues.SAYS_NOTHING.sub("", words).split())


def _found(words: str) -> dict[Meaning, Found]:
    """The meanings that have cues in these words."""
    but = words.rfind(" but ")
    found: dict[Meaning, Found] = {}
    for meaning, usual, cue in cues.CUES:
        for match in cue.finditer(words):
            weight = usual + (AFTER_BUT if 0 <= but < match.start() + 1 else 0)
            known = found.get(meaning, Found(0))
            if weight < known.weight:
                continue
            numbers = _numbers(match)
            found[meaning] = Found(weight, numbers | known.numbers if weight == known.weight else numbers)
    return found


def _numbers(match: re.Match[str]) -> frozenset[int]:
    """The number of seats in a cue, negative if they are not needed."""
    sign = -1 if "fewer" in match.re.groupindex else 1
    return frozenset(sign * int(number) for number in match.groups() if number)


def _of_offer(found: dict[Meaning, Found]) -> dict[Meaning, Found]:
    """After an offer: who cannot come declines it, and numbers are of the seats offered."""
    declined = max((found[each].weight for each in (Meaning.CANCEL, Meaning.NO) if each in found), default=0)
    return {
        meaning: each
        for meaning, each in ((Meaning.NO, Found(declined)), (Meaning.YES, found.get(Meaning.YES, Found(0))))
        if each.weight
    }


def _of_booking(found: dict[Meaning, Found]) -> dict[Meaning, Found]:
    """After a text about a booking: a number of seats says it all, and is why some of them cannot come."""
    acts: dict[Meaning, Found] = {
        meaning: each for meaning, each in found.items() if meaning not in (Meaning.YES, Meaning.NO)
    }
    if Meaning.SEATS in acts:
        acts.pop(Meaning.MORE, None)
    return acts


def _heaviest(found: dict[Meaning, Found]) -> Meaning:
    heaviest = max((each.weight for each in found.values()), default=0)
    meanings = [meaning for meaning, each in found.items() if each.weight == heaviest]
    return meanings[0] if len(meanings) == 1 else Meaning.NOTHING


def _with_number(meaning: Meaning, found: dict[Meaning, Found], words: str) -> tuple[Meaning, int | None]:
    """The meaning with its number, or NOTHING if it needs one and there are several, or none that can be."""
    if meaning is Meaning.LATE:
        minutes = {int(each) for each in re.findall(r"\b(\d{1,3}) (?:mins|late|behind|away)\b", words)}
        number = minutes.pop() if len(minutes) == 1 else None
        return meaning, number if number and number <= _MOST[meaning] else None
    if meaning not in _MOST:
        return meaning, None
    numbers = found[meaning].numbers
    number = next(iter(numbers)) if len(numbers) == 1 else 0
    return (meaning, number) if 1 <= abs(number) <= _MOST[meaning] else (Meaning.NOTHING, None)
