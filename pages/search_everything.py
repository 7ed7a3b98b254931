"""The search from any screen, by Ctrl+K or the button beside the user menu: customers, events, screens, views, tags."""

from uuid import UUID

import streamlit as st

from pages import screens
from pages.customers.find_customer import say_if_hidden
from pages.customers.list_address import ListAddress
from pages.elements.board import Card, Link, Section, address, draw_board
from pages.elements.keys import SEARCH
from pages.parts import dialog, forms, page_state
from pages.parts.context import actor, now, reading
from pages.parts.format import day, number, plain
from venue.customers import CustomerFilter
from venue.customers.names import match
from venue.insight.search_everything import Found, search_everything
from venue.rows import ListedCustomerRow
from venue.views import ViewRow
from venue.wording import full_name

# These are about one customer, event or text, which is found by its own name.
ABOUT_ONE = {"customer", "edit_customer", "edit_customers", "event", "edit_event", "door_list", "message", "request"}
ABOUT_ONE |= {"import", "merge", "campaign", "edit_campaign", "conversation"}


def draw_search_dialog() -> None:
    """Drawn once on every screen. A result that opens another list on the same screen closes the dialog too."""
    here = st.query_params.to_dict()
    if dialog.current()[0] != SEARCH:
        page_state.delete("searched_at")
        return
    if page_state.get("searched_at", here) != here:
        page_state.delete("searched_at")
        dialog.leave()
        return
    page_state.set("searched_at", here)
    dialog.draw({SEARCH: ("Search", _search)})


def _search(_about: None) -> None:
    typed = st.text_input(
        "Search customers, events and screens",
        type="search",
        live=True,
        key=f"search.{forms.token(SEARCH)}",
        placeholder="Name, number, event or screen",
        label_visibility="collapsed",
    )
    words = (typed or "").strip()
    if not words:
        st.caption("Type a few letters, then ↓ and Enter.")
        return
    with reading(actor()) as session:
        found = search_everything(session, words, now=now())
    shown = sections(found, words)
    if not shown:
        st.caption(plain(f"Nothing found for ‘{words}’."))
        say_if_hidden(words)
    # keys.js opens the first result by Enter once this says what was typed.
    draw_board([*shown, Section(faint=f"Results for ‘{words}’")], key="found_everywhere")


def sections(found: Found, words: str) -> list[Section]:
    people = [
        Card(address("customer", id=row.id), full_name(row), (number(row.mobile_number),)) for row in found.customers
    ]
    more = found.customer_total - len(people)
    all_of_them = (Link(f"All {found.customer_total:,} customers", address("customers", q=words), "group"),)
    dated = [Card(address("event", id=row.id), row.name, (day(row.starts_at),)) for row in found.events]
    others = {
        "Screens": _screens(words),
        "Views": [Link(row.name, _list_of(row), "bookmark") for row in found.views],
        "Tags": [Link(tag.name, _tagged(tag.id), "sell") for tag in found.tags],
    }
    shown = [
        Section("Customers", people, links=all_of_them if more > 0 else ()) if people else None,
        Section("Events", dated) if dated else None,
        *(Section(heading, links=tuple(links)) for heading, links in others.items() if links),
    ]
    return list(filter(None, shown))


def _customer(row: ListedCustomerRow) -> Card:
    return Card(address("customer", id=row.id), full_name(row), (number(row.mobile_number),))


def _screens(words: str) -> list[Link]:
    """Those that this member of staff may use, by their titles."""
    known = [screen for screen in (*screens.MAIN, *screens.REACHED_FROM_THESE) if screen.address not in ABOUT_ONE]
    usable = [screen for screen in known if screens.may_use(screen, actor()) and match(screen.title, words)]
    return [Link(screen.title, screen.address or "/", "arrow_forward") for screen in usable]


def _list_of(row: ViewRow) -> str:
    """The list opens the view, or says why it cannot."""
    return address("customers", saved=row.id)


def _tagged(tag_id: UUID) -> str:
    return address("customers", **ListAddress(where=CustomerFilter(tags=(tag_id,))).to_query())
