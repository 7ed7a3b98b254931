"""Passwords and PINs: which are accepted, and their argon2id hashes.

Hashing takes about 30 ms of a processor on purpose. No transaction may be open while it runs.
"""

import unicodedata
from base64 import b64encode
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200
SHORTEST_PIN, LONGEST_PIN = 4, 8
FEWEST_DIFFERENT = 5
_DIGITS = "01234567890123456789"
# The middle column of the keypad, and famous numbers.
_COMMON_PINS = {"2580", "0852", "1379", "1984", "2000", "1066", "1966", "6969", "5683", "8520"}

# The parameters that OWASP recommends as a minimum (19 MiB, 2 passes, 1 lane):
# https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def problem(password: str, *, name: str = "") -> str | None:
    """Why this password is refused, as a sentence for staff, or None. `name` is the name of the person."""
    normal = _normal(password)
    if len(normal) < SHORTEST:
        return f"Use at least {SHORTEST} characters. Three or four words are a good password"
    if len(normal) > LONGEST:
        return f"Use at most {LONGEST} characters"
    plain = _letters_and_digits(normal)
    if (
        len(set(normal.casefold())) < FEWEST_DIFFERENT
        or plain in _common()
        or _without_digits_around(plain) in _common()
    ):
        return "This password is too easy to guess. Three or four words are a good password"
    if name and _without_digits_around(plain) == _without_digits_around(_letters_and_digits(_normal(name))):
        return "Your name is too easy to guess. Three or four words are a good password"
    return None


def pin_problem(pin: str) -> str | None:
    """Why this PIN is refused, as a sentence for staff, or None."""
    if not is_like_a_pin(pin):
        return f"A PIN has {SHORTEST_PIN} to {LONGEST_PIN} digits"
    repeated = any(pin == pin[:length] * (len(pin) // length) for length in (1, 2) if len(pin) % length == 0)
    if repeated or pin in _DIGITS or pin in _DIGITS[::-1] or pin in _COMMON_PINS:
        return "This PIN is too easy to guess: choose another"
    return None


def is_like_a_pin(secret: str) -> bool:
    """Whether it has 4 to 8 digits, which no password has."""
    return secret.isascii() and secret.isdecimal() and SHORTEST_PIN <= len(secret) <= LONGEST_PIN


def hashed(secret: str) -> str:
    """The hash of a password or PIN, with its parameters and a random salt."""
    return HASHER.hash(_bytes(secret))


def matches(secret: str, stored: str | None) -> bool:
    """Whether this is the password or PIN with the stored hash. Without a hash it takes as long, and never matches."""
    fits = len(_normal(secret)) <= LONGEST
    try:
        return HASHER.verify(stored if stored and fits else _matches_nothing(), _bytes(secret[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False


def rehashed(secret: str, stored: str) -> str | None:
    """A new hash of a secret that matches, if the stored one has other parameters than those of today."""
    return hashed(secret) if HASHER.check_needs_rehash(stored) else None


def _matches_nothing() -> str:
    """A hash of today's parameters that no secret has, so that unknown names take as long as known ones."""
    salt, digest = (b64encode(bytes(length)).decode().rstrip("=") for length in (HASHER.salt_len, HASHER.hash_len))
    return f"$argon2id$v=19$m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}${salt}${digest}"


def _normal(secret: str) -> str:
    """The same however a keyboard composes its accents (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", secret)


def _bytes(secret: str) -> bytes:
    return _normal(secret).encode("utf-8", "surrogatepass")


def _letters_and_digits(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _without_digits_around(plain: str) -> str:
    """Without the digits that people add to a word: "welcome" of "welcome2026"."""
    return plain.strip("0123456789") or plain


@cache
def _common() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
