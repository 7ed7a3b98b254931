"""What narrows the list of customers. It lives in the address: refresh, back and a shared link show the same."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import streamlit as st

from pages.parts import visit
from pages.parts.desk import actor, now, reading
from pages.parts.device import is_phone
from pages.parts.words import BOOKING_STATUS, day
from venue import events
from venue.customers import Booked

SORTS = {"Last name": ("name", False), "First name": ("first_name", False), "Newest first": ("created_at", True)}
SHOW = {label: Booked(status) for status, label in BOOKING_STATUS.items()}


@dataclass(frozen=True)
class Filters:
    """Named as the arguments of `customers.search` and of the download."""

    words: str = ""
    booked: Booked | None = None
    event_id: UUID | None = None
    created_from: date | None = None
    created_to: date | None = None
    cannot_text: bool = False

    def arguments(self) -> dict[str, Any]:
        return asdict(self)

    def address(self) -> str:
        """As the query string of the download."""
        return urlencode({name: str(value) for name, value in asdict(self).items() if value})

    def without(self, name: str) -> "Filters":
        return replace(self, **{name: getattr(Filters(), name)})


def first_page() -> None:
    st.session_state["page"] = 1


def draw_filters() -> Filters:
    """The search box and the filters, and what is chosen in them. A phone keeps the rest behind one button."""
    words = st.text_input(
        "Search customers",
        type="search",
        live=True,
        key="q",
        bind="query-params",
        on_change=first_page,
        placeholder="Name or number",
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show = None if is_phone() else _status_filter()
        with st.popover("Filters" if is_phone() else "More filters", icon=":material/tune:"):
            show = _status_filter() if is_phone() else show
            chosen = Filters(
                words or "",
                SHOW.get(show or ""),
                _event_filter(),
                st.date_input(
                    "Added from", None, key="from", bind="query-params", format="DD/MM/YYYY", on_change=first_page
                ),
                st.date_input(
                    "Added until", None, key="until", bind="query-params", format="DD/MM/YYYY", on_change=first_page
                ),
                st.toggle("Texts cannot reach them", key="cannot_text", bind="query-params", on_change=first_page),
            )
            if is_phone():
                _draw_order()
        if not is_phone():
            st.space("stretch")
        _draw_switches()
    _draw_chosen(chosen)
    return chosen


def _status_filter() -> str | None:
    return st.pills(
        "Show", list(SHOW), key="show", bind="query-params", on_change=first_page, label_visibility="collapsed"
    )


def _draw_switches() -> None:
    """Table or cards, and in which order; read by `chosen_view` and `chosen_order`."""
    first = visit.remembered("view") or st.session_state.get("liked_view") or ("Cards" if is_phone() else "Table")
    visit.remember("view", first)
    st.segmented_control(
        "View",
        ["Table", "Cards"],
        default=first,
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if not is_phone():
        _draw_order()
    st.session_state["liked_view"] = chosen_view()


def _draw_order() -> None:
    st.selectbox(
        "Sort by",
        list(SORTS),
        key="sort",
        bind="query-params",
        label_visibility="visible" if is_phone() else "collapsed",
        width="stretch" if is_phone() else 180,
        filter_mode=None,
        on_change=first_page,
    )


def chosen_view() -> str:
    return st.session_state.get("view") or visit.remembered("view")


def chosen_order() -> dict[str, Any]:
    sort, descending = SORTS.get(st.session_state.get("sort"), ("name", False))
    return {"sort": sort, "descending": descending}


def _event_filter() -> UUID | None:
    with reading(actor()) as session:
        choices = {str(row.id): f"{row.name}, {day(row.starts_at)}" for row in events.coming(session, now=now())}
        chosen = st.query_params.get("event")
        if chosen and chosen not in choices:
            choices |= _past_event(session, chosen)
    st.session_state["booked_on"] = chosen if chosen in choices else None
    st.selectbox(
        "Booked on",
        list(choices),
        format_func=lambda event_id: choices.get(event_id, ""),
        key="booked_on",
        on_change=_choose_event,
        placeholder="Any event",
    )
    return UUID(chosen) if chosen in choices else None


def _past_event(session: Any, event_id: str) -> dict[str, str]:
    try:
        event = events.get(session, UUID(event_id))
    except (ValueError, events.NotFound):
        return {}
    return {event_id: f"{event.name}, {day(event.starts_at)}"}


def _choose_event() -> None:
    first_page()
    chosen = st.session_state["booked_on"]
    if chosen:
        st.query_params["event"] = chosen
    else:
        st.query_params.pop("event", None)


def labels(chosen: Filters) -> dict[str, str]:
    """What each filter that is on is called, by its name."""
    said = {
        "booked": BOOKING_STATUS[chosen.booked.value] if chosen.booked else "",
        "event_id": "Booked on the event" if chosen.event_id else "",
        "created_from": f"Added from {chosen.created_from:%-d %B %Y}" if chosen.created_from else "",
        "created_to": f"Added until {chosen.created_to:%-d %B %Y}" if chosen.created_to else "",
        "cannot_text": "Texts cannot reach them" if chosen.cannot_text else "",
    }
    return {name: label for name, label in said.items() if label}


_WIDGETS = {"words": "q", "booked": "show", "created_from": "from", "created_to": "until", "cannot_text": "cannot_text"}


def remove(name: str) -> None:
    """For `on_click`: take one filter off."""
    first_page()
    if name == "event_id":
        st.query_params.pop("event", None)
    else:
        st.session_state[_WIDGETS[name]] = {"words": "", "cannot_text": False}.get(name)


def _draw_chosen(chosen: Filters) -> None:
    """The filters that hide behind a button, each with its way off."""
    on = {name: label for name, label in labels(chosen).items() if name != "booked" or is_phone()}
    if not on:
        return
    with st.container(horizontal=True, gap="xsmall"):
        for name, label in on.items():
            st.button(
                label,
                key=f"off.{name}",
                icon=":material/close:",
                on_click=remove,
                args=(name,),
                help="Remove this filter",
            )
