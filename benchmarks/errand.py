"""The core errand (ACCEPTANCE H4) on a phone in Chromium: a known guest is booked with 4 seats, at the pace of a hand.

`python -m benchmarks.errand`. It begins on Today and ends when the guest's screen shows the booking. A key takes 200
ms, and a tap comes 800 ms after the last one or after what it is meant for is shown: the rest is waiting for the app.
Each run has a guest and a browser context of its own. The first load, with an empty cache, is before the errand.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from time import perf_counter, sleep

import click
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks import measure, people, served, venues
from benchmarks.screens import CHROMIUM, versions
from benchmarks.served import Server
from db.models import Customer
from tests import signed_in
from tests.browser.conftest import PHONE, SIZES
from venue import bookings, customers
from venue.profile import Venue
from venue.roles import DESK
from venue.wording import full_name

KEY, LOOK = 0.2, 0.8
SEATS, MOST_LETTERS = "4", 12
MOST_SECONDS = 15


@dataclass
class Errand:
    """The seconds of one run: its first load, the errand in all, and each of the waits in it."""

    loaded: float = 0
    total: float = 0
    waits: dict[str, float] = field(default_factory=dict)

    @property
    def waited(self) -> float:
        return sum(self.waits.values())

    @contextmanager
    def waiting(self, name: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self.waits[name] = perf_counter() - start


def errands(browser: Browser, server: Server, venue: Venue, runs: int) -> Sequence[Errand]:
    """One for each of `runs` guests, after one that only warms up. None of the bookings stays."""
    width, height = SIZES["phone"]
    took = []
    for guest in guests(venue, runs + 1):
        context = browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": height},
            user_agent=PHONE,
            is_mobile=True,
            has_touch=True,
            storage_state=signed_in.storage(server.token),  # type: ignore[arg-type]
        )
        try:
            took.append(run(context.new_page(), guest))
        finally:
            context.close()
            cancel(venue, guest)
        print(f"{took[-1].total:.2f} s, waited {took[-1].waited:.2f} s", flush=True)
    return took[1:]


def guests(venue: Venue, how_many: int) -> Sequence[Customer]:
    """Customers without coming bookings, each found alone by a first and last name of at most 12 letters."""
    length = func.length(Customer.first_name + Customer.last_name)
    fits = Customer.active_until < people.NOW, length <= MOST_LETTERS
    with venue.reading(DESK) as session:
        listed = session.scalars(select(Customer).where(*fits).order_by(Customer.id))
        return list(islice((guest for guest in listed if _is_found(session, guest)), how_many))


def _is_found(session: Session, guest: Customer) -> bool:
    return customers.search(session, full_name(guest), page_size=2, now=people.NOW).total == 1


def cancel(venue: Venue, guest: Customer) -> None:
    with venue.transaction(DESK) as session:
        for booking in bookings.for_customer(session, guest.id, now=people.NOW).active:
            bookings.delete(session, booking.id, tell_customer=False, now=people.NOW)


def run(page: Page, guest: Customer) -> Errand:
    errand = Errand()
    start = perf_counter()
    page.goto("/")
    box = page.get_by_label("Search customers")
    expect(page.locator("html[data-keys=heard]")).to_be_attached(timeout=60_000)
    errand.loaded = perf_counter() - start

    start = perf_counter()
    tap(box)
    for letter in full_name(guest):
        sleep(KEY)
        page.keyboard.type(letter)
    book = page.get_by_role("button", name="Book", exact=True)
    with errand.waiting("the last key → the guest and *Book*"):
        page.get_by_role("link", name=full_name(guest)).wait_for()
        expect(book).to_have_count(1)
    tap(book)
    dialog = page.get_by_role("dialog")
    event = dialog.locator("label").filter(has=page.get_by_role("radio")).first
    with errand.waiting("*Book* → the events and seats to choose from"):
        event.wait_for()
    tap(event)
    tap(dialog.get_by_role("radio", name=SEATS, exact=True))
    with errand.waiting("4 seats → the text with 4 seats"):
        dialog.get_by_text(f"({SEATS} seats)").wait_for()
    tap(dialog.get_by_role("button", name="Save"))
    with errand.waiting("*Save* → the booking on the guest's screen"):
        expect(dialog).to_have_count(0)
        page.get_by_role("heading", name=full_name(guest)).wait_for()
        page.get_by_text(f"{SEATS} seats").first.wait_for()
    errand.total = perf_counter() - start
    return errand


def tap(target: Locator) -> None:
    sleep(LOOK)
    target.tap()


def table(took: Sequence[Errand]) -> str:
    rows = {
        "in all": ([each.total for each in took], str(MOST_SECONDS)),
        "of it waiting for the app": ([each.waited for each in took], ""),
        **{f"– {name}": ([each.waits[name] for each in took], "") for name in took[0].waits},
        "before it: the first load of Today": ([each.loaded for each in took], ""),
    }
    lines = [
        f"| {name} | {median(seconds):.2f} | {min(seconds):.2f} | {max(seconds):.2f} | {limit} |"
        for name, (seconds, limit) in rows.items()
    ]
    return "\n".join(["| what | s | quickest | slowest | at most |", "|---|---:|---:|---:|---:|", *lines])


@click.command()
@click.option("--kind", default="sqlite", show_default=True, type=click.Choice(["sqlite", "postgresql"]))
@click.option("--customers", "how_many", default=10_000, show_default=True)
@click.option("--runs", default=7, show_default=True, help="How often it is measured.")
@click.option("--quick", is_flag=True, help="A trial run; nothing is saved.")
def main(kind: str, how_many: int, runs: int, quick: bool) -> None:
    """Measure, and save the table."""
    venue = venues.full(kind, how_many)
    with served.ours(venue) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        measured_on = versions(kind, venue, browser)
        took = errands(browser, server, venue, 1 if quick else runs)
        browser.close()
    print(table(took))
    if not quick:
        command = f"python -m benchmarks.errand --kind {kind} --customers {how_many} --runs {runs}"
        heading = f"Errand: {how_many:,} customers on {kind}"
        measure.save(heading, table(took), command=command, versions=measured_on)


if __name__ == "__main__":
    main()
