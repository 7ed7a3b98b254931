"""Numbers that a spreadsheet has taken for amounts: without their first zero, or in scientific notation."""

import re

from sms import phone

_WITHOUT_ZERO = re.compile(r"[1-9][0-9]{7,10}", re.ASCII)
_SCIENTIFIC = re.compile(r"([1-9])[.,]([0-9]+)E\+?([0-9]{1,2})", re.IGNORECASE | re.ASCII)

QUESTION = (
    "Did a spreadsheet remove the first zero? “Put back the zero that Excel removed” takes this number as {shown}"
)


def repaired(text: str, *, region: str, allow_fictional: bool) -> str:
    """The number as it was before, or empty if it is whole or cannot be told. `region` is as for `phone.normalise`.

    A number without its zero is one that is the same mobile number with a zero. Scientific notation is only taken when
    it still has all digits: 4.47700900123E+11, but not 4.47701E+11.
    """

    def normalised(digits: str) -> str:
        try:
            return phone.normalise(digits, region=region, allow_fictional=allow_fictional)
        except phone.InvalidPhone:
            return ""

    digits = text.strip().removesuffix(".0")
    if (parts := _SCIENTIFIC.fullmatch(digits)) and len(parts[2]) == int(parts[3]):
        digits = parts[1] + parts[2]
        return digits if normalised(digits) else ""
    if not _WITHOUT_ZERO.fullmatch(digits):
        return ""
    whole = normalised(digits)
    return f"0{digits}" if whole and whole == normalised(f"0{digits}") else ""
