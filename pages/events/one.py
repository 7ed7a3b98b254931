"""One event: its guests, and everything that can be done with it."""

from uuid import UUID

import streamlit as st

from pages.bookings import dialogs
from pages.bookings import waitlist as waiting
from pages.customers.return_to_list import to_list
from pages.elements.board import draw_board
from pages.elements.scroll import back_link
from pages.elements.toast import toast
from pages.events import late, walk_in
from pages.events.cancel import confirm_cancel
from pages.events.cards import filled
from pages.events.choose_customer import choose_customer
from pages.events.guests import draw_guests, follow_guests
from pages.events.series import draw_series
from pages.journal.history import draw_history
from pages.parts import dialog, page_state
from pages.parts.context import actor, now, reading, transaction, venue
from pages.parts.dialog_buttons import red, save_or_cancel
from pages.parts.download import draw_download_links
from pages.parts.fields import Fields
from pages.parts.format import fill, plain, when
from pages.parts.permissions import may
from venue import bookings, events, waitlist
from venue.events import cancellations, capacities, series
from venue.messages import needs_call
from venue.roles import Permission
from venue.wording import counted, full_name

event_id = page_state.subject()
with reading(actor()) as session:
    seen = events.mark_of(session, event_id)
    event = events.row(session, event_id)
    booked = bookings.count_for_event(session, event_id)
    not_texted = needs_call.guests_of_event(session, event_id, now=now())
    parties = waitlist.listed(session, event_id)
    repeated = series.listed(session, event_id)
MOST_NAMED = 8
takes_bookings = event.cancelled_at is None and not events.is_over(event, now=now(), zone=venue().zone)
# Managers book onto a past event, too, with a reason.
may_book = (takes_bookings and may(Permission.BOOKINGS)) or (event.cancelled_at is None and may(Permission.PAST_EVENTS))
MENU = {"Duplicate": "events/add.py", "Door list": "events/door_list.py"}
NEEDED = {"Duplicate": Permission.EVENTS, "Door list": Permission.READ}


def head() -> None:
    back_link("events/list.py", "Events")
    st.title(plain(event.name), anchor=False)
    category = f" · {plain(event.category)}" if event.category else ""
    words, badge = filled(event) if event.cancelled_at is None else (fill(event), None)
    st.markdown(f"**{when(event.starts_at)}**{category}\n\n{words} {badge.markdown if badge else ''}")
    if event.cancelled_at is not None:
        st.error(f"This event was cancelled on {when(event.cancelled_at)}.", icon=":material/event_busy:")
        if may(Permission.EVENTS):
            st.button("Undo cancellation", icon=":material/undo:", on_click=dialog.open, args=("undo",))
    elif not takes_bookings:
        st.caption(
            "This event is over. A booking added now needs a reason."
            if may_book
            else "This event is over. No more bookings can be added."
        )
    if events.overbooked_by(event) > booked.unused_seats and takes_bookings:
        reason = f" Reason: {event.overbooked_reason}" if event.overbooked_reason else ""
        over = capacities.in_words(events.overbooked_by(event))
        st.warning(plain(f"{over}. No more seats can be booked.{reason}"), icon=":material/event_seat:")
    if event.notes:
        st.text(event.notes)
    draw_buttons()
    draw_series(event_id, repeated)


def draw_buttons() -> None:
    with st.container(horizontal=True, gap="xsmall"):
        if may_book:
            st.button(
                "Add booking",
                type="primary" if takes_bookings else "secondary",
                icon=":material/event_seat:",
                on_click=dialog.open,
                args=("choose",),
            )
        walk_in.draw_button(event)
        if may(Permission.EVENTS) and st.button("Edit", icon=":material/edit:", help="Edit or reschedule the event"):
            page_state.go("events/edit.py", id=event_id)
        menu = st.popover("More", icon=":material/more_horiz:", key="more", on_change="rerun")
        # Before the browser has been told that the menu is open it would not close it, see `open_from_menu`.
        if menu.open:
            with menu:
                draw_more()


def draw_more() -> None:
    for label, page in MENU.items():
        if may(NEEDED[label]) and st.button(label, width="stretch"):
            page_state.go(page, id=event_id)
    if may(Permission.BULK) and booked.total and st.button("Text all guests", width="stretch"):
        page_state.go("campaigns/edit.py", **to_list(event=str(event_id)))
    if may(Permission.EXPORT):
        draw_download_links("guests", {"event_id": event_id}, stretched=True)
    if not may(Permission.EVENTS):
        return
    if takes_bookings and (booked.total or parties or len(repeated) > 1):
        st.button(red("Cancel event"), width="stretch", on_click=open_from_menu, args=("cancel",))
    if not booked.total:
        st.button(red("Delete"), width="stretch", on_click=open_from_menu, args=("delete",))


def open_from_menu(name: str) -> None:
    """Close the menu first: it would cover the dialog."""
    st.session_state["more"] = False
    dialog.open(name)


def draw_waitlist() -> None:
    """The parties that wait for seats. They join from the booking dialog of a full event."""
    if parties:
        draw_board([waiting.section_of_event(parties)], key="waitlist", on_act=act)


def act(name: str, about: str) -> None:
    """A button of a party on the waitlist was pressed."""
    if name == waiting.ACCEPT:
        waiting.accept(UUID(about))
    else:
        dialog.open(name, UUID(about))


def confirm_undo(_about: None) -> None:
    """Confirm undoing a cancellation: which guests were already texted about it, and whether to text them again."""
    with reading(actor()) as session:
        texted = [full_name(row) for row in cancellations.notified_guests(session, event_id)]
    st.markdown(
        f"**{plain(event.name)}**, {when(event.starts_at)}, with {counted(booked.total, 'booking')}, will be back on. "
        "Reminders are scheduled again. Texts about the cancellation that have not been sent yet will not be sent."
    )
    texts_guests = False
    if texted:
        st.warning(plain(f"{counted(len(texted), 'guest')} already got a text that it is cancelled: {named(texted)}."))
        texts_guests = event.starts_at > now() and st.checkbox("Text them that it is back on", True, key="texts_guests")
    fields = Fields("undo")
    with st.container(horizontal=True):
        sure = st.button("Undo cancellation", type="primary", key="undo.sure")
        if st.button("Keep it cancelled", type="tertiary", key="undo.cancel"):
            dialog.close()
            st.rerun()
    if sure:
        with fields.checked():
            with transaction(actor()) as session:
                cancellations.undo(session, event_id, tell_customers=texts_guests, now=now())
            dialogs.done(f"{event.name} is back on")


def named(people: list[str]) -> str:
    more = len(people) - MOST_NAMED
    return ", ".join(people[:MOST_NAMED]) + (f" and {counted(more, 'other', 'others')}" if more > 0 else "")


def confirm_delete(_about: None) -> None:
    st.markdown(f"**{plain(event.name)}**, {when(event.starts_at)}, has no bookings. It will be permanently deleted.")
    if parties:
        waiting = counted(len(parties), "party waits", "parties wait")
        st.warning(f"{waiting} for seats. The waitlist is deleted too, and no one is texted.")
    fields = Fields("delete")
    if save_or_cancel("Delete", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                events.delete(session, event_id, now=now())
            dialog.close()
            toast(f"{event.name} deleted")
            page_state.go("events/list.py")


head()
draw_guests(event, booked, not_texted)
follow_guests(event, seen)
draw_waitlist()
draw_history("event", event_id=event_id)
dialog.draw(
    {
        **dialogs.DIALOGS,
        **walk_in.DIALOGS,
        **late.DIALOGS,
        "choose": (f"Add booking: {event.name}", lambda _about: choose_customer(event_id)),
        "book": (dialogs.add_title, dialogs.add_to_event),
        "cancel": (f"Cancel event: {event.name}", lambda _about: confirm_cancel(event_id)),
        "undo": (f"Undo cancellation: {event.name}", confirm_undo),
        "delete": (f"Delete event: {event.name}", confirm_delete),
    }
)
