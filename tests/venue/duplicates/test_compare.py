"""Two customers are compared by number and name; each case says what staff read about it."""

import pytest

from venue.duplicates.compare import Person, compare
from venue.duplicates.near_numbers import are_one_digit_off, are_swapped, near
from venue.duplicates.points import POINTS, WORDS, Evidence

FIRST, OTHER = "+447700900123", "+447700900998"

# How many have the last name, and the two customers.
SAME = [
    (99, ("Jo", "Smith", FIRST), ("Jo", "Smith", FIRST), "Same number, same name"),
    (99, ("JO", "smith", FIRST), ("Jó", "Smith", FIRST), "Same number, same name"),
    (99, ("Jo", "Smith", FIRST), ("Jo", "Jones", FIRST), "Same number, same first name, different last names"),
    (99, ("Jo", "Smith", FIRST), ("Jo", "Smith", "+447700900124"), "Numbers differ by one digit, same name"),
    (99, ("Jo", "Smith", FIRST), ("Jo", "Smith", "+447700900132"), "Numbers differ by two swapped digits, same name"),
    (
        99,
        ("Bob", "Smith", FIRST),
        ("Robert", "Smith", FIRST),
        "Same number, one first name is short for the other, same last name",
    ),
    (
        99,
        ("Kate", "Smith", FIRST),
        ("Catherine", "Smith", FIRST),
        "Same number, one first name is short for the other, same last name",
    ),
    (
        99,
        ("Stephen", "Smith", FIRST),
        ("Steven", "Smith", FIRST),
        "Same number, first names are spelt almost alike, same last name",
    ),
    (
        99,
        ("Gorge", "Smith", FIRST),
        ("George", "Smyth", FIRST),
        "Same number, first names are spelt almost alike, last names are spelt almost alike",
    ),
    (
        99,
        ("J", "Smith", FIRST),
        ("Jo", "Smith", FIRST),
        "Same number, one first name is only an initial, same last name",
    ),
    (
        99,
        ("Mary", "Smith", FIRST),
        ("Mary Jane", "Smith", FIRST),
        "Same number, first names have a word in common, same last name",
    ),
    (
        99,
        ("Jo", "Smith", FIRST),
        ("Jo", "Smith-Jones", FIRST),
        "Same number, same first name, last names have a word in common",
    ),
    (99, ("Smith", "Jo", FIRST), ("Jo", "Smith", FIRST), "Same number, first and last name are swapped"),
    (99, ("?", "Smith", FIRST), ("Jo", "Smith", FIRST), "Same number, a first name is missing, same last name"),
    (
        2,
        ("Siobhan", "Quartermaine", FIRST),
        ("Siobhan", "Quartermaine", OTHER),
        "Same name, few customers have this last name",
    ),
    (
        1,
        ("Quartermaine", "Siobhan", FIRST),
        ("Siobhan", "Quartermaine", OTHER),
        "First and last name are swapped, few customers have this last name",
    ),
]
DIFFERENT = [
    # A couple, and parents with children.
    (2, ("Ann", "Lee", FIRST), ("Bob", "Lee", FIRST)),
    (2, ("Paul", "Lee", FIRST), ("Paula", "Lee", FIRST)),
    (2, ("Siân", "Lee", FIRST), ("Seán", "Lee", FIRST)),
    (2, ("Ann", "Lee", FIRST), ("Bob", "Smith", FIRST)),
    (2, ("John", "Lee Jr", FIRST), ("John", "Lee", FIRST)),
    # Two phones bought together.
    (2, ("Ann", "Lee", FIRST), ("Bob", "Lee", "+447700900124")),
    # Namesakes, in a short list too.
    (2, ("John", "Smith", FIRST), ("John", "Smith", OTHER)),
    (99, ("John", "Smith", FIRST), ("John", "Smith", OTHER)),
    (99, ("James", "Thomas", FIRST), ("Thomas", "James", OTHER)),
    (2, ("?", "Lee", FIRST), ("?", "Lee", OTHER)),
    (2, ("Jo", "?", FIRST), ("Jo", "?", OTHER)),
]


@pytest.mark.parametrize(("with_last_name", "one", "other", "words"), SAME)
def test_who_is_probably_one_person(
    with_last_name: int, one: tuple[str, str, str], other: tuple[str, str, str], words: str
) -> None:
    comparison = compare(Person.named(*one), Person.named(*other), with_last_name=with_last_name)
    assert comparison.words == words
    assert comparison.is_likely
    assert compare(Person.named(*other), Person.named(*one), with_last_name=with_last_name) == comparison


@pytest.mark.parametrize(("with_last_name", "one", "other"), DIFFERENT)
def test_who_is_probably_someone_else(
    with_last_name: int, one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    comparison = compare(Person.named(*one), Person.named(*other), with_last_name=with_last_name)
    assert not comparison.is_likely, comparison.words
    assert compare(Person.named(*other), Person.named(*one), with_last_name=with_last_name) == comparison


@pytest.mark.parametrize("number", [FIRST, "+33612345678", "+3725123456", "+15005550006"])
def test_near_numbers_are_those_with_one_typing_error(number: str) -> None:
    numbers = near(number)
    assert len(set(numbers)) == len(numbers) <= 100
    assert all(are_one_digit_off(number, each) != are_swapped(number, each) for each in numbers)
    assert number not in numbers
    assert number[:2] + ("8" if number[2] != "8" else "9") + number[3:] not in numbers or len(number) <= 11


def test_every_piece_of_evidence_has_points_and_words() -> None:
    assert set(POINTS) == set(WORDS) == set(Evidence)


EMAIL = "Jo@Example.com"


@pytest.mark.parametrize(
    ("names", "number", "email", "is_likely"),
    [
        (("Jo", "Smith"), "+447700900999", "jo@example.com", True),
        (("Joanna", "Smith"), "+447700900999", "jo@example.com", True),
        (("Jo", "Hughes"), "+447700900999", "jo@example.com", True),
        # A couple who share it, with or without a phone.
        (("Ben", "Smith"), "+447700900999", "jo@example.com", False),
        (("Ben", "Smith"), "+447700900001", "jo@example.com", False),
        (("Jo", "Smith"), "+447700900999", "", False),
        (("Jo", "Smith"), "+447700900999", "jo@example.org", False),
    ],
)
def test_the_same_e_mail_address_is_like_the_same_number(
    names: tuple[str, str], number: str, email: str, is_likely: bool
) -> None:
    one = Person.named("Jo", "Smith", "+447700900001", email=EMAIL)
    other = Person.named(*names, number, email=email)
    assert compare(one, other) == compare(other, one)
    assert compare(one, other).is_likely is is_likely


def test_it_is_said_in_words() -> None:
    one = Person.named("Jo", "Smith", "+447700900001", email=EMAIL)
    other = Person.named("Jo", "Smith", "+447700900777", email=EMAIL)
    assert compare(one, other).words == "Same e-mail address, same name"
