"""Finding a customer by name or number during typing: on Today, and for a booking on an event."""

from typing import Any
from uuid import UUID

import streamlit as st

from pages.elements.board import Act, Card, Section, address, draw_board
from pages.parts import page_state
from pages.parts.context import actor, now, reading
from pages.parts.format import number, plain
from pages.parts.permissions import if_may, may
from venue import customers
from venue.customers.paging import CustomerPage
from venue.roles import Permission
from venue.wording import full_name

SHOWN = 8
TODAY = "today.q"


def search_box(key: str, **how: Any) -> tuple[str, CustomerPage | None]:
    """What is typed, and the first customers who match, or None when nothing is typed."""
    typed = st.text_input("Search customers", type="search", live=True, key=key, placeholder=searched(), **how)
    words = (typed or "").strip()
    if not words:
        return "", None
    with reading(actor()) as session:
        return words, customers.search(session, words, page_size=SHOWN, now=now())


def searched() -> str:
    """What a search of customers looks at, for its box."""
    return "Name or number" if may(Permission.NUMBERS) else "Name"


def say_if_hidden(words: str) -> None:
    """Why digits find no one, for those who see no full numbers."""
    if any(map(str.isdigit, words)) and not may(Permission.NUMBERS):
        st.caption(plain(f"{actor().name} may not {Permission.NUMBERS}. Search by name instead."))


def say_how_many_more(words: str, found: CustomerPage) -> None:
    if not found.rows:
        st.caption("No customers found.")
        say_if_hidden(words)
    if found.total > len(found.rows):
        st.caption(f"{found.total - len(found.rows):,} more found. Type more of the name.")


def draw_find_customer() -> None:
    """The search on Today: open a customer, or book them at once."""
    words, found = search_box(TODAY)
    if found is None:
        return
    cards = [
        Card(
            address("customer", id=row.id),
            full_name(row),
            (number(row.mobile_number),),
            ways=if_may(Permission.BOOKINGS, Act("Book", "book", str(row.id), icon="event_seat", looks="primary wide")),
        )
        for row in found.rows
    ]
    draw_board([Section(cards=cards, across=True)], key="found", on_act=_book)
    say_how_many_more(words, found)
    if may(Permission.CUSTOMERS):
        st.button(plain(f"Add ‘{words}’"), key="add_words", icon=":material/person_add:", on_click=_add)


def _book(_name: str, customer_id: str) -> None:
    page_state.go_after_click("customers/one.py", ("book", None), id=UUID(customer_id))


def _add() -> None:
    page_state.go_after_click("customers/add.py", typed=(st.session_state[TODAY] or "").strip())
