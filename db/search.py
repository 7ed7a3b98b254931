"""Finding people the way staff type: parts of names in any order, any fragment of the number."""

import re
import unicodedata

from anyascii import anyascii
from sqlalchemy import ColumnElement, Text, and_, bindparam, column, select, table, true

from db.models import Customer

# What somebody types first of a number in full.
_BEGINNINGS = {"+", "(", "(+"}
_NUMBER_WORD = re.compile(r"[+(]?[\d().+/-]*\d[\d().+/-]*")
# All that stands for an apostrophe, or for the sound that Latin letters write as one.
_APOSTROPHES = re.compile(r"['’‘‛`´ʼʻʹʽʾʿˈ′‵ꞌ՚΄᾽＇]")
# What is copied with a number from an address book.
_CALLED = re.compile(r"\b(?:tel|mob|mobile|phone)\b[\s.:]*(?=[+(\d])", re.IGNORECASE)
# How a number in full may begin: +44, of which the 0 of "+44 07700" is no part. The codes of one and two digits by
# https://www.itu.int/pub/T-SP-E.164D; all others have three. Mobiles of Ivory Coast, Benin, Gabon and Congo begin with
# a 0 of their own, and so do Italy's landlines.
_SHORT_CODE = "(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])"
_KEPT_ZERO = re.compile(rf"^(?!39|225|229|241|242)({_SHORT_CODE}|(?!{_SHORT_CODE})\d\d\d)0")
# No piece of a number of this country has as many digits: a 0 after the country's code is one too many.
_IN_FULL = 13
_NOT_WORD = re.compile(r"[\W_]+")
TRIGRAM = 3
# Whoever pastes a page into the search box is not looking for its last words; SQLite allows 1,000 conditions.
MOST_FRAGMENTS = 20

_customers = Customer.__table__.c
_index = table("customers_search", column("rowid"), column("customers_search"))


def fold(words: str) -> str:
    """Plain lower-case Latin words: accents and apostrophes gone, other punctuation a space."""
    # Some are a space and an accent to NFKC, and some letters are an apostrophe in Latin writing.
    words = " ".join(unicodedata.normalize("NFKC", _APOSTROPHES.sub("", words)).split())
    return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", anyascii(words)).casefold()).strip()


def sort_key(first_name: str, last_name: str) -> str:
    """What the list is ordered by, before the id: last name, then first name."""
    return f"{fold(last_name)}\x1f{fold(first_name)}"


def search_text(first_name: str, last_name: str, mobile_number: str, national_number: str) -> str:
    """All that search looks at, folded once when the row is written."""
    digits = re.sub(r"\D", "", mobile_number)
    text = f"{fold(first_name)} {fold(last_name)} {digits} {re.sub(r'[^0-9]', '', national_number)}"
    # A name that is no word, like "1/2" or "***", is found by what typing it asks for.
    asked = [each for name in (first_name, last_name, f"{first_name} {last_name}") for each in fragments(name)]
    return " ".join([text, *dict.fromkeys(each for each in asked if each not in text)])


def fragments(typed: str) -> list[str]:
    """What must all be found: each word of a name folded, and neighbouring pieces of a number as one fragment."""
    found: list[str] = []
    digits = ""
    seen = "".join(sign for sign in _APOSTROPHES.sub("", typed) if unicodedata.category(sign) != "Cf")
    for word in _CALLED.sub("", unicodedata.normalize("NFKC", seen)).split():
        if _NUMBER_WORD.fullmatch(word):
            digits += word
            continue
        if digits:
            found.append(_number_fragment(digits))
        digits = ""
        found.extend(fold(word).split())
    if digits:
        found.append(_number_fragment(digits))
    found = list(filter(None, found)) or [_spelt(word) for word in typed.split() if word not in _BEGINNINGS]
    return list(dict.fromkeys(found))[:MOST_FRAGMENTS]


def _spelt(word: str) -> str:
    """Signs alone, as letters and digits that stand for them: nothing that LIKE or MATCH would take for its own."""
    return "".join(f"u{ord(sign):x}" for sign in word)


def _number_fragment(typed: str) -> str:
    digits = "".join(str(unicodedata.digit(char)) for char in typed.replace("(0)", "") if char.isdecimal())
    # 0044… is +44…, and 00 alone is a piece of many numbers.
    digits = digits[2:] or digits if digits.startswith("00") else digits
    is_in_full = typed.startswith(("+", "(+")) or len(digits) >= _IN_FULL
    return _KEPT_ZERO.sub(r"\1", digits) if is_in_full else digits


def is_indexed(typed: str) -> bool:
    """Whether an index leads to what was typed: it holds every three letters in a row."""
    return any(len(fragment) >= TRIGRAM for fragment in fragments(typed))


def matches(typed: str, dialect: str) -> ColumnElement[bool]:
    """The condition that a customer matches what was typed. Nothing typed matches everyone."""
    wanted = fragments(typed)
    if dialect == "postgresql":
        return and_(true(), *(_contains(fragment, in_statement=True) for fragment in wanted))
    long = [fragment for fragment in wanted if len(fragment) >= TRIGRAM]
    short = [_contains(fragment) for fragment in wanted if len(fragment) < TRIGRAM]
    return and_(true(), *([_has_phrases(long)] if long else []), *short)


def _has_phrases(wanted: list[str]) -> ColumnElement[bool]:
    phrases = " AND ".join(f'"{fragment}"' for fragment in wanted)
    matching = _index.c.customers_search.op("MATCH")(bindparam(None, phrases, Text()))
    return _customers.search_id.in_(select(_index.c.rowid).where(matching))


def _contains(fragment: str, *, in_statement: bool = False) -> ColumnElement[bool]:
    # Written into PostgreSQL's statement: it would keep one plan for all words, and that is a bad one for most.
    return _customers.search_text.like(bindparam(None, f"%{fragment}%", Text(), literal_execute=in_statement))


def create_index(dialect: str) -> list[str]:
    """The statements that build the search index, for the migration that does."""
    if dialect == "postgresql":
        return [
            "CREATE EXTENSION IF NOT EXISTS pg_trgm",
            # What is not yet sorted in is read by every search: let it be little.
            "CREATE INDEX ix_customers_search ON customers USING gin (search_text gin_trgm_ops) "
            "WITH (gin_pending_list_limit = 512)",
        ]
    return [
        "CREATE VIRTUAL TABLE customers_search USING fts5("
        "search_text, content='customers', content_rowid='search_id', tokenize='trigram', detail='full')",
        "INSERT INTO customers_search(customers_search) VALUES ('rebuild')",
        "CREATE TRIGGER customers_search_insert AFTER INSERT ON customers BEGIN "
        "INSERT INTO customers_search(rowid, search_text) VALUES (new.search_id, new.search_text); END",
        "CREATE TRIGGER customers_search_delete AFTER DELETE ON customers BEGIN "
        "INSERT INTO customers_search(customers_search, rowid, search_text) "
        "VALUES ('delete', old.search_id, old.search_text); END",
        "CREATE TRIGGER customers_search_update AFTER UPDATE OF search_text ON customers "
        "WHEN old.search_text IS NOT new.search_text BEGIN "
        "INSERT INTO customers_search(customers_search, rowid, search_text) "
        "VALUES ('delete', old.search_id, old.search_text); "
        "INSERT INTO customers_search(rowid, search_text) VALUES (new.search_id, new.search_text); END",
    ]
