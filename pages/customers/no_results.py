"""Why the list of customers is empty, with one tap to change that."""

import streamlit as st

from pages.customers import filters
from pages.customers.list_address import SEARCH_BOX
from pages.parts import page_state
from pages.parts.context import actor, now, reading, venue
from pages.parts.format import plain
from venue import clock, customers
from venue.customers import CustomerFilter, deletions


def explain_nobody(where: CustomerFilter) -> None:
    if where == CustomerFilter():
        st.info("Nobody is here yet. Add the first customer, or import a list.", icon=":material/group_add:")
        return
    words = where.words.strip()
    st.info(plain(f"Nobody matches ‘{words}’." if words else "Nobody matches."), icon=":material/search_off:")
    _say_if_deleted(words)
    _offer_less(where)
    if words:
        # By a callback and a key: the button is tapped while its last letter is still on the way to it.
        st.button(
            plain(f"Add ‘{words}’"),
            key="add_words",
            icon=":material/person_add:",
            on_click=_add,
        )


def _add() -> None:
    page_state.go_after_click("customers/add.py", typed=(st.session_state[SEARCH_BOX] or "").strip())


def _say_if_deleted(words: str) -> None:
    with reading(actor()) as session:
        deleted = deletions.find(session, words, now=now())
    if deleted:
        on = clock.today(deleted.deleted_at, venue().zone)
        st.caption(plain(f"‘{words}’ was deleted on {on:%-d %B} by {deleted.by}."))


def _offer_less(where: CustomerFilter) -> None:
    """How many would match without each of the filters, or else without any."""
    labels = filters.labels(where)
    in_use = [*labels, *(["words"] if where.words else [])]
    if in_use == ["words"]:
        return
    if len(in_use) == 1:
        st.button("Show everybody", on_click=filters.remove, args=in_use, icon=":material/filter_alt_off:")
        return
    offers = [
        _offer(where, f"the filter ‘{labels[name]}’" if name in labels else f"the search ‘{where.words}’", [name])
        for name in in_use
    ]
    if not any(offers):
        _offer(where, "any filter", list(labels))


def _offer(where: CustomerFilter, label: str, names: list[str]) -> bool:
    """A button that removes filters, if anyone matches without them."""
    with reading(actor()) as session:
        total = customers.search(session, where=where.without(*names), page_size=1, now=now()).total
    if total:
        st.button(
            plain(f"{total:,} {'matches' if total == 1 else 'match'} without {label}"),
            key=f"mend.{'.'.join(names)}",
            on_click=filters.remove,
            args=names,
            icon=":material/filter_alt_off:",
        )
    return bool(total)
