"""Names and e-mail addresses of staff: how they are checked, and how they are compared."""

import re
import unicodedata

from db.models import NAME_LENGTH
from venue.roles import COMMAND_LINE, SCHEDULER, SIGN_IN

_SPACES = re.compile(r"\s+")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
_EMAIL_LENGTH = 254
# Control characters, lone surrogates, private ones, line separators, and format characters: with one that has no width,
# two names would look the same, and one that turns the writing direction would rearrange entries of the journal.
_INVISIBLE = {"Cc", "Cs", "Co", "Zl", "Zp", "Cf"}
# Some scripts need them between letters.
_JOINERS = "\u200c\u200d"
# Who acts in the journal without being a member of staff.
ONE_TIME_CODE = "A one-time code"
UNKNOWN_NAME = "An unknown name"
# The account of all who open the demo.
DEMO_MANAGER = "Demo manager"
_NOT_PEOPLE = (SCHEDULER.name, COMMAND_LINE.name, SIGN_IN.name, ONE_TIME_CODE, UNKNOWN_NAME)


def key(typed: str) -> str:
    """A name without differences of case, width and spaces: two that have the same key are the same. It contains no
    character that a database refuses, whatever was typed."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold())
    visible = "".join(letter for letter in _SPACES.sub(" ", folded) if unicodedata.category(letter) not in _INVISIBLE)
    return visible.strip()


def checked_name(typed: str) -> str:
    """A name as it is stored. Raises ValueError, with a sentence for staff."""
    name = _SPACES.sub(" ", unicodedata.normalize("NFC", typed)).strip()
    if not key(name):
        raise ValueError("Enter a name")
    if any(unicodedata.category(letter) in _INVISIBLE and letter not in _JOINERS for letter in name):
        raise ValueError("Name contains a character that cannot be shown: type it again")
    if key(name) in map(key, _NOT_PEOPLE):
        raise ValueError("The journal calls a program by this name: enter another one")
    if len(name) > NAME_LENGTH:
        raise ValueError(f"Name is {len(name)} characters long. The limit is {NAME_LENGTH}")
    return name


def checked_email(typed: str) -> str:
    """An e-mail address as it is stored; it may be empty. Raises ValueError, with a sentence for staff."""
    email = typed.strip()
    if email and (email_key(email) is None or len(email) > _EMAIL_LENGTH):
        raise ValueError("Enter an e-mail address like sam@example.com")
    return email


def email_key(email: str) -> str | None:
    """An e-mail address without differences of case; None for what is none.

    Only ASCII: a provider may verify an address with a letter that Unicode folds to another one, like ſam@example.com,
    and it must not sign in as sam@example.com.
    """
    return email.lower() if email.isascii() and _EMAIL.fullmatch(email) and email.isprintable() else None
