"""Phone numbers: read as staff type them, stored as E.164."""

import functools
import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

HINT = "Enter a UK mobile number, e.g. 07700 900123, or start with + for another country."
TOO_FEW_DIGITS = "This number has too few digits."
TOO_MANY_DIGITS = "This number has too many digits."

# Ofcom reserves this range for films and books, so no one has these numbers. The library calls them invalid.
# https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama
DRAMA_MOBILES = range(7700900000, 7700901000)

# In place of the last digits of a number, for those who may not see it in full.
HIDDEN = "•••"

TEXTABLE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}

NOT_TEXTABLE = {
    PhoneNumberType.FIXED_LINE: "This is a landline, which cannot receive texts.",
    PhoneNumberType.PREMIUM_RATE: "This is a premium-rate number, which cannot receive texts.",
    PhoneNumberType.PERSONAL_NUMBER: "This is a personal number (070), which cannot receive texts.",
    PhoneNumberType.TOLL_FREE: "This is a freephone number, which cannot receive texts.",
    PhoneNumberType.SHARED_COST: "This is a shared-cost number, which cannot receive texts.",
    PhoneNumberType.VOIP: "This is an internet phone number, which cannot be relied on to receive texts.",
    PhoneNumberType.PAGER: "This is a pager, which cannot receive texts.",
    PhoneNumberType.UAN: "This is a company's number, which cannot receive texts.",
    PhoneNumberType.VOICEMAIL: "This is a voicemail number, which cannot receive texts.",
}


class InvalidPhone(ValueError):
    """Not a number that can be texted. str() is a sentence for staff: why, and what to do."""


def normalise(typed: str, *, region: str = "GB", allow_fictional: bool = True) -> str:
    """The E.164 form of a mobile number. Raises InvalidPhone with a sentence for staff.

    `region` is the country of numbers without a country code, as two letters.
    """
    text = _tidy(typed)
    _refuse_what_is_not_one_number(text)
    digits = _digits(text)
    if region == "GB" and (uk := TYPED_UK_MOBILE.fullmatch(digits)) and _uk_mobiles().fullmatch(uk[1]):
        return f"+44{uk[1]}"
    number = _parse(digits, region)
    _refuse_what_cannot_be_texted(number, allow_fictional)
    return f"+{number.country_code}{phonenumbers.national_significant_number(number)}"


def display(number: str, *, region: str = "GB") -> str:
    """The number as staff read it: in national form for the home country, else international.

    The last digits may be HIDDEN. What is not a number is returned unchanged.
    """
    # A page shows a hundred of these. The tests check that this shortcut agrees with the library.
    if region == "GB" and (uk := UK_MOBILE.fullmatch(number)):
        return f"0{uk[1]} {uk[2]}"
    if number.endswith(HIDDEN):
        return _LAST_DIGITS.sub("•", display(number.removesuffix(HIDDEN) + "0" * len(HIDDEN), region=region))
    try:
        parsed = phonenumbers.parse(number, region)
    except NumberParseException:
        return number
    # Guernsey, Jersey and the Isle of Man share the UK's country code and count as home.
    at_home = parsed.country_code == phonenumbers.country_code_for_region(region)
    return phonenumbers.format_number(
        parsed, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    )


def calling_code(number: str) -> str:
    """The country code that an E.164 number begins with ("+44"). Some small countries share one."""
    return f"+{phonenumbers.parse(number).country_code}"


def national_digits(number: str) -> str:
    """The digits of an E.164 number after its country code ("7700900123")."""
    return number.removeprefix(calling_code(number))


TYPED_UK_MOBILE = re.compile(r"(?:\+44|0044|44|0)?(7[0-9]{9})", re.ASCII)
# The last digits of a number, as many as are hidden.
_LAST_DIGITS = re.compile(r"[0-9](?=(?:[^0-9]*[0-9]){0,2}[^0-9]*$)")
UK_MOBILE = re.compile(r"\+44(7[1-57-9][0-9]{2})([0-9]{6})", re.ASCII)
SCHEME = re.compile(r"(?:tel|sms|callto|phone|mobile|mob)(?:[.:]+|\s)\s*", re.IGNORECASE)
SPREADSHEET = re.compile(r"[+-]?\d+(?:[.,]\d+)?\s*E\s*[+-]?\d+", re.IGNORECASE)
WHOLE_AS_DECIMAL = re.compile(r"(\+?\d{9,15})\.0")
EXTENSION = re.compile(r"\d[\s,;.(]*(?:extension|extn?|durchwahl|x|#)[\s.:=#]*\d{1,7}\s*\)?\s*$", re.IGNORECASE)
SEPARATOR = re.compile(r"[/;,|&\n\r]|\bor\b|\band\b|\s(?=\+|00?[1-9]\d{2})", re.IGNORECASE)
GAPS = re.compile(r"\+?[0-9()./ -]+")
# E.164 has 15 digits at most. There may be one more: a 0 that is only dialled within the country.
ONE_FROM_ABROAD = re.compile(r"(?:\+|00)[1-9][0-9]{6,15}")
TRUNK_PREFIX = re.compile(r"^(\(?\s*(?:\+|00)?\s*\(?\s*[1-9]\d{0,2}\s*\)?\s*)\(\s*0\s*\)")
NOT_IN_A_NUMBER = re.compile(r"[^0-9+()./\s-]")


def _tidy(typed: str) -> str:
    """The text with plain digits and spaces, without invisible characters, a spreadsheet's apostrophe or "tel:"."""
    text = typed if typed.isascii() else "".join(map(_plain, unicodedata.normalize("NFKC", typed)))
    text = text.strip().lstrip("'‘’`´").strip()
    text = SCHEME.sub("", text, count=1) if SCHEME.match(text) else text
    exact = WHOLE_AS_DECIMAL.fullmatch(text)
    return exact[1] if exact else text


def _plain(char: str) -> str:
    if char.isascii():
        return char
    if char.isdecimal():
        return str(unicodedata.digit(char))
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if category == "Pd" or char == "−":
        return "-"
    return " " if category.startswith("Z") else char


def _digits(text: str) -> str:
    """The digits and the plus sign, without a "(0)" that is only dialled within the country."""
    return re.sub(r"[^0-9+]", "", TRUNK_PREFIX.sub(r"\1", text))


def _refuse_what_is_not_one_number(text: str) -> None:
    if not text:
        raise InvalidPhone(HINT)
    # Also keeps the patterns below fast, whatever is pasted.
    if len(text) > 100:
        raise InvalidPhone(f"This is too long for a phone number. {HINT}")
    if SPREADSHEET.fullmatch(text):
        raise InvalidPhone(
            f"A spreadsheet shortened this number to {text} and lost its last digits. "
            f"In the spreadsheet, format the column as Text and save it again, or look the number up. {HINT}"
        )
    if EXTENSION.search(text):
        raise InvalidPhone(f"This number has an extension, which cannot receive texts. {HINT}")
    if _holds_several(text):
        raise InvalidPhone(f"There is more than one number here. {HINT}")
    _refuse_strange_characters(text)


def _holds_several(text: str) -> bool:
    if re.search(r"\d.*\+", text, re.DOTALL):
        return True
    long_enough = [part for part in SEPARATOR.split(text) if sum(map(str.isdigit, part)) >= 7]
    # Where a 0 follows the country code or the area code, one number looks like two: 00353 85 0123456.
    return len(long_enough) > 1 and not ONE_FROM_ABROAD.fullmatch(_digits(text) if GAPS.fullmatch(text) else "")


def _is_fictional(number: PhoneNumber) -> bool:
    return number.country_code == 44 and number.national_number in DRAMA_MOBILES


def _refuse_strange_characters(text: str) -> None:
    if not any(map(str.isdigit, text)):
        raise InvalidPhone(f"This is not a phone number: it has no digits. {HINT}")
    letters = list(dict.fromkeys(filter(str.isalpha, text)))
    if letters:
        raise InvalidPhone(f"{_letters_problem(letters)}. {HINT}")
    strange = NOT_IN_A_NUMBER.search(text)
    if strange:
        shown = f"“{strange[0]}”" if strange[0].isprintable() else "A hidden character"
        raise InvalidPhone(f"{shown} does not belong in a phone number. {HINT}")


def _letters_problem(letters: list[str]) -> str:
    if len(letters) > 4:
        return "Enter only the number, without words"
    if len(letters) == 1:
        return f"Contains the letter “{letters[0]}” instead of a digit"
    first = ", ".join(f"“{letter}”" for letter in letters[:-1])
    return f"Contains the letters {first} and “{letters[-1]}” instead of digits"


@functools.cache
def _uk_mobiles() -> re.Pattern[str]:
    """The library's own patterns of mobile numbers in the UK and its islands, ten times as fast as its parser."""
    homes = [phonenumbers.PhoneMetadata.metadata_for_region(region) for region in ("GB", "GG", "JE", "IM")]
    patterns = [home.mobile.national_number_pattern for home in homes if home and home.mobile]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.ASCII)


def _parse(digits: str, region: str) -> PhoneNumber:
    try:
        return phonenumbers.parse(digits, region)
    except NumberParseException as problem:
        raise InvalidPhone(f"{_parse_problem(problem)} {HINT}") from None


def _parse_problem(problem: NumberParseException) -> str:
    if problem.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return "No country has the code after the +."
    if problem.error_type == NumberParseException.TOO_LONG:
        return TOO_MANY_DIGITS
    return TOO_FEW_DIGITS


def _refuse_what_cannot_be_texted(number: PhoneNumber, allow_fictional: bool) -> None:
    if _is_fictional(number):
        if not allow_fictional:
            raise InvalidPhone(f"This number is reserved for films and books. {HINT}")
        return
    kind = phonenumbers.number_type(number)
    if kind not in TEXTABLE:
        raise InvalidPhone(f"{NOT_TEXTABLE.get(kind) or _number_problem(number)} {HINT}")


def _number_problem(number: PhoneNumber) -> str:
    """Why a number is invalid, by comparing it with the mobile numbers of its country. The library does not say why."""
    digits = phonenumbers.national_significant_number(number)
    lengths = _mobile_lengths(number.country_code or 0)
    if lengths and len(digits) < min(lengths):
        return TOO_FEW_DIGITS
    if lengths and len(digits) > max(lengths):
        return TOO_MANY_DIGITS
    # The library calls Ofcom's landlines for drama (01632 960xxx) invalid too.
    if number.country_code == 44 and digits.startswith(("1", "2")):
        return NOT_TEXTABLE[PhoneNumberType.FIXED_LINE]
    return "This number does not exist. Check each digit."


def _mobile_lengths(country_code: int) -> tuple[int, ...]:
    region = phonenumbers.region_code_for_country_code(country_code)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country_code, region)
    mobile = metadata.mobile if metadata else None
    return tuple(length for length in mobile.possible_length if length > 0) if mobile else ()
