"""Made-up customers, events and bookings in any number, the same ones each time, streamed.

No real person is among them. First and last names are drawn separately, from lists weighted so that some are common
and most are rare (names follow Zipf's law: one in ninety is a Smith); rare names are built from syllables. Numbers
look like British mobiles under 071 and 072, where no network is known to be. Every hundredth is from the thousand that
Ofcom reserves for drama (07700 900000 to 900999), so that "7700 900" finds something. None of them is ever texted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from uuid import UUID

from db import search

NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
TODAY = datetime(2027, 1, 15, tzinfo=UTC)

PAST_EVENTS, COMING_EVENTS = 240, 60
BOOKINGS_EACH = 3
# Most bookings are past, and a few are coming.
COMING_SHARE, REMINDER_ONLY_SHARE = 0.06, 0.15
RARE_SURNAME = "Quillfeather"
RARE_EVERY = 25_000


def _words(words: str) -> list[str]:
    return words.split()


FIRST_NAMES = _words(
    "Olivia James Sarah David Emma John Laura Paul Jo Michael Sophie Daniel Lucy Andrew Amy Mark Chloe Thomas "
    "Hannah Jack Emily Matthew Kate Robert Grace Chris Ella Steven Jessica Ryan Megan Adam Charlotte Joshua "
    "Rachel Samuel Rebecca Peter Holly Liam Zoë Simon Natalie George Alice Richard Leah Ben Ruby Joseph Amelia "
    "Harry Freya Oliver Seán Siân Aoife Niamh Mohammed Aisha Priya Arjun Wei Mei Kwame Ada Chidi Ngozi José Lucía "
    "Piotr Agnieszka Łukasz Zofia François Amélie Jürgen Björn Anaïs Renée Giulia Marco Ioan Rhys Cerys Hamish "
    "Isla Eilidh Callum Fiona Jean-Luc Mary-Ann Anne-Marie Billie Robin Sam Alex Charlie Max Toby Rory Finn Iris "
    "Maya Layla Yusuf Fatima Omar Jonas Johanna Joanne Jonathan Jolie Jools Josie"
)

LAST_NAMES = _words(
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White "
    "Roberts Green Hall Wood Jackson Clarke Khan Hughes Edwards Hill Moore Lewis Harris Clark Martin Cooper Ward "
    "King Morris Turner Baker Harrison Morgan Allen Scott Phillips Watson Parker James Lee Bennett Young Singh "
    "Cook Shaw Ali Begum O'Neil O'Brien McDonald MacLeod Campbell Stewart Murphy Kelly Byrne Smithson Smithers "
    "Goldsmith Fitzgerald-Hughes Taylor-Smith Wiśniewski Kowalski Nowak Müller Ångström D'Arcy García Fernández "
    "Silva Costa Rossi Dubois Nguyen Li Chen Wang Kim Okafor Adeyemi Mensah Haddad Hussain Ahmed Rahman Kaur "
    "Sharma Gupta Joshi Fernando Pereira Ng Owen Pugh Rees Price Lloyd Griffiths Bevan Penhaligon Trelawny Carew "
    "Osbourne Ainsworth Birtwistle Entwistle Ormerod"
)

_STARTS = _words("Al Bar Bram Cald Dar El Fen Gar Hal Ing Kel Lang Mar Nor Os Pem Quar Ren Sel Thor Ul Ven Wal Yar")
_MIDDLES = _words("a be den er fi gar ho lin mer ner o ring sel ter un wick")
_ENDS = _words("by combe dale field ford ham ley mere shaw stead thorpe ton wath well worth wyn")
RARE_NAMES = [f"{start}{middle}{end}" for start in _STARTS for middle in _MIDDLES for end in _ENDS]

NOTES = ("", "", "", "", "Likes the window table", "Vegetarian", "Brings a dog", "Regular on quiz nights", "Wheelchair")
EVENT_NAMES = ("Quiz Night", "Jazz Evening", "Sunday Roast", "Open Mic", "Wine Tasting", "Comedy Club", "Folk Session")


@dataclass(frozen=True, slots=True)
class Person:
    """A customer's row, as it is stored after their bookings were made."""

    id: UUID
    first_name: str
    last_name: str
    mobile_number: str
    notes: str
    created_at: datetime
    search_text: str
    sort_key: str
    active_until: datetime | None
    reminder_until: datetime | None


@dataclass(frozen=True, slots=True)
class Occasion:
    id: UUID
    name: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Seat:
    """A booking's row."""

    id: UUID
    customer_id: UUID
    event_id: UUID
    seats: int
    created_at: datetime


def occasions() -> list[Occasion]:
    """The programme: an event every other day, past ones first."""
    random = Random(1)
    first = TODAY + timedelta(hours=19, minutes=30) - timedelta(days=PAST_EVENTS * 2)
    return [
        Occasion(_uuid(random), EVENT_NAMES[number % len(EVENT_NAMES)], first + timedelta(days=number * 2))
        for number in range(PAST_EVENTS + COMING_EVENTS)
    ]


def people(how_many: int) -> Iterator[tuple[Person, list[Seat]]]:
    """Each customer with their bookings."""
    random = Random(2)
    programme = occasions()
    for number in range(how_many):
        person_id = _uuid(random)
        seats = _bookings(random, person_id, programme)
        yield _person(random, number, person_id, seats, programme), [seat for seat, _ in seats]


def names_and_numbers(how_many: int) -> Iterator[tuple[str, str, str]]:
    """First name, last name and a number in national form; all last names differ, and so do all numbers."""
    random = Random(3)
    for number in range(how_many):
        first, second = divmod(number, len(RARE_NAMES))
        # A step that shares no factor with the size of the range meets each number once.
        digits = number * 7_919_771 % 100_000_000
        yield _first_name(random), f"{RARE_NAMES[second]}-{RARE_NAMES[first]}", f"071{digits:08d}"


def _person(
    random: Random, number: int, person_id: UUID, seats: list[tuple[Seat, Occasion]], programme: list[Occasion]
) -> Person:
    first_name, last_name = _first_name(random), _last_name(random)
    if number % RARE_EVERY == RARE_EVERY // 2:
        last_name = RARE_SURNAME
    mobile_number = f"+447{random.choice('12')}{random.randrange(10**8):08d}"
    if number % 100 == 0:
        mobile_number = f"+447700900{number // 100 % 1000:03d}"
    return Person(
        id=person_id,
        first_name=first_name,
        last_name=last_name,
        mobile_number=mobile_number,
        notes=random.choice(NOTES),
        created_at=NOW - timedelta(seconds=random.randrange(5 * 365 * 86_400)),
        search_text=f"{_folded(first_name)} {_folded(last_name)} {mobile_number[1:]} 0{mobile_number[3:]}",
        sort_key=f"{_folded(last_name)}\x1f{_folded(first_name)}",
        active_until=_latest(event for seat, event in seats if seat.seats),
        reminder_until=_latest(event for seat, event in seats if not seat.seats),
    )


def _bookings(random: Random, customer_id: UUID, programme: list[Occasion]) -> list[tuple[Seat, Occasion]]:
    places: dict[int, None] = {}
    while len(places) < BOOKINGS_EACH:
        coming = random.random() < COMING_SHARE
        places[PAST_EVENTS + random.randrange(COMING_EVENTS) if coming else random.randrange(PAST_EVENTS)] = None
    bookings = []
    for place in places:
        event = programme[place]
        seats = 0 if random.random() < REMINDER_ONLY_SHARE else random.randint(1, 6)
        booked_at = min(event.starts_at, NOW) - timedelta(hours=random.randint(1, 500))
        bookings.append((Seat(_uuid(random), customer_id, event.id, seats, booked_at), event))
    return bookings


def _latest(events: Iterator[Occasion]) -> datetime | None:
    return max((event.starts_at for event in events), default=None)


def _first_name(random: Random) -> str:
    return random.choices(FIRST_NAMES, cum_weights=_weights(len(FIRST_NAMES)))[0]


def _last_name(random: Random) -> str:
    if random.random() < 0.6:
        return random.choice(RARE_NAMES)
    return random.choices(LAST_NAMES, cum_weights=_weights(len(LAST_NAMES)))[0]


@cache
def _weights(size: int) -> list[float]:
    return list(accumulate(1 / (place + 12) for place in range(size)))


@cache
def _folded(name: str) -> str:
    return search.fold(name)


def _uuid(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)
