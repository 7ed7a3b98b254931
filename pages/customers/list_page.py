"""Which page of the list of customers is shown. It is one parameter of the address, so that a page turn is one step in
the browser's history: "3.50.after.<id>" is page 3 of 50 each, "S" is from a letter on, or "last"."""

import string
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from pages.customers.list_address import ListAddress, change, rows_from
from venue import customers
from venue.customers.paging import CustomerPage
from venue.page import offset_of
from venue.rows import ListedCustomerRow
from venue.wording import counted

LETTERS = list(string.ascii_uppercase)
MOST_CARDS = 25


def size(view: str, address: ListAddress) -> int:
    """How many customers are on a page."""
    return MOST_CARDS if view == "Cards" else address.rows


def find(session: Session, address: ListAddress, **how: Any) -> CustomerPage:
    """The page of the list that the address says, or the nearest one if that has no rows any more.

    `how` has the page's size and the other arguments of `customers.search` that the address does not say.
    """
    search = partial(customers.search, session, where=address.where, **address.order, **how)
    place = _arguments(address.page, how["page_size"])
    if "letter" in place and address.order["sort"] != "name":
        place = {}
    page = search(**place)
    if "before" in place and not page.has_previous:
        # At the start: this page may not be full, since pages were counted from elsewhere.
        return search()
    if not page.rows and page.total:
        return search(last=True)
    # A number that was typed, that counted the pages before there were words, or that is wrong after deletions.
    is_wrong = page.page and offset_of(page.page, page.page_size) + len(page.rows) > page.total
    return replace(page, page=None) if is_wrong else page


def _arguments(typed: str, page_size: int) -> dict[str, Any]:
    """The arguments for `customers.search`. Anything unreadable is the first page."""
    if typed == "last":
        return {"last": True}
    if typed in LETTERS:
        return {"letter": typed}
    number, size_then, side, beside = [*typed.split("."), "", "", ""][:4]
    # A page of another size has another number.
    is_number = number.isdecimal() and len(number) < 9 and int(number) > 0
    page = int(number) if is_number and size_then in ("", str(page_size)) else None
    try:
        return {"page": page, side: UUID(beside)} if side in ("after", "before") else {"page": page or 1}
    except ValueError:
        return {"page": 1}


def words(page: CustomerPage, address: ListAddress) -> str:
    """Like "51–100 of 902 customers", or "From S · 902 customers"."""
    total = counted(page.total, "customer")
    if len(page.rows) == page.total:
        return total
    if page.page is None:
        return f"From {letter(address) or page.rows[0].last_name} · {total}"
    start = offset_of(page.page, page.page_size) + 1
    return f"{start:,}–{start + len(page.rows) - 1:,} of {total}"


def letter(address: ListAddress) -> str:
    """The letter that the page begins at, if it was jumped to."""
    return address.page if address.page in LETTERS else ""


def turns(page: CustomerPage) -> list[dict[str, str | None]]:
    """First, Previous, Next and Last, each with the page it opens, or None.

    A page is looked up from the customer beside it, so that no page costs more than another.
    """
    if page.pages == 1 and not page.has_previous:
        return []
    previous = "" if page.page is not None and page.page <= 2 else _beside(page, -1, "before", page.rows[0])
    backwards = {"First": "", "Previous": previous}
    forwards = {"Next": next_page(page), "Last": "last"}
    return [{"label": label, "to": to if page.has_previous else None} for label, to in backwards.items()] + [
        {"label": label, "to": to if page.has_next else None} for label, to in forwards.items()
    ]


def next_page(page: CustomerPage) -> str:
    return _beside(page, 1, "after", page.rows[-1])


def _beside(page: CustomerPage, step: int, side: str, row: ListedCustomerRow) -> str:
    number = "" if page.page is None else page.page + step
    return f"{number}.{page.page_size}.{side}.{row.id}"


def resize(rows: str) -> None:
    """Change the number of rows on a page."""
    change(rows=rows_from(rows))


def jump(letter: str) -> None:
    """Go to the first last name with this letter, or to the beginning without one."""
    if letter in LETTERS:
        change(page=letter, sort=ListAddress.sort)
    else:
        change()
