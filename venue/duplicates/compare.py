"""Compare two customers: how many points say that they are the same person, and what those are for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db.search import sort_key
from venue.duplicates import points
from venue.duplicates.name_forms import compare_first, compare_last, is_typo, split_generation
from venue.duplicates.names_here import COMMON_LAST_NAMES
from venue.duplicates.near_numbers import are_one_digit_off, are_swapped
from venue.duplicates.points import FEW, LIKELY, Evidence


@dataclass(frozen=True, slots=True)
class Person:
    """What is compared of a customer: folded names, the E.164 number and the e-mail address in lower case, if any. The
    id is None before they are added."""

    id: UUID | None
    first_name: str
    last_name: str
    mobile_number: str
    email: str = ""

    @classmethod
    def of(cls, row: Any) -> "Person":
        """From a row with `id`, `sort_key`, `mobile_number` and `email`."""
        last_name, _, first_name = row.sort_key.partition("\x1f")
        return cls(row.id, first_name, last_name, row.mobile_number, row.email.lower())

    @classmethod
    def named(
        cls, first_name: str, last_name: str, mobile_number: str, id: UUID | None = None, *, email: str = ""
    ) -> "Person":
        """From names as they are written."""
        last, _, first = sort_key(first_name, last_name).partition("\x1f")
        return cls(id, first, last, mobile_number, email.lower())


@dataclass(frozen=True, slots=True)
class Comparison:
    """The points of two customers together, and what they are for."""

    score: int
    reasons: tuple[Evidence, ...]

    @property
    def is_likely(self) -> bool:
        """Whether they are probably the same person."""
        return self.score >= LIKELY

    @property
    def words(self) -> str:
        return points.in_words(self.reasons)


def compare(one: Person, other: Person, *, with_last_name: int | None = None) -> Comparison:
    """Compare two customers; their order does not matter.

    `with_last_name` is how many customers have their last name, if they share one: it counts when their numbers
    and addresses differ and the name is not common everywhere.
    None is for many.
    """
    reached = [*_numbers(one.mobile_number, other.mobile_number), *_emails(one, other)]
    names = _names(one, other)
    is_common = not COMMON_LAST_NAMES.isdisjoint((one.last_name, other.last_name))
    rarity = [] if reached or is_common else _rarity(names, with_last_name)
    reasons = (*reached, *names, *rarity)
    return Comparison(points.total(reasons), reasons)


def _numbers(one: str, other: str) -> Sequence[Evidence]:
    if one == other:
        return [Evidence.SAME_NUMBER]
    if are_one_digit_off(one, other):
        return [Evidence.NUMBER_ONE_DIGIT]
    return [Evidence.NUMBER_SWAPPED] if are_swapped(one, other) else []


def _emails(one: Person, other: Person) -> Sequence[Evidence]:
    """Not beside the same number: who share a phone share their e-mails."""
    is_new = bool(one.email) and one.mobile_number != other.mobile_number
    return [Evidence.SAME_EMAIL] if is_new and one.email == other.email else []


def _names(one: Person, other: Person) -> Sequence[Evidence]:
    if _are_swapped(one, other):
        return [Evidence.NAMES_SWAPPED]
    last, generation = split_generation(one.last_name)
    other_last, other_generation = split_generation(other.last_name)
    names = [compare_first(one.first_name, other.first_name), compare_last(last, other_last)]
    return [*names, Evidence.OTHER_GENERATION] if generation != other_generation else names


def _are_swapped(one: Person, other: Person) -> bool:
    """Whether one's first name is the other's last name and the other way round, perhaps with a typing error."""
    if one.first_name == one.last_name:
        return False
    return _alike(one.first_name, other.last_name) and _alike(one.last_name, other.first_name)


def _alike(first_name: str, last_name: str) -> bool:
    return bool(first_name) and (first_name == last_name or is_typo(first_name, last_name))


def _rarity(names: Sequence[Evidence], with_last_name: int | None) -> Sequence[Evidence]:
    shared = not {Evidence.LAST_SAME, Evidence.NAMES_SWAPPED}.isdisjoint(names)
    is_of_few = shared and with_last_name is not None and with_last_name <= FEW
    return [Evidence.LAST_NAME_OF_FEW] if is_of_few else []
