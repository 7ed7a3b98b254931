"""The filter for customers who have all of some tags."""

from collections.abc import Collection, Mapping
from uuid import UUID

import streamlit as st

from pages.customers.list_address import filter_by
from pages.parts.context import actor, reading
from pages.parts.shared_value import draw_shared
from venue import tags
from venue.customers.filters import MISSING_TAG, CustomerFilter


def draw(chosen: Collection[UUID]) -> None:
    """Draw the filter, if there are tags. Choosing changes the address."""
    names = _names()
    if not names:
        return
    draw_shared(
        st.multiselect,
        "Tags",
        "filter.tags",
        [tag_id for tag_id in chosen if tag_id in names],
        lambda chosen: filter_by(tags=tuple(chosen)),
        options=list(names),
        format_func=lambda tag_id: names.get(tag_id, ""),
        placeholder="Any tag",
        help="Customers who have all of these tags",
    )


def names_of(chosen: Collection[UUID]) -> str:
    """The label of a filter by these tags."""
    names = _names()
    named = [names.get(tag_id, "one that no longer exists") for tag_id in chosen]
    return f"{'Tag' if len(named) == 1 else 'Tags'}: {' and '.join(named)}"


def say_if_missing(chosen: Collection[UUID]) -> None:
    """Say that a tag of the address no longer exists: then no one matches. A mistyped one filters by nothing."""
    if chosen and not set(chosen) <= _names().keys():
        st.warning(f"{MISSING_TAG} Remove this filter to see customers.", icon=":material/label_off:")
    elif not chosen and st.query_params.get(CustomerFilter.keys()["tags"]):
        st.warning("The tag in this address is mistyped: all tags are shown.", icon=":material/label_off:")


def _names() -> Mapping[UUID, str]:
    """The names of all tags, by id."""
    with reading(actor()) as session:
        return {tag.id: tag.name for tag in tags.every(session)}
