"""The guests of an event, with one tap to mark who arrived."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from pages.customers import rewards
from pages.elements.board import Act, Notice
from pages.events import late
from pages.events.guest_list import Mark, draw_guest_list
from pages.messages import actions
from pages.messages.undelivered import trouble
from pages.parts import dialog
from pages.parts.context import actor, now, reading, today, transaction, venue
from pages.parts.device import is_phone
from pages.parts.follow import follow_others
from pages.parts.permissions import if_may
from venue import bookings, events, tags, visits
from venue.bookings import GuestCounts
from venue.customers.visit_counts import is_forgotten
from venue.errors import NotFound
from venue.messages import needs_call
from venue.page import Page
from venue.roles import Permission
from venue.rows import EventRow, GuestRow
from venue.wording import counted

SEARCH_FROM = 25
ON_A_PAGE = 30
PAGE = "guests_page"
ONLY_LOST = "Show only guests who could not be texted"
# What can be done with a booking: the name of the dialog for it, and its label.
CHANGES = (Act("Edit booking", "edit"), Act("Delete booking", "unbook", looks="danger"))


def draw_guests(event: EventRow, counts: GuestCounts, not_texted: int) -> None:
    """The guests of an event. `not_texted` is how many of them could not be texted."""
    st.subheader("Guests", anchor=False)
    if not counts.total and not event.unnamed_seats:
        st.caption(none_yet(event))
        return
    st.caption(summary(counts, event))
    if not counts.total:
        return
    if not_texted:
        words = f"{counted(not_texted, 'guest')} could not be texted: see the reason next to their name."
        st.warning(words, icon=":material/call:")
    are_on_other_pages = bool(not_texted) and counts.total > ON_A_PAGE
    only_lost = are_on_other_pages and st.toggle(ONLY_LOST, key="only_lost", on_change=_first_page)
    acts = if_may(Permission.BOOKINGS, *CHANGES)
    draw_found(event, counts.total, key="guests", with_lost_texts=True, only_lost=only_lost, acts=acts)


def none_yet(event: EventRow) -> str:
    is_past = event.cancelled_at is not None or events.is_over(event, now=now(), zone=venue().zone)
    return "No bookings." if is_past else "No bookings yet."


def summary(counts: GuestCounts, event: EventRow, *, with_reminder_only: bool = True) -> str:
    """Like "30 bookings, 93 seats, 41 arrived, 2 walk-ins, 3 without a number"; these are among the seats that came."""
    unnamed_seats = event.unnamed_seats
    here = counts.arrived + unnamed_seats
    missing = 0 if is_forgotten(event.starts_at, now=now()) else counts.missing
    parts = [
        counted(counts.bookings, "booking"),
        counted(counts.seats + unnamed_seats, "seat"),
        f"{here} arrived" if here else "",
        counted(missing, "no-show") if missing else "",
        f"{counts.running_late} running late" if counts.running_late else "",
        counted(counts.walked_in, "walk-in") if counts.walked_in else "",
        f"{counted(unnamed_seats, 'walk-in')} without a number" if unnamed_seats else "",
        f"{counts.reminder_only} reminder-only" if counts.reminder_only and with_reminder_only else "",
    ]
    return ", ".join(filter(None, parts))


def draw_found(
    event: EventRow,
    guests: int,
    *,
    key: str,
    with_seats: bool = False,
    with_lost_texts: bool = False,
    only_lost: bool = False,
    acts: Sequence[Act] = (),
) -> None:
    """The guests that match a search by name, which is only drawn for a long list of `guests`; of very many, one page:
    the browser takes seconds to draw a thousand guests. `only_lost`: those who could not be texted."""
    words = search_box() if guests > SEARCH_FROM else ""
    with reading(actor()) as session:
        number = st.session_state.get(PAGE) or 1
        page = bookings.page_for_event(
            session,
            event.id,
            words=words,
            with_seats=with_seats,
            not_texted_at=now() if only_lost else None,
            page=number,
            page_size=ON_A_PAGE,
        )
        ids = [row.customer_id for row in page.rows]
        at_door = tags.at_door(session, event.id, customer_ids=ids, today=today())
        numbers = visits.at_door(session, event.id, ids, now=now())
        rewarded = rewards.due_to_guests(page.rows, visits.progress(session, ids))
        troubles = lost_texts(session, event.id, page.rows) if with_lost_texts else {}
    draw_pages(page)
    draw_guest_list(
        page.rows,
        key=key,
        event=event,
        on_mark=mark,
        tags=at_door,
        visits=numbers,
        notices={row.id: (*troubles.get(row.id, ()), *rewarded.get(row.id, ())) for row in page.rows},
        acts=acts,
        on_act=act,
    )


def search_box() -> str:
    return st.text_input("Find a guest", type="search", live=True, key="guest", on_change=_first_page) or ""


def _first_page() -> None:
    st.session_state[PAGE] = 1


def lost_texts(session: Session, event_id: UUID, rows: Sequence[GuestRow]) -> dict[UUID, tuple[Notice, ...]]:
    """What did not reach these guests, by booking."""
    lost = needs_call.for_event(session, event_id=event_id, booking_ids=[row.id for row in rows], now=now())
    return {row.id: trouble([text for text in lost if text.booking_id == row.id]) for row in rows}


def draw_pages(page: Page[GuestRow]) -> None:
    """A choice of the page, if there are several."""
    if page.pages > 1:
        # Guests who were deleted since may have been the last page.
        st.session_state[PAGE] = page.page
        st.pagination(page.pages, key=PAGE, max_visible_pages=5 if is_phone() else 9)


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
