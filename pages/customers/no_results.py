"""Why the list of customers is empty, with one tap to mend it."""

import functools
from collections.abc import Sequence

import streamlit as st

from pages.customers import filters
from pages.customers.filters import Filters
from pages.parts import page_state
from pages.parts.context import actor, now, reading, venue
from pages.parts.format import plain
from venue import clock, customers
from venue.customers import deletions


def explain_nobody(chosen: Filters) -> None:
    if chosen == Filters():
        st.info("Nobody is here yet. Add the first customer, or import a list.", icon=":material/group_add:")
        return
    words = chosen.words.strip()
    st.info(plain(f"Nobody matches ‘{words}’." if words else "Nobody matches."), icon=":material/search_off:")
    _say_if_deleted(words)
    _offer_less(chosen)
    if words:
        # By a callback and a key: the button is tapped while its last letter is still on the way to it.
        st.button(
            plain(f"Add ‘{words}’"),
            key="add_words",
            icon=":material/person_add:",
            on_click=_add,
        )


def _add() -> None:
    page_state.go_next("customers/add.py", typed=(st.session_state["q"] or "").strip())


def _say_if_deleted(words: str) -> None:
    with reading(actor()) as session:
        deleted = deletions.find(session, words, now=now())
    if deleted:
        on = clock.today(deleted.deleted_at, venue().zone)
        st.caption(plain(f"‘{words}’ was deleted on {on:%-d %B} by {deleted.by}."))


def _offer_less(chosen: Filters) -> None:
    """How many would match without each of the filters, or else without any."""
    names = {**chosen.labels(), **({"words": f"search ‘{chosen.words}’"} if chosen.words else {})}
    if len(names) == 1 and not chosen.words:
        name = next(iter(names))
        st.button("Show everybody", on_click=filters.remove, args=(name,), icon=":material/filter_alt_off:")
        return
    if len(names) == 1:
        return
    without = {f"the {label if name == 'words' else f'filter ‘{label}’'}": [name] for name, label in names.items()}
    offered = [_offer(chosen, called, taken_off) for called, taken_off in without.items()]
    if not any(offered):
        _offer(chosen, "any filter", [name for name in names if name != "words"])


def _offer(chosen: Filters, called: str, taken_off: Sequence[str]) -> bool:
    """A button that takes filters off, if somebody matches without them."""
    less = functools.reduce(Filters.without, taken_off, chosen)
    with reading(actor()) as session:
        total = customers.search(session, **less.arguments(), page_size=1, now=now()).total
    if total:
        st.button(
            plain(f"{total:,} {'matches' if total == 1 else 'match'} without {called}"),
            key=f"mend.{'.'.join(taken_off)}",
            on_click=_take_off,
            args=(taken_off,),
            icon=":material/filter_alt_off:",
        )
    return bool(total)


def _take_off(names: Sequence[str]) -> None:
    for name in names:
        filters.remove(name)
