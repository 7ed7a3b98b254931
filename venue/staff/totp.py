"""Codes from an authenticator app (TOTP, RFC 6238): six digits that change every 30 seconds."""

from datetime import datetime

import pyotp

# Steps before and after the present one that are accepted, for clocks that differ.
NEIGHBOURS = 1


def new_secret() -> str:
    return pyotp.random_base32()


def address(secret: str, *, name: str, issuer: str) -> str:
    """The `otpauth:` address that an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def matched_step(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """The time step whose code this is, if it is later than `after`, the last one used; otherwise None."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdecimal()):
        return None
    totp = pyotp.TOTP(secret)
    present = totp.timecode(now)
    steps = range(max(present - NEIGHBOURS, after + 1), present + NEIGHBOURS + 1)
    return next((step for step in steps if pyotp.utils.strings_equal(totp.generate_otp(step), digits)), None)
