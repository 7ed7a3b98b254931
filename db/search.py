"""Finding people the way staff type: parts of names in any order, any fragment of the number."""

import re
import unicodedata
from typing import Any

from anyascii import anyascii
from sqlalchemy import ColumnElement, and_, bindparam, false, text, true

from db.models import Customer

_NUMBER_WORD = re.compile(r"[+(]?[\d().+/-]*\d[\d().+/-]*")
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
_NOT_WORD = re.compile(r"[\W_]+")
TRIGRAM = 3


def fold(words: str) -> str:
    """Plain lower-case Latin words: accents and apostrophes gone, other punctuation a space."""
    words = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", words))
    return _NOT_WORD.sub(" ", anyascii(words).casefold()).strip()


def sort_key(first_name: str, last_name: str) -> str:
    """What the list is ordered by, before the id: last name, then first name."""
    return f"{fold(last_name)}\x1f{fold(first_name)}"


def search_text(first_name: str, last_name: str, mobile_number: str, national_number: str) -> str:
    """All that search looks at, folded once when the row is written."""
    digits = re.sub(r"\D", "", mobile_number)
    return f"{fold(first_name)} {fold(last_name)} {digits} {re.sub(r'[^0-9]', '', national_number)}"


def fragments(typed: str) -> list[str]:
    """What must all be found: each word of a name folded, and neighbouring pieces of a number as one fragment."""
    found: list[str] = []
    digits = ""
    for word in unicodedata.normalize("NFKC", typed).split():
        if _NUMBER_WORD.fullmatch(word):
            digits += word
            continue
        if digits:
            found.append(_number_fragment(digits))
        digits = ""
        found.extend(fold(word).split())
    if digits:
        found.append(_number_fragment(digits))
    return [fragment for fragment in found if fragment]


def _number_fragment(typed: str) -> str:
    digits = re.sub(r"\D", "", typed.replace("(0)", ""))
    return digits[2:] if digits.startswith("00") else digits


def matches(typed: str, dialect: str) -> ColumnElement[bool]:
    """The condition that a customer matches what was typed. Nothing typed matches everyone."""
    wanted = fragments(typed)
    if not wanted:
        # Punctuation alone is something typed, yet nobody is called that.
        return false() if typed.strip() else true()
    if dialect == "postgresql":
        return and_(*(Customer.search_text.like(f"%{fragment}%") for fragment in wanted))
    return _matches_sqlite(wanted)


def _matches_sqlite(wanted: list[str]) -> ColumnElement[bool]:
    long = [fragment for fragment in wanted if len(fragment) >= TRIGRAM]
    short = [Customer.search_text.like(f"%{fragment}%") for fragment in wanted if len(fragment) < TRIGRAM]
    if not long:
        return and_(*short)
    phrase = " AND ".join(f'"{fragment}"' for fragment in long)
    found: Any = text("SELECT rowid FROM customers_search WHERE customers_search MATCH :phrase").bindparams(
        bindparam("phrase", phrase, unique=True)
    )
    return and_(Customer.search_id.in_(found), *short)


def create_index(dialect: str) -> list[str]:
    """The statements that build the search index, for the migration that does."""
    if dialect == "postgresql":
        return [
            "CREATE EXTENSION IF NOT EXISTS pg_trgm",
            "CREATE INDEX ix_customers_search ON customers USING gin (search_text gin_trgm_ops)",
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
