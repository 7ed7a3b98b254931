"""What narrows the list of customers. It lives in the address: refresh, back and a shared link show the same."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import streamlit as st

from pages.customers.event_filter import event_filter, name_of
from pages.customers.list_page import change, first_page
from pages.elements.calendar import chosen_day
from pages.parts.device import is_phone
from pages.parts.format import BOOKING_STATUS, plain
from venue import clock
from venue.customers.edit import Booked

SHOW = {label: Booked(status) for status, label in BOOKING_STATUS.items()}
# How each is read from an address.
READ: dict[str, Callable[[str], Any]] = {
    "q": str,
    "show": SHOW.__getitem__,
    "event": UUID,
    "from": clock.read_day,
    "until": clock.read_day,
    "cannot_text": lambda typed: typed.casefold() == "true",
}
# The name of each filter in the address.
ADDRESS = {
    "words": "q",
    "booked": "show",
    "event_id": "event",
    "created_from": "from",
    "created_to": "until",
    "cannot_text": "cannot_text",
}


@dataclass(frozen=True)
class Filters:
    """Named as the arguments of `customers.search` and of the download."""

    words: str = ""
    booked: Booked | None = None
    event_id: UUID | None = None
    created_from: date | None = None
    created_to: date | None = None
    cannot_text: bool = False

    @classmethod
    def read(cls, address: Mapping[str, str]) -> "Filters":
        """From an address; what makes no sense in it narrows nothing."""
        said = {}
        for name, called in ADDRESS.items():
            try:
                said[name] = READ[called](address[called])
            except (KeyError, ValueError):
                continue
        return cls(**said)

    def arguments(self) -> dict[str, Any]:
        return asdict(self)

    def address(self) -> str:
        """As the query string of the download."""
        return urlencode({name: str(value) for name, value in asdict(self).items() if value})

    def without(self, name: str) -> "Filters":
        return replace(self, **{name: getattr(Filters(), name)})

    def labels(self) -> dict[str, str]:
        """What each filter that is on is called, by its name."""
        said = {
            "booked": BOOKING_STATUS[self.booked.value] if self.booked else "",
            "event_id": name_of(self.event_id) if self.event_id else "",
            "created_from": f"Added from {self.created_from:%-d %B %Y}" if self.created_from else "",
            "created_to": f"Added until {self.created_to:%-d %B %Y}" if self.created_to else "",
            "cannot_text": "Texts cannot reach them" if self.cannot_text else "",
        }
        return {name: label for name, label in said.items() if label}


def draw_search() -> str:
    return (
        st.text_input(
            "Search customers",
            type="search",
            live=True,
            key="q",
            bind="query-params",
            on_change=first_page,
            placeholder="Name or number",
        )
        or ""
    )


def draw_filters(words: str) -> Filters:
    """The filters, and what is chosen in them. A phone keeps them behind one button."""
    chosen = replace(Filters.read(st.query_params.to_dict()), words=words)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not is_phone():
            _status_filter(chosen.booked)
        label = "Filters" if is_phone() else "More filters"
        behind = st.popover(label, icon=":material/tune:", key="filters", on_change="rerun")
    # What is behind it is drawn while it is open only: the address says what is chosen there.
    if behind.open:
        with behind:
            if is_phone():
                _status_filter(chosen.booked)
            event_filter(chosen.event_id)
            _day("Added from", "from", chosen.created_from)
            _day("Added until", "until", chosen.created_to)
            _choice(st.toggle, "Texts cannot reach them", "cannot_text", chosen.cannot_text)
    return chosen


def _status_filter(chosen: Booked | None) -> None:
    label = next((label for label, status in SHOW.items() if status == chosen), None)
    _choice(st.pills, "Show", "show", label, options=list(SHOW), label_visibility="collapsed")


def _day(label: str, name: str, chosen: date | None) -> None:
    def choose(day: date | None) -> None:
        change(**{name: str(day or "")})

    chosen_day(label, chosen, key=f"filter.{name}", on_choose=choose)


def _choice(draw: Callable[..., Any], label: str, name: str, chosen: Any, **how: Any) -> None:
    """A widget that shows what the address says, and changes that."""
    st.session_state[f"filter.{name}"] = chosen
    draw(label, key=f"filter.{name}", on_change=_choose, args=(name,), **how)


def _choose(name: str) -> None:
    chosen = st.session_state[f"filter.{name}"]
    change(**{name: "true" if chosen is True else str(chosen or "")})


def remove(name: str) -> None:
    """For `on_click`: take one filter off."""
    if name == "words":
        st.session_state["q"] = ""
        first_page()
    else:
        change(**{ADDRESS[name]: ""})


def draw_chosen(chosen: Filters) -> None:
    """The filters that hide behind a button, each with its way off."""
    on = {name: label for name, label in chosen.labels().items() if name != "booked" or is_phone()}
    if not on:
        return
    with st.container(horizontal=True, gap="xsmall"):
        for name, label in on.items():
            st.button(
                plain(label),
                key=f"off.{name}",
                icon=":material/close:",
                on_click=remove,
                args=(name,),
                help="Remove this filter",
            )
