"""The dialogs to add, edit and delete a booking, on a customer's and an event's screen."""

from collections.abc import Callable
from typing import Any, NoReturn
from uuid import UUID

import streamlit as st

from pages.bookings import move, text_preview, waitlist
from pages.bookings.same_person import warn_of_same_person
from pages.bookings.seats_field import draw_seats
from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.journal import entries_shown
from pages.journal.history import draw_history
from pages.parts import dialog, forms
from pages.parts.conflict import Editing
from pages.parts.context import actor, now, reading, transaction, venue
from pages.parts.dialog_buttons import close_button, save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import day, fill, near, near_in_short, plain, when
from venue import acts, bookings, customers, events
from venue.errors import AlreadyBooked, Conflict, Invalid
from venue.messages.outbox import Kind
from venue.rows import BookingRow, EventRow
from venue.wording import counted, full_name

MOST_EVENTS_OPEN, SOONEST = 8, 5
OTHER = "Another event"
BOOKING_FIELDS = {"seats": "Seats", "notes": "Notes"}


def add_to_customer(customer_id: UUID) -> None:
    """Choose an upcoming event, then seats and notes."""
    # As they were when the dialog opened: Save refuses one that filled up since, and nothing typed is lost.
    choices = forms.opened("book", lambda: _events_to_book(customer_id))
    if not choices:
        st.info("No other upcoming events to book.")
        close_button()
        return
    draft = st.container()
    fields = Fields(forms.token("book"))
    _choose_event(fields, choices)
    save = warn_of_same_person(customer_id, fields["event_id"])
    _seats_and_notes(fields, choices.get(fields["event_id"]), joins=customer_id)
    keep_draft("book", draft)
    saved = save_or_cancel(save)
    _draw_text(fields, customer_id, choices.get(fields["event_id"]))
    if saved:
        if fields["event_id"] is None:
            fields.show({"event_id": "Choose an event"})
            return
        book(fields, customer_id=customer_id, event_id=fields["event_id"])


def add_to_event(about: tuple[UUID, UUID]) -> None:
    """Seats and notes of a customer who was chosen on the event's page."""
    event_id, customer_id = about
    event = forms.opened("book", lambda: _event(event_id))
    st.markdown(f"**{plain(event.name)}**, {when(event.starts_at)}  \n{fill(event)}")
    save = warn_of_same_person(customer_id, event_id)
    draft = st.container()
    fields = Fields(forms.token("book"))
    _seats_and_notes(fields, event, joins=customer_id)
    if events.is_over(event, now=now(), zone=venue().zone):
        fields.text("reason", "Reason", placeholder="Why it is booked now. Added to the notes")
    keep_draft("book", draft)
    saved = save_or_cancel(save)
    _draw_text(fields, customer_id, event)
    if saved and "reason" in fields and not fields["reason"].strip():
        fields.show({"reason": "This event is over: enter the reason"})
    elif saved:
        book(fields, customer_id=customer_id, event_id=event_id)


def book(fields: Fields, *, customer_id: UUID, event_id: UUID) -> None:
    typed = {"seats": fields["seats"], "notes": fields["notes"]}
    with fields.checked():
        try:
            with transaction(actor()) as session:
                bookings.book(
                    session,
                    customer_id=customer_id,
                    event_id=event_id,
                    **typed,
                    tell_customer=fields["tell_customer"],
                    reason=fields.get("reason", ""),
                    now=now(),
                )
        except AlreadyBooked as booked:
            # After a double tap the existing booking is this one, which is fine.
            with reading(actor()) as session:
                existing = bookings.get(session, booked.booking_id)
            if {"seats": existing.seats, "notes": existing.notes} != typed:
                _open_existing(booked, typed)
        done("Booked: " + counted(typed["seats"], "seat") if typed["seats"] else "Booked: reminder only")


def _open_existing(booked: AlreadyBooked, typed: dict[str, Any]) -> NoReturn:
    """Open the booking that exists already, and show what was typed for a second one."""
    seats = counted(typed["seats"], "seat") if typed["seats"] else "reminder only"
    notes = f", ‘{typed['notes'].strip()}’" if typed["notes"].strip() else ""
    who, _, _ = str(booked).partition(":")
    dialog.open("edit", booked.booking_id, note=f"{who}. This is the existing booking. You typed {seats}{notes}.")


def edit(booking_id: UUID) -> None:
    """Seats and notes of a booking, with the version that was read when the dialog opened."""
    booking = forms.opened("edit", lambda: _booking(booking_id))
    editing = Editing("edit", BOOKING_FIELDS, was=_stored(booking), read=lambda: _stored(_booking(booking_id)))
    event = _event(booking.event_id)
    st.markdown(f"**{plain(event.name)}**, {when(event.starts_at)}  \n{fill(event)}")
    if dialog.note():
        st.info(plain(dialog.note()), icon=":material/event_seat:")
    question = st.container()
    draft = st.container()
    fields = Fields(forms.token("edit"))
    # Who has no seats may wait for some.
    _seats_and_notes(fields, event, booking, joins=None if booking.seats else booking.customer_id)
    keep_draft("edit", draft)
    saved = save_or_cancel()
    _draw_text(fields, booking.customer_id, event, booking)
    if saved:
        editing.begin_saving()
        _change(fields, editing, booking, booking.version)
    move.draw_button(booking_id)
    draw_history("booking", booking_id=booking_id)
    with question:
        version = editing.draw(yours=editing.changed(_typed(fields)))
    if version is not None:
        _change(fields, editing, booking, version)


def _change(fields: Fields, editing: Editing, booking: BookingRow, version: int) -> None:
    changed = editing.changed(_typed(fields))
    with fields.checked():
        if fields["seats"] is None:  # The command takes None as "no change".
            raise Invalid(seats="Enter a whole number of seats, or 0 for reminder only")
        try:
            with transaction(actor()) as session:
                bookings.update(
                    session,
                    booking.id,
                    version=version,
                    was=editing.was,
                    **changed,
                    tell_customer=fields["tell_customer"],
                    now=now(),
                )
                entry = acts.last_entry(session)
        except Conflict as conflict:
            editing.meet(conflict)
        done("Booking saved" + editing.also_changed(changed), undo=entry)


def _stored(booking: BookingRow) -> dict[str, Any]:
    return {name: getattr(booking, name) for name in BOOKING_FIELDS}


def _typed(fields: Fields) -> dict[str, Any]:
    return {name: fields[name] for name in BOOKING_FIELDS}


def delete(booking_id: UUID) -> None:
    booking = forms.opened("unbook", lambda: _booking(booking_id))
    event = _event(booking.event_id)
    freed = f" {counted(booking.seats, 'seat')} will be free again." if booking.seats else ""
    st.markdown(f"**{plain(event.name)}**, {day(event.starts_at)}.{freed} Scheduled reminders are cancelled.")
    fields = Fields(forms.token("unbook"))
    fields["tell_customer"] = _can_be_texted_about(event) and st.checkbox(
        "Text the customer", key=fields.key("tell_customer")
    )
    if fields["tell_customer"]:
        with st.container(border=True):
            text_preview.draw(Kind.CANCELLATION, booking.customer_id, booking.event_id, booking.seats)
    by_mistake = _is_late(event, booking) and st.checkbox(
        "Booked by mistake: not a late cancellation", key=fields.key("by_mistake")
    )
    if save_or_cancel("Delete", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                bookings.delete(
                    session, booking_id, tell_customer=fields["tell_customer"], by_mistake=by_mistake, now=now()
                )
                entry = acts.last_entry(session)
            done("Booking deleted", undo=entry)


def _is_late(event: EventRow, booking: BookingRow) -> bool:
    """Whether deleting the booking counts as a late cancellation; it is not said of guests who came."""
    begins_soon = now() < event.starts_at <= now() + bookings.LATE_WITHIN
    return begins_soon and booking.seats > 0 and event.cancelled_at is None


def done(words: str, *, undo: int | None = None) -> None:
    dialog.close()
    toast(words, undo=undo)
    st.rerun()


def _choose_event(fields: Fields, choices: dict[UUID, EventRow]) -> None:
    """A few events are all shown; of many the soonest, and the others in a list that can be searched."""
    soonest = list(choices) if len(choices) <= MOST_EVENTS_OPEN else list(choices)[:SOONEST]
    others = list(choices)[len(soonest) :]
    fields.radio(
        "event_id",
        "Event",
        [*soonest, *([OTHER] if others else [])],
        index=0 if len(choices) == 1 else None,
        format_func=lambda chosen: (
            OTHER if chosen == OTHER else f"{plain(choices[chosen].name)} ({_left(choices[chosen])})"
        ),
        captions=[*(near(choices[event_id].starts_at, now()) for event_id in soonest), *([""] if others else [])],
    )
    if fields["event_id"] == OTHER:
        fields.choice(
            "other_event_id",
            OTHER,
            others,
            index=None,
            format_func=lambda event_id: _option(choices[event_id]),
            placeholder="Choose an event",
            filter_mode="contains",
        )
        fields["event_id"] = fields["other_event_id"]


def _option(event: EventRow) -> str:
    """For one line on a phone, which cuts off its end: first the time, in which the evenings of a weekly event differ,
    and the seats left."""
    left = "" if event.capacity is None else ", full" if events.is_full(event) else f", {_left(event)}"
    return f"{near_in_short(event.starts_at, now())}{left}: {event.name}"


def _left(event: EventRow) -> str:
    if event.capacity is None:
        return "no limit"
    if events.is_full(event):
        # Events that have begun have no waitlist.
        return "full · waitlist or reminder" if event.starts_at > now() else "full · reminder only"
    return f"{event.capacity - event.seats_taken} left"


def _events_to_book(customer_id: UUID) -> dict[UUID, EventRow]:
    with reading(actor()) as session:
        rows = events.to_book(session, customer_id=customer_id, now=now())
    return {event.id: event for event in rows}


def _event(event_id: UUID) -> EventRow:
    with reading(actor()) as session:
        return events.row(session, event_id)


def _booking(booking_id: UUID) -> BookingRow:
    with reading(actor()) as session:
        return bookings.row(session, booking_id)


def _can_be_texted_about(event: EventRow | None) -> bool:
    """Whether guests get texts about this event: not once it has begun or is cancelled."""
    return event is None or (event.cancelled_at is None and event.starts_at > now())


def _seats_and_notes(
    fields: Fields, event: EventRow | None, booking: BookingRow | None = None, *, joins: UUID | None = None
) -> None:
    """`joins` is the customer who may join the waitlist instead, if the event is full."""
    draw_seats(fields, event, booking)
    if joins is not None:
        waitlist.offer_to_join(event, joins, fields)
    fields.long_text("notes", "Notes", booking.notes if booking else "")
    # A change of the notes alone texts the guest only if staff tick the box.
    if not _can_be_texted_about(event):
        fields["tell_customer"] = False
        return
    seats_change = booking is None or fields["seats"] != booking.seats
    about = "tell_customer" if seats_change else "tell_customer.of_note"
    fields["tell_customer"] = st.checkbox("Text the customer", seats_change, key=fields.key(about))


def _draw_text(fields: Fields, customer_id: UUID, event: EventRow | None, booking: BookingRow | None = None) -> None:
    """The text that will be sent. It is below Save, so that Save is in view on a phone and does not move."""
    if not _can_be_texted_about(event):
        return
    with st.container(border=True):
        if not fields["tell_customer"]:
            st.caption("No text will be sent.")
        elif event is not None and isinstance(fields["seats"], int):
            text_preview.draw(Kind.CHANGE if booking else Kind.CONFIRMATION, customer_id, event.id, fields["seats"])


def add_title(about: tuple[UUID, UUID]) -> str:
    event_id, customer_id = about
    with reading(actor()) as session:
        event, customer = events.row(session, event_id), customers.row(session, customer_id)
    return f"Add booking: {full_name(customer)}, {event.name}"


def _title(act: str) -> Callable[[UUID], str]:
    """A dialog title that names the customer and the event."""

    def of(booking_id: UUID) -> str:
        with reading(actor()) as session:
            booking = bookings.row(session, booking_id)
        return f"{act}: {full_name(booking)}, {booking.event_name}"

    return of


# Each is about a booking, by its id.
DIALOGS: dict[str, tuple[dialog.Title, dialog.Content]] = {
    "edit": (_title("Edit booking"), edit),
    "unbook": (_title("Delete booking"), delete),
    **move.DIALOGS,
    **waitlist.DIALOGS,
    **entries_shown.DIALOGS,
}
