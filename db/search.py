"""Finding customers as staff type: parts of names in any order, any fragment of the number."""

import functools
import re
import unicodedata

from anyascii import anyascii
from sqlalchemy import ColumnElement, Text, and_, bindparam, column, func, select, table, text, true
from sqlalchemy.orm import Session

from db.models import Customer

# What is typed first of an international number. It matches everyone.
_BEGINNINGS = {"+", "(", "(+"}
_NUMBER_WORD = re.compile(r"[+(]?[\d().+/-]*\d[\d().+/-]*")
# All characters that are used as an apostrophe, or that become one in Latin letters.
_APOSTROPHES = re.compile(r"['’‘‛`´ʼʻʹʽʾʿˈ′‵ꞌ՚΄᾽＇]")
# Labels that are copied with a number from an address book.
_NUMBER_LABEL = re.compile(r"\b(?:tel|mob|mobile|phone)\b[\s.:]*(?=[+(\d])", re.IGNORECASE)
# A country code followed by a superfluous 0, as in "+44 07700". The codes of one and two digits are from
# https://www.itu.int/pub/T-SP-E.164D; all others have three. In Ivory Coast, Benin, Gabon and Congo mobile numbers
# begin with a 0, and in Italy landlines do.
_SHORT_CODE = "(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])"
_SUPERFLUOUS_ZERO = re.compile(rf"^(?!39|225|229|241|242)({_SHORT_CODE}|(?!{_SHORT_CODE})\d\d\d)0")
# A number with this many digits has its country code: no national number is as long.
_INTERNATIONAL_LENGTH = 13
_NOT_WORD = re.compile(r"[\W_]+")
TRIGRAM = 3
# More fragments than this are ignored, for when a whole page is pasted. SQLite allows 1,000 conditions.
MOST_FRAGMENTS = 20
# Of what is searched for among names, which are shorter. SQLite limits the patterns of LIKE to 50,000 bytes.
MOST_LETTERS = 1_000
# Of the search index on SQLite, for one step of a merge.
PAGES_AT_ONCE = 200

_customers = Customer.__table__.c
_index = table("customers_search", column("rowid"), column("customers_search"))


# The same names come again and again, in lists and in imports.
@functools.lru_cache(maxsize=4_096)
def fold(words: str) -> str:
    """The words in lower-case Latin letters, without accents and apostrophes, other punctuation as a space."""
    # Apostrophes are removed before NFKC, which turns some into a space and an accent, and after transliteration, which
    # turns some letters into one.
    words = " ".join(unicodedata.normalize("NFKC", _APOSTROPHES.sub("", words)).split())
    return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", anyascii(words)).casefold()).strip()


def sort_key(first_name: str, last_name: str) -> str:
    """The key by which the list is ordered, before the id: last name, then first name."""
    return f"{fold(last_name)}\x1f{fold(first_name)}"


def search_text(first_name: str, last_name: str, mobile_number: str, national_number: str) -> str:
    """Everything that search matches, folded when the row is written."""
    digits = re.sub(r"\D", "", mobile_number)
    text = f"{fold(first_name)} {fold(last_name)} {digits} {re.sub(r'[^0-9]', '', national_number)}"
    # A name without letters, like "1/2" or "***", must contain the fragments that typing it searches for.
    needed = [each for name in (first_name, last_name, f"{first_name} {last_name}") for each in fragments(name)]
    return " ".join([text, *dict.fromkeys(each for each in needed if each not in text)])


def fragments(typed: str) -> list[str]:
    """The fragments that a match must all contain: each word of a name, folded, and the parts of a number as one."""
    result: list[str] = []
    digits = ""
    visible = _APOSTROPHES.sub("", typed)
    if not visible.isascii():
        visible = "".join(char for char in visible if unicodedata.category(char) != "Cf")
    for word in _NUMBER_LABEL.sub("", unicodedata.normalize("NFKC", visible)).split():
        if _NUMBER_WORD.fullmatch(word):
            digits += word
            continue
        if digits:
            result.append(_number_fragment(digits))
        digits = ""
        result.extend(fold(word).split())
    if digits:
        result.append(_number_fragment(digits))
    result = list(filter(None, result)) or [_escaped(word) for word in typed.split() if word not in _BEGINNINGS]
    return list(dict.fromkeys(result))[:MOST_FRAGMENTS]


def _escaped(word: str) -> str:
    """A word without letters or digits, as the code points of its characters: none has a meaning for LIKE or MATCH."""
    return "".join(f"u{ord(char):x}" for char in word)


def _number_fragment(typed: str) -> str:
    digits = "".join(str(unicodedata.digit(char)) for char in typed.replace("(0)", "") if char.isdecimal())
    # 0044… means +44…, but 00 alone is a fragment of many numbers.
    digits = digits[2:] or digits if digits.startswith("00") else digits
    is_international = typed.startswith(("+", "(+")) or len(digits) >= _INTERNATIONAL_LENGTH
    return _SUPERFLUOUS_ZERO.sub(r"\1", digits) if is_international else digits


def is_indexed(typed: str) -> bool:
    """Whether the search can use an index: both databases index trigrams, so a fragment needs three characters."""
    return any(len(fragment) >= TRIGRAM for fragment in fragments(typed))


def matches(typed: str, dialect: str) -> ColumnElement[bool]:
    """The condition that a customer matches what was typed. Without text, everyone matches."""
    terms = fragments(typed)
    if dialect == "postgresql":
        return and_(true(), *(_contains(term, in_statement=True) for term in terms))
    long = [term for term in terms if len(term) >= TRIGRAM]
    short = [_contains(term) for term in terms if len(term) < TRIGRAM]
    return and_(true(), *([_has_phrases(long)] if long else []), *short)


def has_name(typed: str) -> ColumnElement[bool]:
    """The condition that a customer's name contains every word that was typed, as `venue.customers.names.match` says of
    one name. It looks at each customer that the query's other conditions leave: use it for those of one event."""
    words = dict.fromkeys(fold(typed[:MOST_LETTERS]).split())
    return and_(true(), *(_customers.sort_key.contains(word) for word in list(words)[:MOST_FRAGMENTS]))


def _has_phrases(terms: list[str]) -> ColumnElement[bool]:
    phrases = " AND ".join(f'"{term}"' for term in terms)
    matching = _index.c.customers_search.op("MATCH")(bindparam(None, phrases, Text()))
    return _customers.search_id.in_(select(_index.c.rowid).where(matching))


def _contains(fragment: str, *, in_statement: bool = False) -> ColumnElement[bool]:
    # On PostgreSQL the fragment is part of the statement: a generic plan for all fragments is a bad one for most.
    return _customers.search_text.like(bindparam(None, f"%{fragment}%", Text(), literal_execute=in_statement))


def merge_index(session: Session, *, first: bool) -> bool:
    """Merge a part of SQLite's search index, so that what was deleted from it goes; `first` begins a complete merge.
    Returns whether there is more to do. Each call takes a few milliseconds.

    See https://www.sqlite.org/fts5.html#the_merge_command
    """
    if session.get_bind().dialect.name != "sqlite":
        return False
    count = select(func.total_changes())
    before = session.scalar(count) or 0
    pages = -PAGES_AT_ONCE if first else PAGES_AT_ONCE
    merge = text("INSERT INTO customers_search(customers_search, rank) VALUES ('merge', :pages)")
    session.execute(merge, {"pages": pages})
    # Of a merge that does nothing, SQLite counts one change.
    return (session.scalar(count) or 0) - before >= 2


def has_trigrams(session: Session) -> bool:
    """Whether the database has what the search index needs. SQLite always has."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    return session.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")) is not None


def create_index(dialect: str) -> list[str]:
    """The statements that create the search index, for the migration that adds it."""
    if dialect == "postgresql":
        return [
            "CREATE EXTENSION IF NOT EXISTS pg_trgm",
            # Every search scans the pending list, so it must stay short.
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
