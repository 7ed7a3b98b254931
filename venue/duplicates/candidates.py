"""Who is compared with whom, when all customers are at hand in an order: each function yields each pair once or more.

Two customers are compared if they have the same number, numbers that differ by one typing error, the same e-mail
address, a last name that few have, or swapped names that few have.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import TypeVar

from venue.duplicates.compare import Person
from venue.duplicates.points import FEW, MOST_SHARING_A_NUMBER

# How many digits from the end are looked at for an error; the digits before them are looked at by the others.
END = 5

Pair = tuple[Person, Person]
Thing = TypeVar("Thing")


def by_number(people: Iterable[Person]) -> Iterator[Pair]:
    """Pairs with one number, or with an error in the last END digits or between them and the one before. The people
    come in the order of their numbers."""
    for _, group in groupby(people, lambda person: person.mobile_number[: -(END + 1)]):
        numbers = _with_number(group)
        for sharing in numbers.values():
            yield from all_pairs(sharing)
        places = range(-(END + 1), 0)
        yield from _with_error(numbers, places)


def by_end_of_number(people: Iterable[Person]) -> Iterator[Pair]:
    """Pairs with an error in the digits before the last END. The people come in the order of their last END digits."""
    for _, group in groupby(people, lambda person: person.mobile_number[-END:]):
        yield from _with_error(_with_number(group), range(-9, -END))


def by_email(people: Iterable[Person]) -> Iterator[Pair]:
    """Pairs with one e-mail address. The people all have one, and come in the order of theirs."""
    for _, group in groupby(people, lambda person: person.email):
        sharing = list(islice(group, MOST_SHARING_A_NUMBER + 1))
        if len(sharing) <= MOST_SHARING_A_NUMBER:
            yield from all_pairs(sharing)


def all_pairs(things: Sequence[Thing]) -> Iterator[tuple[Thing, Thing]]:
    return ((one, other) for place, one in enumerate(things) for other in things[place + 1 :])


def _with_number(people: Iterable[Person]) -> dict[str, list[Person]]:
    """By number, without numbers that too many share."""
    numbers: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        numbers[person.mobile_number].append(person)
    return {number: sharing for number, sharing in numbers.items() if len(sharing) <= MOST_SHARING_A_NUMBER}


def _with_error(numbers: dict[str, list[Person]], places: range) -> Iterator[Pair]:
    """Pairs whose numbers differ by one digit, or by two that are swapped, at these places from the end."""
    alike: dict[tuple[int, str], list[str]] = defaultdict(list)
    for number in numbers:
        for place in places:
            if len(number) + place >= 2:
                end = number[place + 1 :] if place < -1 else ""
                alike[place, f"{number[:place]}*{end}"].append(number)
    for group in alike.values():
        for one, other in all_pairs(group):
            yield from ((first, second) for first in numbers[one] for second in numbers[other])
    for number, people in numbers.items():
        for swapped in _swapped(number, places):
            yield from ((one, other) for one in people for other in numbers.get(swapped, ()))


def _swapped(number: str, places: range) -> Iterator[str]:
    """The number with two digits swapped, the lesser one of which came first."""
    for place in places:
        if place < -1 and len(number) + place >= 2 and number[place] < number[place + 1]:
            end = number[place + 2 :] if place < -2 else ""
            yield f"{number[:place]}{number[place + 1]}{number[place]}{end}"


def by_last_name(people: Iterable[Person]) -> Iterator[tuple[Person, Person, int]]:
    """Pairs with a last name that few have, and how many have it. The people come in the order of their names."""
    for _, group in groupby(people, lambda person: person.last_name):
        few = list(islice(group, FEW + 1))
        if len(few) <= FEW:
            yield from ((one, other, len(few)) for one, other in all_pairs(few))
