"""Split a reply into its clauses, each in plain words: "Soz, we cnt make it!" becomes "sorry" and "we cant make it"."""

import re
from dataclasses import dataclass

from db.search import fold

NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
}  # fmt: skip

# What is written in many ways, and how it is read. In this order, on folded words: "can't" is "cant".
_SAME = (
    (r"can ?not|cnt|couldnt|could not", "cant"),
    (r"will not|wouldnt|would not", "wont"),
    (r"do not|dnt", "dont"),
    (r"gonna", "going to"),
    (r"gotta", "got to"),
    (r"tonite|2nite|this evening|today", "tonight"),
    (r"tomoz|tomo|tmrw|tomorow|tommorow", "tomorrow"),
    (r"soz|sry", "sorry"),
    (r"pls|plz|plse", "please"),
    (r"ppl|persons?", "people"),
    (r"anymore", "any more"),
    (r"unable to|not able to|(?:wont|not going to) be able to|no longer able to|can no longer", "cant"),
    (r"\b(?:half an hour|half hour|1 ?2 hour)", "30 mins"),
    (r"(?:a )?quarter of an hour", "15 mins"),
    (r"(?:an|1|one) (?:hour|hr)", "60 mins"),
    (r"(?:mins|min|minutes|minute|m)\b", "mins"),
    (r"\b(\d+) ?m(?:in)?s?\b", r"\1 mins"),
    (r"an extra", "1 extra"),
    (rf"({'|'.join(NUMBERS)})", lambda match: str(NUMBERS[match[1]])),
)
_SAME_PATTERNS = [
    (re.compile(pattern if pattern.startswith(r"\b") else rf"\b(?:{pattern})\b"), plain) for pattern, plain in _SAME
]

# Between clauses. Not the point in "7.30".
_ENDS = re.compile(r"([?])|[.](?!\d)|[!,;:\n()–—]|\s-\s|\b(?:and|but|so(?! sorry)|because|cos|coz|as|due to)\b", re.I)

_POLITE = (
    "please|thanks|thank you|thank you so much|thankyou|thx|ta|cheers|many thanks|thanks again|kind regards|regards|"
    "sorry|so sorry|really sorry|very sorry|apologies|hi|hiya|hello|hey|hi all|hi there|"
    "guys|mate|x+|xox|oh|ah|unfortunately|sadly|afraid|im afraid|really|again|"
    "(?:we are|im|i am) (?:so |very |really )?sorry|were (?:so |very |really )?sorry|no worries|"
    "(?:so )?sorry for (?:the |such )?(?:short|late) notice|thanks for (?:the reminder|letting (?:me|us) know|the text)"
)
_TIMES = "tonight|tomorrow|this time|now|any more|after all|in the end|at the moment"
_BEFORE = re.compile(rf"^(?:{_POLITE}|ok|okay|for|well then|update|just to say|just to let you know|think)\s+(?=\S)")
_AFTER = re.compile(rf"\s+(?:{_POLITE}|{_TIMES}|if thats ok|if possible|for (?:tonight|tomorrow))$")
_ONLY = re.compile(rf"^(?:{_POLITE}|update|just to (?:say|let you know))$")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]+")
_THUMB = re.compile("[\U0001f44d\U0001f44c\u2705]")
_SIGNED = re.compile(r"(?:its |this is )?[a-z]{2,12}")
_GREETING = re.compile(rf"^(?:(?:{_POLITE}|no|ok|okay) )+but ")


@dataclass(frozen=True)
class Clause:
    """A part of a reply, without polite words: `words` is empty if it had only those. `asked`: it ended with "?".
    `is_name`: it may be a name, like "Tom" or "its Sarah"."""

    words: str
    asked: bool = False
    is_name: bool = False


def clauses(text: str) -> list[Clause]:
    """The clauses of a reply that say something, in their order."""
    readable = _EMOJI.sub(" ", _THUMB.sub(" thumb up. ", text)).replace("+", " plus ")
    found, start = [], 0
    for end in _ENDS.finditer(readable):
        found.append(_clause(readable[start : end.start()], asked=end[1] is not None))
        start = end.end()
    found.append(_clause(readable[start:]))
    return [clause for clause in found if clause.words]


def plain(text: str) -> str:
    """The folded words of a text, with what is written in many ways in one."""
    words = fold(text)
    for pattern, meant in _SAME_PATTERNS:
        words = pattern.sub(meant, words)
    return words


def without_greeting(words: str) -> str:
    """The words after "thanks but" or "sorry but", which is no contrast."""
    return _GREETING.sub("", words)


def _clause(text: str, *, asked: bool = False) -> Clause:
    words, before = plain(text), ""
    while words != before:
        before = words
        words = _AFTER.sub("", _BEFORE.sub("", words))
    return Clause("" if _ONLY.fullmatch(words) else words, asked, _is_name(text, words))


def _is_name(text: str, words: str) -> bool:
    """Whether a clause is one capitalised word, perhaps after "it's" or "this is"."""
    return _SIGNED.fullmatch(words) is not None and words.rsplit(maxsplit=1)[-1].capitalize() in text
