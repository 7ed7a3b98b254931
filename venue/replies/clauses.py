"""Split a reply into its clauses, each in plain words: "Soz, we cnt make it!" becomes "sorry" and "we cant make it"."""

import re
from dataclasses import dataclass
from itertools import islice

from db.search import fold
from venue.replies.spelling import as_spelled

# More are not the run-on sentence of a person, and take long to read.
MOST_CUTS = 5
NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
}  # fmt: skip

# What is written in many ways, and how it is read. In this order, on folded words: "can't" is "cant".
_SAME = (
    (r"fuck(?:ing|in)?|ffs|bloody|flipping|effing|damn|shit|omg|ugh|argh", ""),
    (r"\b([a-z]*?)([a-z])\2{2,}\b", r"\1\2"),
    (r"u", "you"),
    (r"can ?not|cnt|carnt|caint|couldnt|could not", "cant"),
    (r"canc(?:le|ell|el)ing", "cancelling"),
    (r"cancle|cancell|cancal|canel", "cancel"),
    (r"def|defo|deffo|definately|definatly", "definitely"),
    (r"runnin|runing", "running"),
    (r"brill", "brilliant"),
    (r"will not|shall not|shant|wouldnt|would not", "wont"),
    (r"do not|dnt", "dont"),
    (r"gonna", "going to"),
    (r"gotta", "got to"),
    (r"tonite|2nite|this evening|today", "tonight"),
    (r"tomoz|tomo|tmrw|tomoro|tomorow|tommorow|tommorrow", "tomorrow"),
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
_ENDS = re.compile(
    r"([?])|[.](?!\d)|[!,;:\n()–—]|\s-\s|\b(?:and|but|so(?! sorry| much)|because|cos|coz|as|due to)\b", re.I
)

_POLITE = (
    "please|thanks|thank you|thank you so much|thankyou|thx|ta|cheers|many thanks|thanks again|kind regards|regards|"
    "sorry|so sorry|really sorry|very sorry|apologies|hi|hiya|hello|hey|hi all|hi there|"
    "(?:thanks|thank you)(?: so much)? for the reminder(?: though)?|(?:good )?(?:morning|afternoon|evening)|"
    "guys|mate|sorry all|everyone|folks|lads|ladies|pal|fella|fam|duck|bud|bro|bruv|hun|luv|"
    "boss|my bad|aw|love|x+|xox|oh|ah|unfortunately|sadly|afraid|im afraid|really|again|"
    "(?:we are|im|i am) (?:so |very |really )?sorry|were (?:so |very |really )?sorry|no worries|"
    "gutted|(?:so |really |very )?"
    "sorry (?:for|about) (?:the |any |this |such )?(?:(?:short|late|last 1?mins?) )?"
    "(?:notice|inconvenience|trouble|hassle)|"
    "(?:so |really |very )?"
    "sorry to (?:mess|muck|bother|trouble|be a pain|let you down|do this)(?: you)?(?: about| around)?|"
    "thanks for (?:the reminder|reminding (?:me|us)|letting (?:me|us) know|the text)"
)
_TIMES = "tonight|tomorrow|this time|now|any more|after all|in the end|at the moment"
_BEFORE = re.compile(rf"^(?:{_POLITE}|ok|okay|for|well then|update|just to say|just to let you know|think)\s+(?=\S)")
_AFTER = re.compile(rf"\s+(?:{_POLITE}|{_TIMES}|if thats ok|if possible|for (?:tonight|tomorrow))$")
_ONLY = re.compile(rf"^(?:{_POLITE}|update|just to (?:say|let you know))$")
_CUTS = re.compile(
    r"(?:(?<=^no)|(?<=^nah)|(?<=^nope)|(?<=^yes)|(?<=^yeah))\s+|"
    r"\s+(?:(?:please|thanks|thank you|sorry)\s+)?(?=(?:we|i|im|were|well|ill|weve|ive|wed|none of us|please|need to|"
    r"have to|see you)\b)|\s+(?:please|thanks|thank you|sorry|x)\s+"
)
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]+")
_THUMB = re.compile("[\U0001f44d\U0001f44c\u2705]")
# "its Karen can you ..." says who writes, and then what they want.
_INTRODUCED = re.compile(r"\b(?:[Ii]t['’]?s|[Tt]his is) (?!Not|No|Never|The|A\b)[A-Z][a-z]+(?= [a-z])")
# Not the hyphen in "7-8" or "A1-M".
_MINUS = re.compile(r"(?:(?<=\s)|(?<=^))[-−](?=\d)")
_SIGNED = re.compile(r"(?:its |this is )?(?:(?:mr|mrs|ms|miss|dr) )?[a-z]{2,12}")
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
    readable = _EMOJI.sub(" ", _THUMB.sub(" thumb up. ", signed(text)))
    readable = _INTRODUCED.sub(r"\g<0>, ", readable)
    found, start = [], 0
    for end in _ENDS.finditer(readable):
        found.append(_clause(readable[start : end.start()], asked=end[1] is not None))
        start = end.end()
    found.append(_clause(readable[start:]))
    return [clause for clause in found if clause.words]


def signed(text: str) -> str:
    """The text with the signs of its numbers in words: "-1 tonight" is "minus 1 tonight"."""
    return _MINUS.sub(" minus ", text).replace("+", " plus ")


def run_on(clause: Clause) -> list[tuple[Clause, Clause]]:
    """A clause cut in two in every way that may need no punctuation: before a new subject, and at a polite word."""
    return [
        (
            _clause(clause.words[: cut.start()], asked=clause.asked),
            _clause(clause.words[cut.end() :], asked=clause.asked),
        )
        for cut in islice(_CUTS.finditer(clause.words), MOST_CUTS)
    ]


def plain(text: str) -> str:
    """The folded words of a text, with what is written in many ways in one."""
    words = fold(text)
    for pattern, meant in _SAME_PATTERNS:
        words = pattern.sub(meant, words)
    return " ".join(words.split())


def without_greeting(words: str) -> str:
    """The words after "thanks but" or "sorry but", which is no contrast."""
    return _GREETING.sub("", words)


def _clause(text: str, *, asked: bool = False) -> Clause:
    words, before = as_spelled(plain(text)), ""
    if _ONLY.fullmatch(words):
        return Clause("", asked)
    while words != before:
        before = words
        words = _AFTER.sub("", _BEFORE.sub("", words))
    return Clause("" if _ONLY.fullmatch(words) else words, asked, _is_name(text, words))


def _is_name(text: str, words: str) -> bool:
    """Whether a clause is one capitalised word, perhaps after "it's" or "this is"."""
    return _SIGNED.fullmatch(words) is not None and words.rsplit(maxsplit=1)[-1].capitalize() in text
