"""Numbers as staff, guests and spreadsheets write them."""

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.phone import HIDDEN, HINT, TEXTABLE, InvalidPhone, calling_code, display, normalise

JO = "+447700900123"

VALID = [
    ("07700 900123", JO),
    ("07700900123", JO),
    ("+447700900123", JO),
    ("+44 (0)7700 900123", JO),
    ("+44(0) 7700 900 123", JO),
    ("(+44) (0)7700 900123", JO),
    ("+44 07700 900123", JO),
    ("44 (0)7700 900123", JO),
    ("0044 7700 900123", JO),
    ("00353 85 0123456", "+353850123456"),
    ("00353 085 0123456", "+353850123456"),
    ("00 353 85 012 3456", "+353850123456"),
    ("0044 770 0900123", JO),
    ("00353 85/0123456", "+353850123456"),
    ("0044 (0) 7700 900123", JO),
    ("447700900123", JO),
    ("7700900123", JO),
    ("(0)7700 900123", JO),
    ("07700-900-123", JO),
    ("07700.900.123", JO),
    ("07700/900123", JO),
    ("(07700) 900123", JO),
    ("07700 900123.", JO),
    ("tel:+447700900123", JO),
    ("TEL: 07700 900123", JO),
    ("Mob: 07700 900123", JO),
    ("sms:+447700900123", JO),
    ("０７７００　９００１２３", JO),
    ("＋４４７７００９００１２３", JO),
    ("٠٧٧٠٠ ٩٠٠١٢٣", JO),
    ("07700\u00a0900\u2009123", JO),
    ("07700\t900123\r\n", JO),
    ("07700\u2011900\u2013123", JO),
    ("07700\u2212900123", JO),
    ("\u202a+447700900123\u202c", JO),
    ("\ufeff07700\u200b900123\u2060", JO),
    ("\u2068" + "07700 900123" + "\u2069", JO),
    ("'07700900123", JO),
    ("\u2019+447700900123", JO),
    ("7700900123.0", JO),  # a number column read by a program
    ("447700900123.0", JO),
    ("07781 123456", "+447781123456"),  # Guernsey
    ("07797 712345", "+447797712345"),  # Jersey
    ("07624 123456", "+447624123456"),  # Isle of Man
    ("+33 6 12 34 56 78", "+33612345678"),
    ("0033 6 12 34 56 78", "+33612345678"),
    ("+33 (0)6 12 34 56 78", "+33612345678"),
    ("+353 85 012 3456", "+353850123456"),
    ("+39 312 345 6789", "+393123456789"),
    ("+1 (202) 555-0143", "+12025550143"),  # mobile or landline: in America one cannot tell
]

REFUSED = [
    ("", "Enter a UK mobile number"),
    (" \u00a0\u200b", "Enter a UK mobile number"),
    ("'", "Enter a UK mobile number"),
    ("020 7946 0123", "landline, which cannot receive texts"),
    ("01632 960123", "landline, which cannot receive texts"),
    ("+44 20 7946 0958", "landline, which cannot receive texts"),
    ("0909 879 0123", "premium-rate"),
    ("070 1234 5678", "personal number (070)"),
    ("0808 157 0123", "freephone"),
    ("+1 800 555 0199", "freephone"),
    ("056 1234 5678", "internet phone"),
    ("07640 123456", "pager"),
    ("0345 123 4567", "company's number"),
    ("+39 848 123456", "shared-cost"),
    ("07700 90012", "too few digits"),
    ("12345", "too few digits"),
    ("999", "too few digits"),
    ("00", "too few digits"),
    ("+44", "too few digits"),
    ("+33 6 12 34 56", "too few digits"),
    ("07700 9001234", "too many digits"),
    ("07700 900123 07700", "too many digits"),
    ("1" * 90, "too many digits"),
    ("1" * 1_000_000, "too long"),
    ("x1" + " " * 100_000 + "y", "too long"),
    ("O7700 9OO123", "Contains the letter “O” instead of a digit"),
    ("07700 90o1l3", "Contains the letters “o” and “l” instead of digits"),
    ("O77OO 9oo1lI", "Contains the letters “O”, “o”, “l” and “I” instead of digits"),
    ("Jo's mobile 07700 900123", "only the number, without words"),
    ("unknown", "no digits"),
    ("+", "no digits"),
    ("n/a", "no digits"),
    ("07700 900123 ext 5", "extension"),
    ("07700 900123 ext. 5", "extension"),
    ("07700 900123x5", "extension"),
    ("07700 900123 #5", "extension"),
    ("tel:+447700900123;ext=5", "extension"),
    ("7.7009E+09", "spreadsheet shortened this number to 7.7009E+09 and lost its last digits"),
    ("4.47701E+11", "spreadsheet"),
    ("7,7009e+09", "spreadsheet"),
    ("07700 900123 / 07700 900456", "more than one"),
    ("07700900123, 07700900456", "more than one"),
    ("07700900123;+33612345678", "more than one"),
    ("07700 900123 or 07700 900456", "more than one"),
    ("07700 900123 07700 900456", "more than one"),
    ("07700 900123\n07700 900456", "more than one"),
    ("+447700900123+447700900456", "more than one"),
    ("+44 7700 900123 07700 900456", "more than one"),
    ("00353 85 0123456 0851234567", "more than one"),
    ("00353 85 0123456 / 07700 900123", "more than one"),
    ("00376 03 0123456", "does not exist"),  # Andorra, with a 0 that its numbers do not have
    ("07700*900123", "“*” does not belong"),
    ("07700\x00900123", "hidden character"),
    ("=07700900123", "“=” does not belong"),
    ("+999 123 456 789", "No country has the code after the +"),
    ("06700 900123", "does not exist"),
    ("33612345678", "too many digits"),  # France, without its +
]


@pytest.mark.parametrize(("typed", "number"), VALID)
def test_a_mobile_number_is_kept_in_one_form(typed: str, number: str) -> None:
    assert normalise(typed) == number


def mobiles_abroad() -> list[tuple[str, bool]]:
    """A mobile number of each country there is, and whether a 0 is dialled before it at home."""
    found = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
        example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        if example is not None and metadata is not None and phonenumbers.number_type(example) in TEXTABLE:
            number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            # Colombians dial a digit for the network after the 0.
            found.append((number, metadata.national_prefix == "0" and region != "CO"))
    return found


@pytest.mark.parametrize(("number", "dialled_with_0"), mobiles_abroad())
def test_a_number_from_abroad_is_one_number_wherever_its_gaps_and_zeros_are(number: str, dialled_with_0: bool) -> None:
    country = calling_code(number)
    digits = number.removeprefix(country)
    for code in (country, country.replace("+", "00"), country.replace("+", "00 ")):
        for zero in ("", "0", "(0)") if dialled_with_0 else ("",):
            for gap in range(1, len(digits)):
                assert normalise(f"{code} {zero}{digits[:gap]} {digits[gap:]}") == number
                # A 0 after each gap: whether there is such a number or not, it is one.
                assert "more than one" not in why_refused(f"{code} {zero}{digits[:gap]} 0{digits[gap + 1 :]}")


def why_refused(typed: str) -> str:
    try:
        normalise(typed)
    except InvalidPhone as problem:
        return str(problem)
    return ""


@pytest.mark.parametrize(("typed", "words"), REFUSED)
def test_what_cannot_be_texted_is_refused_in_words(typed: str, words: str) -> None:
    with pytest.raises(InvalidPhone) as refused:
        normalise(typed)
    assert words in str(refused.value)
    assert str(refused.value).endswith(HINT)
    assert str(refused.value).isprintable()


def test_a_drama_number_is_refused_when_real_texts_leave() -> None:
    for number in ("07700 900000", "07700 900999"):
        assert normalise(number).startswith("+4477009")
        with pytest.raises(InvalidPhone, match="reserved for films"):
            normalise(number, allow_fictional=False)
    assert normalise("07911 123456", allow_fictional=False) == "+447911123456"


def test_the_venues_region_says_what_a_number_without_plus_means() -> None:
    assert normalise("06 12 34 56 78", region="FR") == "+33612345678"
    assert normalise("+44 7700 900123", region="FR") == JO


@pytest.mark.parametrize("number", sorted({number for _, number in VALID}))
def test_what_is_kept_and_what_is_shown_both_lead_back(number: str) -> None:
    assert normalise(number) == number
    assert normalise(display(number)) == number


@given(st.text(max_size=30) | st.text(alphabet="0123456789+() -./xeE#OIl,;", max_size=30))
def test_anything_typed_gives_a_number_or_words(typed: str) -> None:
    try:
        number = normalise(typed)
    except InvalidPhone:
        return
    assert re.fullmatch(r"\+[1-9][0-9]{6,14}", number)
    assert normalise(number) == number


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (JO, "07700 900123"),
        ("+447781123456", "07781 123456"),
        ("+447624123456", "07624 123456"),
        ("+33612345678", "+33 6 12 34 56 78"),
        ("+12025550143", "+1 202-555-0143"),
        ("07700 900123", "07700 900123"),
        ("", ""),
        ("abc", "abc"),
        ("+", "+"),
        ("+99912345678", "+99912345678"),
    ],
)
def test_numbers_are_shown_as_people_at_home_write_them(number: str, shown: str) -> None:
    assert display(number) == shown


def test_the_shortcut_for_typed_uk_mobiles_takes_what_the_library_does(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = [f"{start}7{middle:04}12345" for middle in range(0, 10_000, 7) for start in ("0", "+44", "0044", "44", "")]
    quick = [_outcome(number) for number in typed]
    monkeypatch.setattr("sms.phone.TYPED_UK_MOBILE", re.compile("never"))
    assert quick == [_outcome(number) for number in typed]
    assert len({number for number in quick if number.startswith("+")}) > 500


def _outcome(typed: str) -> str:
    try:
        return normalise(typed)
    except InvalidPhone as refused:
        return str(refused)


def test_away_from_home_the_other_form_is_shown() -> None:
    assert display(JO, region="FR") == "+44 7700 900123"
    assert display("+33612345678", region="FR") == "06 12 34 56 78"


def test_the_shortcut_for_uk_mobiles_shows_what_the_library_does() -> None:
    for prefix in range(7000, 8000):
        for rest in ("000000", "123456", "999999"):
            parsed = phonenumbers.parse(f"+44{prefix}{rest}")
            by_library = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
            assert display(f"+44{prefix}{rest}") == by_library


@given(st.text(max_size=30))
def test_showing_never_fails(number: str) -> None:
    assert isinstance(display(number), str)
    assert isinstance(display(f"{number}{HIDDEN}"), str)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+447700900•••", "07700 900•••"),
        ("+447624369•••", "07624 369•••"),
        ("+33612345•••", "+33 6 12 34 5• ••"),
        ("•••", "•••"),
    ],
)
def test_a_number_with_hidden_digits_is_shown_like_any_other(number: str, shown: str) -> None:
    assert display(number) == shown
