"""What two customers have in common, how many points it is worth, and how staff read it.

The points were chosen on the made-up list in benchmarks/venue_list.py, whose result on another list is in
benchmarks/RESULTS.md. From LIKELY points on, two customers are probably the same person.
"""

from collections.abc import Collection
from enum import StrEnum

LIKELY = 80
# A number or e-mail address that more customers have says nothing about them: it may stand for "no phone".
MOST_SHARING_A_NUMBER = 10
# A last name that more customers have says nothing about those with different numbers.
FEW = 4


class Evidence(StrEnum):
    """One thing that speaks for or against two customers being the same person. The values are stored."""

    SAME_NUMBER = "same_number"
    NUMBER_ONE_DIGIT = "number_one_digit"
    NUMBER_SWAPPED = "number_swapped"
    SAME_EMAIL = "same_email"
    FIRST_SAME = "first_same"
    FIRST_NICKNAME = "first_nickname"
    FIRST_SPELLING = "first_spelling"
    FIRST_PART = "first_part"
    FIRST_INITIAL = "first_initial"
    FIRST_MISSING = "first_missing"
    FIRST_DIFFERS = "first_differs"
    LAST_SAME = "last_same"
    LAST_SPELLING = "last_spelling"
    LAST_PART = "last_part"
    LAST_MISSING = "last_missing"
    LAST_DIFFERS = "last_differs"
    NAMES_SWAPPED = "names_swapped"
    OTHER_GENERATION = "other_generation"
    LAST_NAME_OF_FEW = "last_name_of_few"


POINTS: dict[Evidence, int] = {
    Evidence.SAME_NUMBER: 60,
    # Like a number, and not counted beside the same one: couples share both.
    Evidence.SAME_EMAIL: 60,
    Evidence.NUMBER_SWAPPED: 45,
    Evidence.NUMBER_ONE_DIGIT: 40,
    Evidence.FIRST_SAME: 40,
    Evidence.FIRST_NICKNAME: 35,
    Evidence.FIRST_PART: 30,
    Evidence.FIRST_SPELLING: 30,
    Evidence.FIRST_INITIAL: 20,
    Evidence.FIRST_MISSING: 0,
    # The same number and last name, and another first name: a household.
    Evidence.FIRST_DIFFERS: -60,
    Evidence.LAST_SAME: 20,
    Evidence.LAST_SPELLING: 15,
    Evidence.LAST_PART: 10,
    Evidence.LAST_MISSING: 0,
    # As after a wedding.
    Evidence.LAST_DIFFERS: -15,
    Evidence.NAMES_SWAPPED: 55,
    # John Smith and John Smith Jr.
    Evidence.OTHER_GENERATION: -60,
    # Siobhan Quartermaine with a new phone. John Smith with another number is someone else.
    Evidence.LAST_NAME_OF_FEW: 30,
}

WORDS: dict[Evidence, str] = {
    Evidence.SAME_NUMBER: "same number",
    Evidence.NUMBER_SWAPPED: "numbers differ by two swapped digits",
    Evidence.NUMBER_ONE_DIGIT: "numbers differ by one digit",
    Evidence.SAME_EMAIL: "same e-mail address",
    Evidence.FIRST_SAME: "same first name",
    Evidence.FIRST_NICKNAME: "one first name is short for the other",
    Evidence.FIRST_PART: "first names have a word in common",
    Evidence.FIRST_SPELLING: "first names are spelt almost alike",
    Evidence.FIRST_INITIAL: "one first name is only an initial",
    Evidence.FIRST_MISSING: "a first name is missing",
    Evidence.FIRST_DIFFERS: "different first names",
    Evidence.LAST_SAME: "same last name",
    Evidence.LAST_SPELLING: "last names are spelt almost alike",
    Evidence.LAST_PART: "last names have a word in common",
    Evidence.LAST_MISSING: "a last name is missing",
    Evidence.LAST_DIFFERS: "different last names",
    Evidence.NAMES_SWAPPED: "first and last name are swapped",
    Evidence.OTHER_GENERATION: "one is a Junior or Senior",
    Evidence.LAST_NAME_OF_FEW: "few customers have this last name",
}
_SAME_NAME = {Evidence.FIRST_SAME, Evidence.LAST_SAME}


def total(evidence: Collection[Evidence]) -> int:
    return sum(POINTS[each] for each in evidence)


def in_words(evidence: Collection[Evidence]) -> str:
    """What they have in common as one sentence without a full stop: "Same number, same last name, …"."""
    said = [WORDS[each] for each in evidence if not (each in _SAME_NAME and _SAME_NAME.issubset(evidence))]
    if _SAME_NAME.issubset(evidence):
        said.insert(
            1 if any(each.value.startswith(("same_n", "same_e", "number")) for each in evidence) else 0, "same name"
        )
    sentence = ", ".join(said)
    return sentence[:1].upper() + sentence[1:]
