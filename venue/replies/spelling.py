"""Dialect and plain misspellings of the words that matter: "cannae mak it the night" is "cant make it tonight"."""

import re
from difflib import get_close_matches
from functools import lru_cache

# On folded words, in this order.
_SAID_AS = (
    (
        r"(able|need|have|had|got|going|want|like) 2(?= (?:cancel|come|make|be|pull|miss|attend|do|drop|let|say)\b)",
        r"\1 to",
    ),
    (r"cncl|cancl|cansel|cancle|cxl|canx|cncel", "cancel"),
    (r"cannae|cannot|canny|canne|couldnae|cudnt|cud not|cant be able to|arent able to|(?:not|wont) be able to", "cant"),
    (r"wouldnae|willnae|winnae|wilnae|wnt|will no|ll not|(?:well|ill|theyll) not(?: be able to)?", "wont"),
    (r"dinnae|dinny|dinna|doant|dont be needing", "dont"),
    (r"isnae|aint", "isnt"),
    (r"arenae", "arent"),
    (r"gonnae|gonny|gunna|gona|gon", "going to"),
    (r"naw|nae|nay|noo|noh|nahh*", "no"),
    (r"aye|ay|yse|yess+|yea+|yeh|yh|yas+|yup+|yep+|yip|yus", "yes"),
    (r"(were|im|are) no(?= \w+ing\b)", r"\1 not"),
    (r"arent(?= coming| going| attending| making)", "not"),
    (r"the night|tonigh|tonght|2nit|tnight|tonit", "tonight"),
    (r"jist|jus|jst|juss", "just"),
    (r"onli|onny|oany", "only"),
    (r"wan(?= of us| o us| ae us| more| less| extra)", "1"),
    (r"(?<=\w )(?:o|ae|off|f|av) us", "of us"),
    (r"twa|twae", "2"),
    (r"couple of us", "2 of us"),
    (r"pit", "put"),
    (r"doon", "down"),
    (r"oot", "out"),
    (r"tak", "take"),
    (r"mak", "make"),
    (r"gie|gis|gi", "give"),
    (r"aff", "off"),
    (r"yer|ur", "your"),
    (r"r", "are"),
    (r"yous|youse|yez|ya", "you"),
    (r"em", "them"),
    (r"wee|big|proper|actually|actualy", ""),
    (r"summat|sumthing|somthing", "something"),
    (r"(?:some|any)(?:body| body|1)|sum1|sumone|anyone", "someone"),
    (r"no ?body|no 1|none of them", "none of us"),
    (r"tho|though", ""),
    (r"wiv|wi", "with"),
    (r"msgs?|mesages?|messgaes?", "messages"),
    (r"txting|textin|txtin|messagin", "texting"),
)
_SAID_AS_PATTERNS = [(re.compile(rf"\b(?:{pattern})\b"), plain) for pattern, plain in _SAID_AS]

# A word that is nearly one of these, and begins with the same letter, is meant to be it.
_KEY_WORDS = (
    "cancel", "booking", "table", "seats", "change", "changed", "coming",
    "people", "tonight", "running", "traffic", "attend",
    "unable", "delayed", "minutes", "reduce", "increase", "someone", "accept", "stuck",
)  # fmt: skip
_SHORTEST = 5
_NEARLY = 0.85


def as_spelled(words: str) -> str:
    """Folded words, in standard English as far as it is plain: "chnage oor tabel" is "change oor table"."""
    words = " ".join(_key_word(word) for word in words.split())
    for pattern, plain in _SAID_AS_PATTERNS:
        words = pattern.sub(plain, words)
    return " ".join(words.split())


@lru_cache(maxsize=4_096)
def _key_word(word: str) -> str:
    if len(word) < _SHORTEST or not word.isalpha():
        return word
    swapped = [key for key in _KEY_WORDS if key[0] == word[0] and sorted(key) == sorted(word)]
    near = get_close_matches(word, [key for key in _KEY_WORDS if key[0] == word[0]], n=1, cutoff=_NEARLY)
    return next(iter(swapped or near), word)
