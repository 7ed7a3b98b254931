"""Why the list of customers is empty, with buttons that change that."""

import streamlit as st

from pages.customers import filters
from pages.customers.find_customer import say_if_hidden
from pages.customers.list_address import SEARCH_BOX
from pages.parts import page_state
from pages.parts.context import actor, now, reading, venue
from pages.parts.format import plain
from pages.parts.permissions import may
from venue import clock, customers
from venue.customers import CustomerFilter, deletions
from venue.roles import Permission
from venue.wording import counted


def explain_no_results(where: CustomerFilter) -> None:
    if where == CustomerFilter():
        _say_how_to_begin()
        return
    words = where.words.strip()
    st.info(
        plain(f"No customers found for ‘{words}’." if words else "No customers found."), icon=":material/search_off:"
    )
    say_if_hidden(words)
    _say_if_deleted(words)
    _offer_less(where)
    if words and may(Permission.CUSTOMERS):
        # With a callback and a key: it may be tapped before the last letter typed has reached its label.
        st.button(
            plain(f"Add ‘{words}’"),
            key="add_words",
            icon=":material/person_add:",
            on_click=_add,
        )


def _say_how_to_begin() -> None:
    """There are no customers at all."""
    imports = may(Permission.IMPORT)
    first = f" Add the first customer{', or import a list' if imports else ''}." if may(Permission.CUSTOMERS) else ""
    st.info(f"No customers yet.{first}", icon=":material/group_add:")
    if imports:
        st.page_link("imports/list.py", label="Import a list", icon=":material/upload_file:")


def _add() -> None:
    page_state.go_after_click("customers/add.py", typed=(st.session_state[SEARCH_BOX] or "").strip())


def _say_if_deleted(words: str) -> None:
    with reading(actor()) as session:
        deleted = deletions.find(session, words, now=now())
    if deleted:
        on = clock.today(deleted.deleted_at, venue().zone)
        st.caption(plain(f"‘{words}’ was deleted on {on:%-d %B}."))


def _offer_less(where: CustomerFilter) -> None:
    """Buttons that remove each of the filters, or else all of them, with how many customers that finds."""
    labels = filters.labels(where)
    in_use = [*labels, *(["words"] if where.words else [])]
    if in_use == ["words"]:
        return
    if len(in_use) == 1:
        st.button("Show all customers", on_click=filters.remove, args=in_use, icon=":material/filter_alt_off:")
        return
    offers = [
        _offer(where, f"‘{labels[name]}’" if name in labels else f"the search ‘{where.words}’", [name])
        for name in in_use
    ]
    if not any(offers):
        _offer(where, "all filters", list(labels))


def _offer(where: CustomerFilter, label: str, names: list[str]) -> bool:
    """A button that removes filters, if any customers match without them."""
    with reading(actor()) as session:
        total = customers.search(session, where=filters.less(where, *names), page_size=1, now=now()).total
    if total:
        st.button(
            plain(f"Remove {label} ({counted(total, 'result')})"),
            key=f"remove.{'.'.join(names)}",
            on_click=filters.remove,
            args=names,
            icon=":material/filter_alt_off:",
        )
    return bool(total)
