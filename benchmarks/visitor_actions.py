"""What a visitor does on each screen of ours and of the empty app."""

from random import Random

import pyarrow

from benchmarks.visitor import Visitor, WrongScreen
from db.search import fold


async def search(visitor: Visitor, random: Random) -> None:
    words = random.choice([each for each in ("smi", "jon", "tay", "wil", "jo") if each != visitor.query.get("q")])
    await visitor.type_words("Search customers", words)
    rows = visitor.data("people_list")["rows"]
    check(visitor, "Customers", len(rows) == 50 and all(words in fold(row["name"]) for row in rows))


async def next_page(visitor: Visitor, _random: Random) -> None:
    before, following = (visitor.data("people_list")[name] for name in ("rows", "turns"))
    await visitor.open_screen("Customers", **{**visitor.query, "page": following[2]["to"]})
    rows = visitor.data("people_list")["rows"]
    check(visitor, "Customers", bool(rows) and before[-1]["id"] not in {row["id"] for row in rows})


async def open_customer(visitor: Visitor, random: Random) -> None:
    row = random.choice(visitor.data("people_list")["rows"])
    await visitor.open_screen("Customer", id=row["id"])
    there = visitor.query.get("id") == row["id"] and {"Active bookings", "Texts"} <= set(visitor.headings())
    check(visitor, visitor.title, there and bool(visitor.title))


async def back_to_list(visitor: Visitor, _random: Random) -> None:
    await visitor.follow("Customers")
    check(visitor, "Customers", bool(visitor.data("people_list")["rows"]))


async def look_at_list(visitor: Visitor, _random: Random) -> None:
    await visitor.open_screen("Customers")
    check(visitor, "Customers", bool(visitor.data("people_list")["rows"]))


async def look_at_today(visitor: Visitor, _random: Random) -> None:
    await visitor.open_screen("Today")
    check(visitor, "Today", "Next 7 days" in visitor.headings())


async def look_at_events(visitor: Visitor, _random: Random) -> None:
    await visitor.open_screen("Events")
    check(visitor, "Events", len(visitor.cards()) >= 10)


PUB = (
    look_at_list,
    search,
    next_page,
    open_customer,
    back_to_list,
    search,
    open_customer,
    look_at_today,
    look_at_events,
)


async def plain_search(visitor: Visitor, random: Random) -> None:
    words = random.choice([each for each in ("smi", "jo", "ta", "wi", "pa") if each != visitor.query.get("q")])
    await visitor.type_words("Search", words)
    check(visitor, "List", has_rows(visitor) and visitor.query.get("q") == words)


async def plain_next(visitor: Visitor, _random: Random) -> None:
    await visitor.press("Next")
    check(visitor, "List", has_rows(visitor) and any("page 2" in each.body for each in visitor.all("markdown")))


async def plain_open(visitor: Visitor, _random: Random) -> None:
    await visitor.follow("Open the first")
    check(visitor, visitor.title, bool(visitor.query.get("id")) and len(list(visitor.all("text"))) == 3)


async def plain_back(visitor: Visitor, _random: Random) -> None:
    await visitor.follow("Back to the list")
    check(visitor, "List", has_rows(visitor))


async def plain_list(visitor: Visitor, _random: Random) -> None:
    await visitor.open_screen("List")
    check(visitor, "List", has_rows(visitor))


async def plain_home(visitor: Visitor, _random: Random) -> None:
    await visitor.open_screen("Home")
    check(visitor, "Home", True)


async def plain_about(visitor: Visitor, _random: Random) -> None:
    await visitor.open_screen("About")
    check(visitor, "About", True)


PLAIN = (
    plain_list,
    plain_search,
    plain_next,
    plain_open,
    plain_back,
    plain_search,
    plain_open,
    plain_home,
    plain_about,
)


def has_rows(visitor: Visitor) -> bool:
    tables = [pyarrow.ipc.open_stream(each.arrow_data.data).read_all() for each in visitor.all("dataframe")]
    return any(table.num_rows for table in tables)


def check(visitor: Visitor, title: str, right: bool) -> None:
    visitor.check_whole()
    if visitor.title != title or not right:
        raise WrongScreen(f"Expected a complete “{title}”, got “{visitor.title}” at {visitor.query}")
