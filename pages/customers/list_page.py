"""Which part of the list of customers is shown. It stands in the address under one name, so that a turn of the page
is one step in the browser's history: "3.50.after.<id>" is page 3 of 50 each, "S" is from a letter on, or "last"."""

import string
from dataclasses import replace
from typing import Any
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from pages.parts.format import counted
from venue import customers
from venue.customers.find import CustomerPage

LETTERS = list(string.ascii_uppercase)
SIZES = ["25", "50", "100"]
MOST_CARDS = 25


def first_page() -> None:
    """For `on_change` of what stands in the address by itself."""
    st.query_params.pop("page", None)


def change(**address: str) -> None:
    """Another list, from its first page on unless `page` says more. What is empty leaves the address.

    All of it at once: each change alone would be a step in the browser's history, and Back lead half the way.
    """
    st.query_params.update({name: value or [] for name, value in {"page": "", **address}.items()})


def size(view: str, typed: Any) -> int:
    """How many customers are on a page."""
    if view == "Cards":
        return MOST_CARDS
    return int(typed) if typed in SIZES else 50


def find(session: Session, typed: str, **asked: Any) -> CustomerPage:
    """The page of the list that the address says. Where it has emptied meanwhile, the nearest one that has not."""
    place = _arguments(typed, asked["page_size"])
    if "letter" in place and asked["sort"] != "name":
        place = {}
    found = customers.search(session, **asked, **place)
    if "before" in place and not found.has_previous:
        # Back at the start, which may not be full since the pages were counted from elsewhere.
        return customers.search(session, **asked)
    if not found.rows and found.total:
        return customers.search(session, **asked, last=True)
    # A number that somebody typed, that was found before there were words, or that is wrong since others went.
    is_wrong = found.page and (found.page - 1) * found.page_size + len(found.rows) > found.total
    return replace(found, page=None) if is_wrong else found


def _arguments(typed: str, page_size: int) -> dict[str, Any]:
    """As arguments of `customers.search`. What makes no sense is the first page."""
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


def words(found: CustomerPage, typed: str) -> str:
    """Like "51–100 of 902 customers", or "From S · 902 customers"."""
    all_of_them = counted(found.total, "customer")
    if len(found.rows) == found.total:
        return all_of_them
    if found.page is None:
        return f"From {typed if typed in LETTERS else found.rows[0].last_name} · {all_of_them}"
    start = (found.page - 1) * found.page_size + 1
    return f"{start:,}–{start + len(found.rows) - 1:,} of {all_of_them}"


def turns(found: CustomerPage) -> list[dict[str, str | None]]:
    """First, Back, Next and Last, each with where it leads, or nowhere.

    Each page is found from the customer beside it: no page costs more than another.
    """
    if found.pages == 1 and not found.has_previous:
        return []
    back = "" if found.page is not None and found.page <= 2 else _beside(found, -1, "before", found.rows[0])
    backwards = {"First": "", "Back": back}
    forwards = {"Next": next_page(found), "Last": "last"}
    return [{"label": label, "to": to if found.has_previous else None} for label, to in backwards.items()] + [
        {"label": label, "to": to if found.has_next else None} for label, to in forwards.items()
    ]


def next_page(found: CustomerPage) -> str:
    return _beside(found, 1, "after", found.rows[-1])


def _beside(found: CustomerPage, step: int, side: str, row: Any) -> str:
    number = "" if found.page is None else found.page + step
    return f"{number}.{found.page_size}.{side}.{row.id}"


def resize(rows: str) -> None:
    """Show so many customers on a page from now on."""
    change(rows=rows)


def jump(letter: str) -> None:
    """To where the last names from a letter on begin; what is no letter leads back to the beginning."""
    if letter in LETTERS:
        change(page=letter, sort="")
    else:
        change()
