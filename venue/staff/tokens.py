"""Random tokens of cookies and one-time codes. Only their hashes are stored."""

import re
import secrets
from hashlib import sha256

# The cookies of a sign-in and of a device. Under HTTPS browsers accept them only from this very host: see `HOST_ONLY`.
SESSION_COOKIE = "anchor_session"
DEVICE_COOKIE = "anchor_device"
HOST_ONLY = "__Host-"

# Without letters and digits that look alike: 0 O, 1 I L, U V.
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_GROUPS, _GROUP = 4, 4
_NOT_CODE = re.compile(r"[^A-Z0-9]")


def new_token() -> str:
    """A token for a cookie, of 256 random bits."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is stored of a token, a code or a typed name: 64 hexadecimal digits. Tokens and codes are too long to be
    found by trying, so a fast hash is enough."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_code() -> str:
    """A code that people can read out and type, like ABCD-EFGH-JKMN-PQRS, of 78 random bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def code_hash(typed: str) -> str:
    """What is stored of a code. Case, spaces and hyphens do not matter."""
    return hashed(_NOT_CODE.sub("", typed.upper()))
