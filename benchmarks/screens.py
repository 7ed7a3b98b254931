"""What staff wait for at a screen (ACCEPTANCE P4), in Chromium, compared with an empty Streamlit app in the same run.

`python -m benchmarks.screens`. Time is measured in the page itself (benchmarks/screens.js): from the browser's
timestamp of the key or click until the first frame with the expected content has been drawn.

- Our list is complete when it shows exactly the customers that the venue's query returns, in their order.
- `st.dataframe` paints on a canvas, and its hidden table for screen readers follows a fifth of a second later. So
  painted texts are recorded: its list is complete when the numbers of its first rows were all painted after the key.
  Enough of them were not on the screen before, so that painting the old rows again does not count.
- Any other screen is complete when its title, its last texts and all of its links to events are there.

After a letter both apps wait for Streamlit's pause of 250 ms; the ratio that counts is of the time without it. Each
first load is in a new browser context: an empty cache, no open connection, but a running browser.
"""

import json
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks import measure, people, served, venues
from benchmarks.measure import Figures
from benchmarks.plain import guests
from benchmarks.served import Server
from tests import signed_in
from venue import customers, events
from venue.profile import Venue
from venue.roles import DESK
from venue.wording import full_name

PAUSE = 250
WARM = 3
# With a window, as staff have it, if it is there.
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
CHROMIUM = next(filter(None, map(shutil.which, CHROMIUMS)), None)
CLOCK = Path(__file__).with_name("screens.js").read_text(encoding="utf-8")
SEARCH = "[data-testid=stMain] input[type=search]"
SIZE = {"width": 1280, "height": 900}
# How many rows of its table the empty app shows completely.
SHOWN = 10
PATIENCE = 20_000
# The last section of a customer's screen ends with these.
LAST_OF_A_CUSTOMER = ["No texts yet.", "Last changed"]

Expected = dict[str, Any]


class Screens(ABC):
    """An app in its own tab. Each action returns the milliseconds until its result was on the screen."""

    home_name: str
    list_name: str
    other_name: str
    list_address: str
    words: Sequence[str]

    def __init__(self, browser: Browser, server: Server):
        self.browser, self.server, self.turn = browser, server, 0
        self.storage: Any = signed_in.storage(server.token)
        self.page: Page = self._context().new_page()
        self.page.add_init_script(CLOCK)
        self.page.goto(server.url)
        self.page.get_by_test_id("stTopNavLink").first.wait_for()
        self.to_list()

    # The expected content

    @abstractmethod
    def home(self) -> Expected: ...

    @abstractmethod
    def other(self) -> Expected: ...

    @abstractmethod
    def rows(self, words: str = "") -> Expected: ...

    @abstractmethod
    def next_rows(self) -> Expected: ...

    # Actions

    def to_home(self) -> float:
        return self._turn_to(self.home_name, self.home())

    def to_other(self) -> float:
        return self._turn_to(self.other_name, self.other())

    def to_list(self) -> float:
        return self._turn_to(self.list_name, self.rows())

    def letter(self) -> float:
        """Type the last letter of a word; the others are typed before and not measured."""
        word = self.words[self.turn % len(self.words)]
        self.turn += 1
        before, after = self.rows(word[:-1]), self.rows(word)
        check_differ(before, after)
        box = self.page.locator(SEARCH)
        box.fill("")
        self._timed(partial(box.press_sequentially, word[:-1]), before)
        return self._timed(partial(box.press, word[-1]), after)

    def clear(self) -> None:
        box = self.page.locator(SEARCH)
        box.press("Control+a")
        self._timed(partial(box.press, "Delete"), self.rows())

    def next_page(self) -> float:
        first, following = self.rows(), self.next_rows()
        check_differ(first, following)
        took = self._press("Next", following)
        self._press("First", first)
        return took

    @abstractmethod
    def open_one(self) -> float: ...

    def load_home(self) -> float:
        return self._load("/", self.home())

    def load_list(self) -> float:
        return self._load(self.list_address, self.rows())

    # Helpers

    def _timed(self, act: Callable[[], Any], expected: Expected) -> float:
        self.page.evaluate("expected => bench.watch(expected)", expected)
        act()
        return self._took(self.page)

    def _took(self, page: Page) -> float:
        took = page.evaluate(
            f"Promise.race([bench.took, new Promise(resolve => setTimeout(resolve, {PATIENCE}, null))])"
        )
        if took is None:
            raise AssertionError(f"The expected content did not appear at {page.url}: {page.inner_text('body')[:500]}")
        return float(took)

    def _turn_to(self, screen: str, expected: Expected) -> float:
        return self._timed(self.page.get_by_test_id("stTopNavLink").filter(has_text=screen).click, expected)

    def _press(self, button: str, expected: Expected) -> float:
        return self._timed(self.page.get_by_role("button", name=button, exact=True).click, expected)

    def _follow(self, words: str, expected: Expected) -> float:
        return self._timed(self.page.get_by_test_id("stPageLink-NavLink").filter(has_text=words).click, expected)

    def _context(self) -> BrowserContext:
        return self.browser.new_context(viewport=SIZE, storage_state=self.storage)  # type: ignore[arg-type]

    def _load(self, address: str, expected: Expected) -> float:
        context = self._context()
        try:
            page = context.new_page()
            page.add_init_script(f"{CLOCK}\nbench.watch({json.dumps(expected)}, 0)")
            page.goto(f"{self.server.url}{address}", wait_until="commit")
            return self._took(page)
        finally:
            context.close()


def check_differ(before: Expected, after: Expected) -> None:
    """Raise AssertionError when the expected content is on the screen already."""
    # Ours is complete when all rows are there, in their order; the empty app's when each first row has been painted.
    assert after["ids"] != before["ids"], "The same rows before and after"
    assert after["kind"] == "rows" or set(after["ids"][:SHOWN]) - set(before["ids"][: SHOWN + 2])


class Ours(Screens):
    """Anchor Desk. The expected customers come from the venue's own query."""

    home_name, list_name, other_name, list_address = "Today", "Customers", "Events", "/customers"
    words = ("jone", "tho", "wils", "marc", "harr")

    def __init__(self, browser: Browser, server: Server, venue: Venue):
        self.venue = venue
        super().__init__(browser, server)

    def home(self) -> Expected:
        return {"kind": "screen", "title": "Today", "texts": ["All events", "No texts scheduled."]}

    def other(self) -> Expected:
        with self.venue.reading(DESK) as session:
            coming = len(events.upcoming_page(session, now=people.NOW, page_size=24).rows)
        return {"kind": "screen", "title": "Events", "texts": [], "links": coming}

    def rows(self, words: str = "") -> Expected:
        return self._expected(self._search(words))

    def next_rows(self) -> Expected:
        return self._expected(self._search(after=self._search()[-1].id, page=2))

    def open_one(self) -> float:
        row = self._search()[self.turn % 10]
        self.turn += 1
        opened = {"kind": "screen", "title": full_name(row), "texts": LAST_OF_A_CUSTOMER}
        took = self._timed(self.page.locator(f'[data-customer="{row.id}"]').click, opened)
        self._follow("Customers", self.rows())
        return took

    def _search(self, words: str = "", **place: Any) -> Sequence[Any]:
        with self.venue.reading(DESK) as session:
            return customers.search(session, words, **place, page_size=50, now=people.NOW).rows

    @staticmethod
    def _expected(rows: Sequence[Any]) -> Expected:
        ids = [str(row.id) for row in rows]
        return {"kind": "rows", "ids": ids}


class Plain(Screens):
    """The empty app."""

    home_name, list_name, other_name, list_address = "Home", "List", "About", "/list"
    words = ("smi", "jon", "tay", "wil", "pat")

    def home(self) -> Expected:
        return {"kind": "screen", "title": "Home", "texts": ["Nothing is on today.", "Find a guest"]}

    def other(self) -> Expected:
        return {"kind": "screen", "title": "About", "texts": ["An empty app.", "The list"]}

    def rows(self, words: str = "") -> Expected:
        return self._expected(guests.page(guests.search(words), 0))

    def next_rows(self) -> Expected:
        return self._expected(guests.page(guests.everybody(), 1))

    def open_one(self) -> float:
        guest = guests.get(self.rows()["texts"][0])
        opened = {"kind": "screen", "title": guest["Name"], "texts": [f"Added: {guest['Added']}"]}
        took = self._follow("Open the first", opened)
        self._follow("Back to the list", self.rows())
        return took

    @staticmethod
    def _expected(rows: Any) -> Expected:
        numbers = list(rows["Mobile number"])
        return {"kind": "painted", "texts": numbers[:SHOWN], "ids": numbers}


def screens(ours: Screens, plain: Screens, runs: int) -> list[Figures]:
    """P4: A B A B …"""
    turns = partial(in_turns, ours, plain, runs)
    letters = turns("search: a letter to its rows", Screens.letter, "")
    paused = Figures(f"the same without the pause of {PAUSE} ms", less(letters.ours), less(letters.bare), "1.5")
    print(paused.row, flush=True)
    ours.clear()
    plain.clear()
    measured = [letters, paused]
    measured.append(turns("next page of the list", Screens.next_page, "1.6"))
    measured.append(turns("open a customer", lambda app: app.open_one(), "1.6"))
    measured.append(turns("list → first screen", Screens.to_home, "1.6", Screens.to_list))
    measured.append(turns("list → events (an empty screen there)", Screens.to_other, "1.6", Screens.to_list))
    ours.to_home()
    plain.to_home()
    measured.append(turns("first screen → list", Screens.to_list, "1.6", Screens.to_home))
    measured.append(turns("first load of the first screen", Screens.load_home, "1.3"))
    measured.append(turns("first load of the list", Screens.load_list, "1.3"))
    return measured


def in_turns(
    ours: Screens,
    plain: Screens,
    runs: int,
    name: str,
    act: Callable[[Any], float],
    limit: str,
    back: Callable[[Any], Any] = lambda _screens: None,
) -> Figures:
    """Run each `runs` times in turns, after some warm-up runs. `back` undoes the action, unmeasured."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(WARM + runs):
        for place, app in enumerate((ours, plain)):
            took[place].append(act(app))
            back(app)
    figures = Figures(name, took[0][WARM:], took[1][WARM:], limit)
    print(figures.row, flush=True)
    return figures


def less(took: Sequence[float]) -> list[float]:
    return [each - PAUSE for each in took]


def versions(kind: str, venue: Venue, browser: Browser) -> str:
    database = measure.versions(kind, venues.bare(venue))
    return f"Streamlit {version('streamlit')}, Chromium {browser.version}, {database}"


@click.command()
@click.option("--kind", "kinds", multiple=True, type=click.Choice(["sqlite", "postgresql"]), help="The database.")
@click.option("--customers", "how_many", default=100_000, show_default=True)
@click.option("--runs", default=15, show_default=True, help="How often each is measured.")
@click.option("--quick", is_flag=True, help="A trial run on a small venue; nothing is saved.")
def main(kinds: Sequence[str], how_many: int, runs: int, quick: bool) -> None:
    """Measure, and save the tables."""
    if quick:
        how_many, runs = 15_000, 3
    for kind in kinds or ("sqlite", "postgresql"):
        venue = venues.full(kind, how_many)
        heading = f"Screens: {how_many:,} customers on {kind}"
        print(f"\n{heading}", flush=True)
        with served.both(venue) as (our_server, plain_server), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            measured_on = versions(kind, venue, browser)
            figures = screens(Ours(browser, our_server, venue), Plain(browser, plain_server), runs)
            browser.close()
        if not quick:
            command = f"python -m benchmarks.screens --kind {kind} --customers {how_many} --runs {runs}"
            measure.save(heading, measure.table(figures, beside="empty app"), command=command, versions=measured_on)


if __name__ == "__main__":
    main()
