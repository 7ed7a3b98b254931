"""Customers like the one being saved. They may be other people: families share phones."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import streamlit as st

from pages.parts.format import number, plain
from venue import customers
from venue.errors import Lookalike
from venue.wording import in_words, typed_name


def draw_lookalikes(
    people: Sequence[Lookalike],
    typed: Mapping[str, str],
    on_open: Callable[[UUID], None],
    on_same_household: Callable[[UUID], None] | None = None,
) -> None:
    """Each of them, with what is the same and a button to open them. One with the same number and another name may be
    of the same household. `typed` are the fields being saved."""
    for person in people:
        st.markdown(words_about(person))
        with st.container(horizontal=True, gap="xsmall"):
            if st.button("Open", key=f"open.{person.id}", type="primary", icon=":material/person:"):
                on_open(person.id)
            if on_same_household and person.same_number and not person.same_name:
                label = plain(f"Add to {person.name}'s household")
                if st.button(label, key=f"household.{person.id}", icon=":material/group_add:"):
                    on_same_household(person.id)
    if len(people) == customers.MOST_LOOKALIKES:
        # Those with the same number come first: if the last one has it too, there may be more of them.
        of_number = people[-1].same_number
        words = typed["mobile_number"] if of_number else typed_name(typed)
        st.page_link("customers/list.py", label="There may be more. Search the list", query_params={"q": words})


def words_about(person: Lookalike) -> str:
    booked = person.last_booking[:1].upper() + person.last_booking[1:]
    return f"**{plain(person.name)}**, {number(person.mobile_number)}  \n{_what_is_alike(person)} · {plain(booked)}"


def _what_is_alike(person: Lookalike) -> str:
    if person.reason and not (person.same_name and person.same_number):
        return person.reason
    same = (
        ("name", person.same_name),
        ("number", person.same_number),
        ("e-mail address", person.same_email),
    )
    return f"Same {in_words([word for word, is_same in same if is_same])}"
