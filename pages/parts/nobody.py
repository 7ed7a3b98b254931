"""Why the list of customers is empty, with one tap to mend it."""

import streamlit as st

from pages.parts import filters, visit
from pages.parts.desk import actor, house, now, reading
from pages.parts.filters import Filters
from pages.parts.words import plain
from venue import clock, customers, deletions


def explain_nobody(chosen: Filters) -> None:
    if chosen == Filters():
        st.info("Nobody is here yet. Add the first customer, or import a list.", icon=":material/group_add:")
        return
    words = chosen.words.strip()
    st.info(plain(f"Nobody matches ‘{words}’." if words else "Nobody matches."), icon=":material/search_off:")
    _say_if_deleted(words)
    _offer_less(chosen)
    if words and st.button(plain(f"Add ‘{words}’"), icon=":material/person_add:"):
        visit.go("add_customer.py", typed=words)


def _say_if_deleted(words: str) -> None:
    with reading(actor()) as session:
        deleted = deletions.find(session, words, now=now())
    if deleted:
        on = clock.today(deleted.deleted_at, house().zone)
        st.caption(plain(f"‘{words}’ was deleted on {on:%-d %B} by {deleted.by}."))


def _offer_less(chosen: Filters) -> None:
    """How many would match without each of the filters."""
    names = {**chosen.labels(), **({"words": f"search ‘{chosen.words}’"} if chosen.words else {})}
    if len(names) == 1 and not chosen.words:
        name = next(iter(names))
        st.button("Show everybody", on_click=filters.remove, args=(name,), icon=":material/filter_alt_off:")
        return
    for name, label in names.items() if len(names) > 1 else []:
        with reading(actor()) as session:
            total = customers.search(session, **chosen.without(name).arguments(), page_size=1, now=now()).total
        if total:
            kind = label if name == "words" else f"filter ‘{label}’"
            st.button(
                plain(f"{total:,} {'matches' if total == 1 else 'match'} without the {kind}"),
                key=f"mend.{name}",
                on_click=filters.remove,
                args=(name,),
                icon=":material/filter_alt_off:",
            )
