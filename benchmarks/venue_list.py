"""A made-up list of a venue's customers, of which it is known who is the same person.

It has what real lists have: households on one number, namesakes, father and son, and customers who were added twice:
as before, with a typing error in name or number, with a new phone, after a wedding, with a nickname, an initial, or
first and last name swapped. The nicknames are written out here, so that the rules are not measured with their own list.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from random import Random
from uuid import UUID

from benchmarks.people import FIRST_NAMES, LAST_NAMES, RARE_NAMES

NICKNAMES = {
    "Robert": ("Bob", "Rob", "Bobby"),
    "William": ("Bill", "Will", "Billy"),
    "Elizabeth": ("Liz", "Beth", "Lizzie"),
    "Catherine": ("Kate", "Cathy"),
    "Katherine": ("Kate", "Kathy"),
    "Margaret": ("Maggie", "Peggy"),
    "Michael": ("Mike", "Mick"),
    "Christopher": ("Chris",),
    "Stephen": ("Steve",),
    "Steven": ("Steve",),
    "Anthony": ("Tony",),
    "Andrew": ("Andy",),
    "David": ("Dave",),
    "Daniel": ("Dan", "Danny"),
    "Matthew": ("Matt",),
    "Nicholas": ("Nick",),
    "Jennifer": ("Jen", "Jenny"),
    "Patricia": ("Pat", "Trish"),
    "Susan": ("Sue",),
    "Deborah": ("Debbie", "Deb"),
    "Rebecca": ("Becky",),
    "Samantha": ("Sam",),
    "Victoria": ("Vicky", "Tori"),
    "Alexandra": ("Alex", "Sandra"),
    "James": ("Jim", "Jamie"),
    "Joseph": ("Joe",),
    "Edward": ("Ed", "Ted"),
    "Thomas": ("Tom",),
    "Timothy": ("Tim",),
    "Charlotte": ("Lottie", "Charlie"),
    "Abigail": ("Abby", "Gail"),
    "Frederick": ("Fred", "Freddie"),
    "Philip": ("Phil",),
    "Gregory": ("Greg",),
}
SHARE_OF_HOUSEHOLDS = 0.22
SHARE_ADDED_TWICE = 0.09
SHARE_OF_SONS = 0.006


@dataclass(frozen=True, slots=True)
class Listed:
    """A customer on the list. Those with the same `person` are one person."""

    id: UUID
    person: int
    first_name: str
    last_name: str
    mobile_number: str


def venue_list(people: int, *, seed: int) -> list[Listed]:
    """This many people, some of them listed twice or three times, in no order. The same for the same seed."""
    random = Random(seed)
    firsts = [*NICKNAMES, *FIRST_NAMES]
    random.shuffle(firsts)
    make = _Maker(random, firsts)
    listed: list[Listed] = []
    while make.count < people:
        family = make.household() if random.random() < SHARE_OF_HOUSEHOLDS else [make.person()]
        if random.random() < SHARE_OF_SONS:
            family.append(make.son(family[0]))
        listed += family
    for person in list(listed):
        if random.random() < SHARE_ADDED_TWICE:
            for _ in range(2 if random.random() < 0.08 else 1):
                listed.append(make.again(person))
    random.shuffle(listed)
    return listed


def same_people(listed: list[Listed]) -> set[tuple[UUID, UUID]]:
    """Every pair on the list that is one person, the lesser id first."""
    by_person: dict[int, list[UUID]] = {}
    for each in listed:
        by_person.setdefault(each.person, []).append(each.id)
    pairs: set[tuple[UUID, UUID]] = set()
    for ids in by_person.values():
        pairs.update((min(one, other), max(one, other)) for n, one in enumerate(ids) for other in ids[n + 1 :])
    return pairs


class _Maker:
    def __init__(self, random: Random, firsts: list[str]):
        self.random = random
        self.firsts = firsts
        self.count = 0
        self.weights = list(accumulate(1 / (place + 12) for place in range(len(firsts))))
        self.last_weights = list(accumulate(1 / (place + 12) for place in range(len(LAST_NAMES))))

    def person(self, last_name: str = "", number: str = "") -> Listed:
        self.count += 1
        return Listed(self._id(), self.count, self._first(), last_name or self._last(), number or self._number())

    def household(self) -> list[Listed]:
        """Two to four people on one number: most have one last name, some couples have two."""
        first = self.person()
        size = self.random.choices((2, 3, 4), (70, 18, 12))[0]
        family, names = [first], {first.first_name}
        while len(family) < size:
            same_name = self.random.random() < 0.75
            other = self.person(first.last_name if same_name else "", first.mobile_number)
            # In one home, no two people are called the same or by one nickname.
            if other.first_name not in names:
                family.append(other)
                names |= {other.first_name, *NICKNAMES.get(other.first_name, ())}
        return family

    def son(self, father: Listed) -> Listed:
        """Of the same name, with a phone of his own."""
        return replace(self.person(father.last_name), first_name=father.first_name)

    def again(self, person: Listed) -> Listed:
        """The same person, as they are added a second time."""
        again = replace(person, id=self._id())
        way: Callable[[Listed], Listed] = self.random.choices(
            (
                *(self._as_before, self._typo, self._number_typo, self._new_phone, self._married, self._nickname),
                *(self._swapped, self._initial, self._capitals),
            ),
            (18, 20, 15, 14, 8, 11, 5, 4, 5),
        )[0]
        again = way(again)
        # Some have two differences.
        return self.random.choice((self._typo, self._nickname))(again) if self.random.random() < 0.1 else again

    def _as_before(self, person: Listed) -> Listed:
        return person

    def _typo(self, person: Listed) -> Listed:
        if self.random.random() < 0.5:
            return replace(person, first_name=self._misspelt(person.first_name))
        return replace(person, last_name=self._misspelt(person.last_name))

    def _number_typo(self, person: Listed) -> Listed:
        number, place = person.mobile_number, self.random.randrange(5, 12)
        if self.random.random() < 0.35 and number[place] != number[place + 1]:
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            return replace(person, mobile_number=swapped)
        digit = self.random.choice([each for each in "0123456789" if each != number[place]])
        return replace(person, mobile_number=number[:place] + digit + number[place + 1 :])

    def _new_phone(self, person: Listed) -> Listed:
        return replace(person, mobile_number=self._number())

    def _married(self, person: Listed) -> Listed:
        last = self._last()
        return replace(person, last_name=f"{person.last_name}-{last}" if self.random.random() < 0.2 else last)

    def _nickname(self, person: Listed) -> Listed:
        names = NICKNAMES.get(person.first_name)
        return replace(person, first_name=self.random.choice(names)) if names else self._typo(person)

    def _swapped(self, person: Listed) -> Listed:
        return replace(person, first_name=person.last_name, last_name=person.first_name)

    def _initial(self, person: Listed) -> Listed:
        return replace(person, first_name=person.first_name[0])

    def _capitals(self, person: Listed) -> Listed:
        return replace(person, first_name=person.first_name.upper(), last_name=person.last_name.lower())

    def _misspelt(self, name: str) -> str:
        """With one letter wrong, missing, doubled or swapped with the next; the first letter is mostly right."""
        place = self.random.randrange(1, len(name)) if len(name) > 2 else 0
        letter = self.random.choice("aeinorstlhdmu")
        swapped = name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :] if place > 1 else name + letter
        ways = (
            name[:place] + letter + name[place + 1 :],
            name[:place] + name[place + 1 :],
            name[:place] + name[place] + name[place:],
            swapped,
        )
        different = [way for way in ways if way != name and way]
        return self.random.choice(different)

    def _first(self) -> str:
        return self.random.choices(self.firsts, cum_weights=self.weights)[0]

    def _last(self) -> str:
        if self.random.random() < 0.5:
            # Some rare names are rarer than others.
            return RARE_NAMES[int(len(RARE_NAMES) * self.random.random() ** 2.5)]
        return self.random.choices(LAST_NAMES, cum_weights=self.last_weights)[0]

    def _number(self) -> str:
        return f"+447{self.random.choice('12')}{self.random.randrange(10**8):08d}"

    def _id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)


def same_number(listed: list[Listed]) -> Iterator[tuple[UUID, UUID]]:
    """The pairs with one number, which is what a list says without any rule."""
    by_number: dict[str, list[UUID]] = {}
    for each in listed:
        by_number.setdefault(each.mobile_number, []).append(each.id)
    for ids in by_number.values():
        yield from ((min(one, other), max(one, other)) for n, one in enumerate(ids) for other in ids[n + 1 :])
