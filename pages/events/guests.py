"""The guests of an event, with one tap to mark who arrived."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

import streamlit as st

from pages.customers import rewards
from pages.elements.board import Act
from pages.events import late
from pages.events.guest_list import Mark, draw_guest_list
from pages.messages import actions
from pages.messages.undelivered import trouble
from pages.parts import dialog
from pages.parts.context import actor, now, reading, transaction, venue
from pages.parts.device import is_phone
from pages.parts.follow import follow_others
from pages.parts.permissions import if_may
from venue import bookings, events
from venue.customers import names
from venue.errors import NotFound
from venue.messages.rows import MessageRow
from venue.roles import Permission
from venue.rows import EventRow, GuestRow
from venue.tags import TagRow
from venue.visits.rewards import Progress
from venue.wording import counted, full_name

SEARCH_FROM = 25
ON_A_PAGE = 30
PAGE = "guests_page"
# What can be done with a booking: the name of the dialog for it, and its label.
CHANGES = (Act("Edit booking", "edit"), Act("Delete booking", "unbook", looks="danger"))


def draw_guests(
    event: EventRow,
    booked: Sequence[GuestRow],
    lost: Sequence[MessageRow],
    tags: Mapping[UUID, Sequence[TagRow]],
    visits: Mapping[UUID, int],
    rewarded: Mapping[UUID, Progress],
) -> None:
    st.subheader("Guests", anchor=False)
    if not booked and not event.unnamed_seats:
        st.caption(none_yet(event))
        return
    st.caption(summary(booked, event.unnamed_seats))
    if not booked:
        return
    people = {text.booking_id for text in lost if text.booking_id}
    if people:
        words = f"{counted(len(people), 'guest')} could not be texted: see the reason next to their name."
        st.warning(words, icon=":material/call:")
    shown = found(booked)
    draw_guest_list(
        shown,
        key="guests",
        event=event,
        on_mark=mark,
        tags=tags,
        visits=visits,
        notices={
            **rewards.due_to_guests(shown, rewarded),
            **{who: trouble([text for text in lost if text.booking_id == who]) for who in people},
        },
        acts=if_may(Permission.BOOKINGS, *CHANGES),
        on_act=act,
    )


def none_yet(event: EventRow) -> str:
    is_past = event.cancelled_at is not None or events.is_over(event, now=now(), zone=venue().zone)
    return "No bookings." if is_past else "No bookings yet."


def summary(booked: Sequence[GuestRow], unnamed_seats: int) -> str:
    """Like "30 bookings, 93 seats, 41 arrived, 2 walk-ins, 3 without a number"; these are among the seats that came."""
    coming = [row for row in booked if row.seats]
    here = sum(row.arrived_seats or row.seats for row in coming if row.arrived)
    missing = sum(row.seats for row in coming if row.arrived is False)
    running_late = sum(row.late_since is not None and row.arrived is None for row in coming)
    walked_in = sum(row.walked_in for row in coming)
    reminded = len(booked) - len(coming)
    parts = [
        counted(len(coming), "booking"),
        counted(sum(row.seats for row in coming) + unnamed_seats, "seat"),
        f"{here + unnamed_seats} arrived" if here or unnamed_seats else "",
        counted(missing, "no-show") if missing else "",
        f"{running_late} running late" if running_late else "",
        counted(walked_in, "walk-in") if walked_in else "",
        f"{counted(unnamed_seats, 'walk-in')} without a number" if unnamed_seats else "",
        f"{reminded} reminder-only" if reminded else "",
    ]
    return ", ".join(filter(None, parts))


def found(booked: Sequence[GuestRow]) -> Sequence[GuestRow]:
    """The guests that match a search by name, which is only drawn for a long list; of very many, one page."""
    if len(booked) <= SEARCH_FROM:
        return booked
    typed = st.text_input("Find a guest", type="search", live=True, key="guest", on_change=_first_page) or ""
    return _on_page([row for row in booked if names.match(full_name(row), typed)] if typed else booked)


def _on_page(rows: Sequence[GuestRow]) -> Sequence[GuestRow]:
    """Of a very long list one page, chosen above it: the browser takes seconds to draw a thousand guests."""
    pages = -(-len(rows) // ON_A_PAGE)
    if pages < 2:
        return rows
    # Guests who were deleted since may have been the last page.
    st.session_state[PAGE] = min(st.session_state.get(PAGE) or 1, pages)
    number = st.pagination(pages, key=PAGE, max_visible_pages=5 if is_phone() else 9)
    return rows[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]


def _first_page() -> None:
    st.session_state[PAGE] = 1


def follow_guests(event: EventRow, seen: object) -> None:
    """Show the bookings and arrivals that others add, until the event is over. `seen` is its `events.mark_of`."""
    if event.cancelled_at is None and not events.is_over(event, now=now(), zone=venue().zone):
        follow_others(partial(_mark_of, event.id), seen)


def _mark_of(event_id: UUID) -> object:
    with reading(actor()) as session:
        return events.mark_of(session, event_id)


def mark(marks: Mapping[UUID, Mark]) -> None:
    with transaction(actor()) as session:
        for booking_id, (arrived, seats) in marks.items():
            try:
                bookings.mark_arrived(session, booking_id, arrived=arrived, seats=seats, now=now())
            except NotFound:
                continue  # Someone else deleted it: the next list is without it.


def act(name: str, about: str) -> None:
    if name == rewards.GIVE:
        rewards.give(UUID(about))
    elif name == "called":
        actions.mark_handled([UUID(each) for each in about.split()], "Marked as called")
    elif name in (late.LATE, *(change.name for change in CHANGES)):
        dialog.open(name, UUID(about))
