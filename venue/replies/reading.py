"""What a reply means, read by a table of rules in the light of the question that it answers.

A reading is certain only if the whole text says one thing and nothing else: not if it asks, doubts, mixes, negates or
names another day. Nothing is ever done because of a reading: staff are offered to do it.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum, auto

from db.search import fold
from venue.delivery.stop_words import WRONG_PERSON, StopRequest, may_want_stop, stop_request
from venue.replies import cues, rules
from venue.replies.clauses import Clause, clauses, plain, run_on, without_greeting
from venue.replies.likely import AFTER_ANY_QUESTION, likely
from venue.replies.meanings import Meaning


class Question(StrEnum):
    """What a number was last texted about."""

    BOOKING = auto()
    OFFER = auto()
    OTHER = auto()


@dataclass(frozen=True)
class Reading:
    """`number` is the seats wanted, the seats more (negative for fewer), or the minutes late, None if not said. `day`
    is "tonight" or "tomorrow", and `instead_of` the seats they would have, if the reply says so: whether that is right
    is for the caller to check."""

    meaning: Meaning
    number: int | None = None
    is_certain: bool = False
    day: str = ""
    instead_of: int | None = None


NOTHING = Reading(Meaning.NOTHING)
MOST_SEATS = 99
MOST_MINUTES = 180
# More may be an age.
MOST_SURELY = 20
# A longer text is more than an answer.
MOST_CHARACTERS = 300


def read(text: str, *, question: Question) -> Reading:
    """What a reply means. Texts that refuse more texts, or reached the wrong person, are read so after any question."""
    if WRONG_PERSON.search(fold(text)):
        return Reading(Meaning.WRONG_NUMBER)
    asks_to_stop = stop_request(text) is StopRequest.STOP
    if (asks_to_stop and fold(text) != "cancel") or may_want_stop(text):
        return Reading(Meaning.STOP, is_certain=asks_to_stop)
    if len(text) > MOST_CHARACTERS:
        return NOTHING
    understood = _in_question(_combined(clauses(text), plain(text)), question, blocks=asks_to_stop)
    return understood if understood.is_certain else _in_doubt(text, understood, question)


def _in_doubt(text: str, understood: Reading, question: Question) -> Reading:
    """What a text may mean of which not all is understood."""
    meaning, number = likely(text, of_booking=question is Question.BOOKING, of_offer=question is Question.OFFER)
    if cues.ONLY_ASKS.match(fold(text)) and meaning not in AFTER_ANY_QUESTION:
        return NOTHING
    if question is Question.OTHER and cues.NEW_BOOKING.search(fold(text)) and meaning not in AFTER_ANY_QUESTION:
        return NOTHING
    return understood if meaning in (Meaning.NOTHING, understood.meaning) else Reading(meaning, number)


def _combined(said: list[Clause], words: str) -> Reading:
    """The one thing that the clauses say, or NOTHING. Not certain if a clause says something that is not understood."""
    said = [part for clause in said for part in _parts(clause)]
    read_clauses = [(clause, _read_clause(clause)) for clause in said]
    acts = [reading for _clause, reading in read_clauses if reading is not None]
    coming = [clause for clause, reading in read_clauses if reading is None and rules.COMING.fullmatch(clause.words)]
    main = _one(acts)
    if not acts and coming:
        main = Reading(Meaning.YES)
    if not acts and any(rules.DELAYED.fullmatch(clause.words) for clause in said):
        main = Reading(Meaning.LATE)
    if main is None:
        return NOTHING
    rest = [clause for clause, reading in read_clauses if reading is None]
    understood = all(_is_aside(clause, main) for clause in rest)
    doubtful = rules.BARE_NUMBER.fullmatch(words) or rules.DOUBT.search(without_greeting(words))
    vague = any(clause.asked or rules.VAGUE.fullmatch(clause.words) for clause in said)
    vague = vague or (main.meaning is Meaning.SEATS and (main.number or 0) > MOST_SURELY)
    certain = understood and not vague and not doubtful and not _mixes(acts, main)
    day = next((each for each in ("tonight", "tomorrow") if re.search(rf"\b{each}\b", words)), "")
    return replace(main, is_certain=certain, day=day)


def _mixes(acts: list[Reading], main: Reading) -> bool:
    """Whether a "yes" or "no" stands beside another act. "No, we can't make it" says one thing."""
    meanings = {each.meaning for each in acts} - {main.meaning}
    return bool(meanings - {Meaning.NO} if main.meaning is Meaning.CANCEL else meanings)


def _parts(clause: Clause) -> list[Clause]:
    """The clause, or its parts if it is read only when it is cut where it has no punctuation."""
    if not clause.words or _is_understood(clause):
        return [clause]
    for before, after in run_on(clause):
        if _is_understood(after) and (_is_understood(before) or not rules.NEGATED.search(before.words)):
            return [*_parts(before), after]
    return [clause]


def _is_understood(clause: Clause) -> bool:
    return _read_clause(clause) is not None or rules.COMING.fullmatch(clause.words) is not None


def _read_clause(clause: Clause) -> Reading | None:
    if clause.asked and not rules.REQUEST.match(clause.words):
        return None
    for meaning, pattern in rules.RULES:
        match = pattern.fullmatch(clause.words) or _before_reason(pattern, meaning, clause.words)
        if match:
            return _numbered(meaning, match)
    return None


def _before_reason(pattern: re.Pattern[str], meaning: Meaning, words: str) -> re.Match[str] | None:
    """The match of a rule that is followed by a reason in the same clause: "cant make it my son is ill"."""
    if meaning not in (Meaning.CANCEL, Meaning.LATE):
        return None
    match = pattern.match(words)
    rest = words[match.end() :] if match else ""
    # "cancel the taxi" has no reason: its object is not ours.
    is_object = words[: match.end()].endswith("cancel") and len(rest.split()) < 3 if match else False
    is_object = is_object or rest.startswith(" work")
    return match if rest.startswith(" ") and _is_reason(rest) and not is_object else None


def _is_reason(words: str) -> bool:
    return rules.REASON.search(words) is not None and not re.search(r"\d", rules.ROAD.sub("", words))


def _numbered(meaning: Meaning, match: re.Match[str]) -> Reading | None:
    groups = match.groupdict()
    if groups.get("fewer"):
        return Reading(meaning, -int(groups["fewer"]))
    number = int(groups["n"]) if groups.get("n") else None
    most = MOST_MINUTES if meaning is Meaning.LATE else MOST_SEATS
    if number is not None and not 1 <= number <= most:
        return None
    was = next((int(groups[name]) for name in ("was", "was_not", "was_from") if groups.get(name)), None)
    return Reading(meaning, number, instead_of=was)


def _one(acts: list[Reading]) -> Reading | None:
    """The one thing that was said, or None if it is several. A "yes" or "no" before it is left out."""
    others = [each for each in acts if each.meaning not in (Meaning.YES, Meaning.NO)]
    chosen = others or acts
    if not chosen or len({each.meaning for each in chosen}) > 1:
        return None
    numbers = {each.number for each in chosen} - {None}
    return None if len(numbers) > 1 else next((each for each in chosen if each.number is not None), chosen[0])


def _is_aside(clause: Clause, main: Reading) -> bool:
    """Whether a clause that is no act changes nothing about the act that the text has."""
    if clause.asked:
        return False
    if rules.WISHES.fullmatch(clause.words) or clause.is_name:
        return True
    if main.meaning in (Meaning.YES, Meaning.LATE, Meaning.SEATS, Meaning.MORE) and rules.COMING.fullmatch(
        clause.words
    ):
        return True
    if main.meaning in (Meaning.SEATS, Meaning.MORE) and rules.SOMEONE_ELSE.fullmatch(clause.words):
        return True
    return main.meaning in (Meaning.CANCEL, Meaning.LATE, Meaning.SEATS, Meaning.NO) and _is_reason(clause.words)


def _in_question(reading: Reading, question: Question, *, blocks: bool) -> Reading:
    """The reading in the light of the question. `blocks`: the text is also a word that stops texts."""
    if question is Question.OTHER or blocks:
        reading = replace(reading, is_certain=False)
    if question is Question.OFFER:
        if reading.meaning is Meaning.CANCEL:
            return replace(reading, meaning=Meaning.NO)
        return reading if reading.meaning in (Meaning.YES, Meaning.NO) else NOTHING
    # "No" answers no question that we ask about a booking.
    return NOTHING if reading.meaning is Meaning.NO else reading
