"""Names and numbers within text: finding them however they are written, and replacing them.

A name is found in both orders, whatever its capitals, accents and apostrophes; a number with or without its country
code, however its digits are grouped.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, func, or_
from sqlalchemy.orm import Session

from db.search import fold
from sms import phone
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.wording import ERASED, join_names

# Between the digits of a number.
_GAPS = " -()./\N{NO-BREAK SPACE}\N{EN DASH}"
_GAP = f"[{re.escape(_GAPS)}]{{0,3}}"
_APOSTROPHES = "'’‘`´ʼ"
_WITHOUT_GAPS = str.maketrans("", "", _GAPS)
_WITHOUT_APOSTROPHES = str.maketrans("", "", _APOSTROPHES)
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
_WORD = re.compile(rf"[^\W_]+(?:[{_APOSTROPHES}][^\W_]+)*")
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}]s$", re.IGNORECASE)
# Next to a name, these make it a part of a longer one, as in Mary-Ann Lee and Ann Lee-Jones.
_PART_BEFORE = re.compile(r"[^\W\d_]-")
_PART_AFTER = re.compile(r"-[A-ZÀ-ÖØ-Þ]")
_FIELDS = re.compile(r"""\{[a-z_]+\}|"[a-z_]+"(?=\s*:)""")
# In JSON, these are no letters of the word that follows.
_ESCAPES = re.compile(r"\\[nrt]")
# Letters that may be written with an accent, so a search in the database takes any character for them.
_WITH_ACCENTS = frozenset("aeiouycnsz")
# No constraint on the length of a text is below this.
_SHORTEST_LIMIT = 100
# SQLite's expressions may be 1,000 deep.
MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Name:
    first_name: str
    last_name: str

    @property
    def words(self) -> tuple[tuple[str, ...], ...]:
        """Its words as they are compared, in both orders. Empty for a name without letters."""
        both = [words for first, last in self.spellings for words in (first + last, last + first)]
        return tuple(dict.fromkeys(filter(None, both)))

    @property
    def spellings(self) -> Sequence[tuple[tuple[str, ...], tuple[str, ...]]]:
        """First and last name in words: O'Neil is oneil, and may be written O Neil."""
        parts = (self.first_name, self.last_name)
        first, last = (tuple(fold(part).split()) for part in parts)
        apart_first, apart_last = (tuple(fold(_APOSTROPHE.sub(" ", part)).split()) for part in parts)
        return [(first, last), (apart_first, apart_last)]

    @property
    def as_written(self) -> re.Pattern[str] | None:
        """For names that are not written in words of Latin letters: how they may be written."""
        first, last = (re.escape(unicodedata.normalize("NFC", part)) for part in (self.first_name, self.last_name))
        if self.words and all(map(_is_latin, self.first_name + self.last_name)):
            return None
        return re.compile(rf"{first}\s*{last}|{last}\s*{first}", re.IGNORECASE)

    @property
    def patterns(self) -> tuple[str, ...]:
        """Patterns for LIKE, in small letters. They find more than the name, but no less."""
        first, last = (_pattern(part) for part in (self.first_name, self.last_name))
        return tuple(dict.fromkeys((f"%{first}%{last}%", f"%{last}%{first}%")))


@dataclass(frozen=True)
class Wanted:
    """The names, E.164 numbers and e-mail addresses to find."""

    names: Sequence[Name] = ()
    numbers: Sequence[str] = ()
    emails: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.names or self.numbers or self.emails)

    @property
    def full_names(self) -> list[str]:
        return [join_names(name.first_name, name.last_name) for name in self.names]

    def is_in(self, text: str) -> bool:
        """Whether the text mentions one of them."""
        plain = _plain(text)
        return self._is_likely_in(plain) and any(True for _ in self._spans(plain))

    def _is_likely_in(self, text: str) -> bool:
        """Whether a text has the digits of a number or the letters of a name. To look for how they are written takes
        many times longer, and the database finds many texts with the same digits."""
        if not text.isascii():
            return True
        digits, small = text.translate(_WITHOUT_GAPS), text.lower()
        letters = small.translate(_WITHOUT_APOSTROPHES)
        if any(email.lower() in small for email in self.emails):
            return True
        return any(_national_digits(number) in digits for number in self.numbers) or any(
            all(word in small or word in letters for word in words) for name in self.names for words in _words_of(name)
        )

    def replaced(self, text: str) -> str:
        """The text with "(erased)" in place of each of them."""
        text = unicodedata.normalize("NFC", text)
        result = text
        for start, end in _merged(self._spans(_plain(text))):
            result = result[:start] + ERASED + result[end:]
        return result[: max(len(text), _SHORTEST_LIMIT)]

    def parts(self) -> Iterator["Wanted"]:
        """The same in parts that are small enough for one condition in SQL."""
        count = max(len(self.names), len(self.numbers), len(self.emails))
        if count <= MOST_AT_ONCE:
            yield self
            return
        for start in range(0, count, MOST_AT_ONCE):
            end = start + MOST_AT_ONCE
            yield Wanted(self.names[start:end], self.numbers[start:end], self.emails[start:end])

    @cached_property
    def patterns(self) -> dict[str, str]:
        """Patterns for LIKE that find the names and numbers, as the parameters of `may_mention`."""
        of_names = [pattern for name in self.names for pattern in name.patterns]
        of_numbers = ["%".join(["", *phone.national_digits(number), ""]) for number in self.numbers]
        # A "_" of an address stands for any character there: what is found is checked by `is_in`.
        of_emails = [f"%{email.lower()}%" for email in self.emails]
        return {f"pattern_{place}": pattern for place, pattern in enumerate([*of_names, *of_numbers, *of_emails])}

    @cached_property
    def _numbers(self) -> list[re.Pattern[str]]:
        """Every way of writing each number."""
        return list(map(_number_pattern, self.numbers))

    @cached_property
    def _emails(self) -> list[re.Pattern[str]]:
        return [re.compile(rf"(?<![\w.+-]){re.escape(email)}(?![\w-])", re.IGNORECASE) for email in self.emails]

    @cached_property
    def _as_written(self) -> list[re.Pattern[str]]:
        return [pattern for name in self.names if (pattern := name.as_written)]

    @cached_property
    def _words(self) -> dict[str, list[tuple[str, ...]]]:
        """The words of each name, by the first."""
        words: dict[str, list[tuple[str, ...]]] = {}
        for each in (words for name in self.names for words in name.words):
            words.setdefault(each[0], []).append(each)
        return words

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        for pattern in [*self._numbers, *self._emails, *self._as_written]:
            yield from (match.span() for match in pattern.finditer(text))
        words = _words(text) if self._words else []
        for position, word in enumerate(words):
            for name in (each for form in word.forms for each in self._words.get(form, ())):
                span = words[position : position + len(name)]
                if len(span) == len(name) and all(map(_Word.is_like, span, name)) and self._is_name(text, span, name):
                    yield from _spans_of(text, span)

    @cached_property
    def _first_words(self) -> dict[tuple[str, ...], int]:
        """Of names with the last name first: the position of the first name."""
        forward = {first + last for name in self.names for first, last in name.spellings}
        reverse = {last + first: len(last) for name in self.names for first, last in name.spellings}
        return {words: position for words, position in reverse.items() if words not in forward}

    def _is_name(self, text: str, span: Sequence["_Word"], name: tuple[str, ...]) -> bool:
        """Whether words that are those of a name are meant as the name. Not in "Rose will come" for Will Rose, and not
        in "Ann Lee-Jones" for Ann Lee."""
        before, after = text[: span[0].start][-2:], text[span[-1].end :][:2]
        if _PART_BEFORE.fullmatch(before) or _PART_AFTER.fullmatch(after):
            return False
        position = self._first_words.get(name)
        if position is None or re.search('[,"]', text[span[0].start : span[-1].end]):
            return True
        has_capital = any(text[word.start].isupper() for word in span[:position])
        return not (has_capital and text[span[position].start].islower())


def may_mention(columns: Sequence[ColumnElement[Any]], *, patterns: int, is_postgresql: bool) -> ColumnElement[bool]:
    """The condition that one of these columns may mention what is wanted. It has this many parameters, which are
    `Wanted.patterns`. Check what it finds by `is_in`."""
    # One text of all columns: to search each of them takes several times as long.
    together = reduce(add, [func.coalesce(column, "") + "\n" for column in columns])
    # LIKE ignores the case of A to Z on SQLite. Other letters are not in the patterns.
    small = func.lower(together.collate("C")) if is_postgresql else together
    return or_(*(small.like(bindparam(f"pattern_{position}", type_=Text())) for position in range(patterns)))


def read_wanted(session: Session, typed: str) -> Wanted:
    """What was typed to find: a number if it is one, or else a name."""
    require(session, Permission.READ)
    try:
        number = phone.normalise(typed, region=venue_of(session).region, allow_fictional=True)
    except phone.InvalidPhone:
        first, _, last = typed.strip().rpartition(" ")
        return Wanted([Name(first, last)])
    return Wanted(numbers=[number])


@dataclass(frozen=True)
class _Word:
    """A word of a text, folded: as it is written, and without "'s". `short_end` is where it ends without "'s"."""

    forms: tuple[str, ...]
    start: int
    end: int
    short_end: int

    def is_like(self, word: str) -> bool:
        return word in self.forms


def _words(text: str) -> list[_Word]:
    words = []
    for match in _WORD.finditer(text):
        short = _POSSESSIVE.sub("", match[0])
        forms = fold(match[0]).split()
        for form in forms:
            both = (form, fold(short)) if short != match[0] else (form,)
            words.append(_Word(both, match.start(), match.end(), match.start() + len(short)))
    return words


def _spans_of(text: str, words: Sequence[_Word]) -> Iterator[tuple[int, int]]:
    """One span for all words; or one for each, where they are separate texts of a JSON list."""
    if '"' in text[words[0].start : words[-1].end]:
        yield from ((word.start, word.end) for word in words)
    else:
        yield words[0].start, words[-1].short_end


def _plain(text: str) -> str:
    """The text to search, each character in its place. Escaped line breaks in JSON are blanks; names of fields, as in
    templates and JSON, are no names of people."""
    text = _FIELDS.sub(lambda field: "x" * len(field[0]), unicodedata.normalize("NFC", text))
    return _ESCAPES.sub("  ", text) if text[:1] in ("{", "[") else text


def _merged(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans from last to first, those that overlap as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged[::-1]


def _number_pattern(number: str) -> re.Pattern[str]:
    code = phone.calling_code(number).removeprefix("+")
    national = _GAP.join(phone.national_digits(number))
    international = rf"(?:(?:\+|00){_GAP})?{_GAP.join(code)}{_GAP}(?:\(?0\)?{_GAP})?"
    return re.compile(rf"(?<!\d)(?:{international}|\(?0{_GAP})?{national}(?!\d)")


@functools.lru_cache(maxsize=1_024)
def _national_digits(number: str) -> str:
    return phone.national_digits(number)


@functools.lru_cache(maxsize=1_024)
def _words_of(name: Name) -> tuple[tuple[str, ...], ...]:
    return name.words


def _is_latin(letter: str) -> bool:
    return not letter.isalpha() or unicodedata.name(letter, "").startswith("LATIN")


def _pattern(name: str) -> str:
    letters = unicodedata.normalize("NFC", name).lower()
    return "".join(map(_in_pattern, letters)) or "%"


def _in_pattern(letter: str) -> str:
    if letter in _WITH_ACCENTS:
        return "_"
    return letter if letter.isascii() and letter.isalnum() else "%"
