"""Waitlists: the parties on the screens of an event and of a customer, and the dialogs to join and to leave."""

from collections.abc import Callable, Sequence
from typing import NamedTuple
from uuid import UUID

import streamlit as st

from pages.elements.board import Act, Badge, Cell, Column, Link, Row, Section, address
from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.parts import dialog, forms
from pages.parts.confirm import acting
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import near, number, plain, tel, when
from pages.parts.permissions import if_may
from venue import acts, customers, events, waitlist
from venue.messages import numbers
from venue.roles import Permission
from venue.rows import EventRow, StoredCustomerRow
from venue.waitlist import PassedOver, WaitingParty
from venue.wording import counted, full_name

JOIN, LEAVE, DECLINE = "join_waitlist", "leave_waitlist", "decline_offer"
ACCEPT, WITHDRAW, OFFER = "accept_offer", "withdraw_offer", "offer_seats"
# The last has the buttons, too.
COLUMNS = (Column("Seats", "0.6fr"), Column("Status", "1.6fr"), Column("Notes", "minmax(19rem, 1.8fr)"))
CALL = "Call them when seats are free."
# Parties of these sizes come most often.
NEXT_FOR = (2, 4)


# On the screens


def section_of_event(parties: Sequence[WaitingParty]) -> Section:
    """The parties in the order in which they joined, with the policy and who is next."""
    columns = (Column("Party", "1.5fr", "title"), Column("Mobile number", "1fr"), *COLUMNS)
    rows = [_row(party, address("customer", id=party.customer_id), (party.name, _number(party))) for party in parties]
    faint = " ".join([waitlist.POLICY, *_next(parties)])
    return Section(f"Waitlist ({len(parties)})", columns=columns, rows=rows, faint=faint)


def section_to_call(parties: Sequence[WaitingParty]) -> Section:
    """Parties of any events who get no text though their seats are free."""
    columns = (Column("Party", "1.5fr", "title"), Column("Event", "1.5fr"), *COLUMNS)
    rows = [
        _row(
            party,
            address("event", id=party.event_id),
            (party.name, f"{party.event_name}, {near(party.starts_at, now())}"),
        )
        for party in parties
    ]
    heading = counted(len(parties), "party", "parties") if parties else ""
    return Section(heading, columns=columns, rows=rows, empty="No one to call.")


def sections_of_customer(parties: Sequence[WaitingParty]) -> list[Section]:
    """The waitlists that a customer is on; none if there are none."""
    columns = (Column("Event", "1.5fr", "title"), *COLUMNS)
    rows = [_row(party, address("event", id=party.event_id), (party.event_name,)) for party in parties]
    return [Section("Waitlist", columns=columns, rows=rows)] if rows else []


def _number(party: WaitingParty) -> Cell:
    """A link that calls them, unless some of its digits are hidden."""
    shown, calls = number(party.mobile_number), tel(party.mobile_number)
    return Link(shown, calls) if calls else shown


def _row(party: WaitingParty, opens: str, whose: tuple[Cell, ...]) -> Row:
    cells = (*whose, counted(party.seats, "seat"), _status(party))
    return Row(opens, cells, words=party.notes, ways=_ways(party))


def _status(party: WaitingParty) -> str | Badge:
    if party.answer_by is not None:
        return Badge("orange", f"Offered until {near(party.answer_by, now())}")
    return f"Waiting since {near(party.joined_at, now())}: {party.why}"


def _ways(party: WaitingParty) -> tuple[Act, ...]:
    about = str(party.id)
    if party.is_offered:
        return if_may(
            Permission.BOOKINGS,
            Act("Accept", ACCEPT, about),
            Act("Decline", DECLINE, about),
            Act("Take offer back", WITHDRAW, about, looks="quiet"),
        )
    offer = [Act("Offer", OFFER, about)] if party.fits and not party.needs_call else []
    book = [*offer, Act("Book now", ACCEPT, about)] if party.fits else []
    # Those whose event starts too soon for a text are called, too.
    calls = tel(party.mobile_number) if party.needs_call or party.cause == PassedOver.TOO_CLOSE else ""
    call = [Link("Call", calls, "call", looks="button")] if calls else []
    return if_may(Permission.BOOKINGS, *call, *book, Act("Remove", LEAVE, about, looks="quiet danger"))


def _next(parties: Sequence[WaitingParty]) -> list[str]:
    """Who would be offered a freed place, by its size."""
    found = {seats: waitlist.first_that_fits(parties, seats) for seats in NEXT_FOR}
    return [f"Next for {seats} seats: {party.name} ({party.seats})." for seats, party in found.items() if party]


def accept(entry_id: UUID) -> None:
    """Book them, which needs no question."""
    with transaction(actor()) as session:
        answered = waitlist.answer(session, entry_id, accepts=True, now=now())
        entry = acts.last_entry(session)
    # Without an entry they were booked before, as by a double tap.
    toast("Booked: " + counted(answered.entry.seats, "seat") if entry else "They are booked already", undo=entry)


# Joining


class Joining(NamedTuple):
    """Who joins which waitlist, with the seats and notes that were typed for a booking."""

    event_id: UUID
    customer_id: UUID
    seats: int
    notes: str


def offer_to_join(event: EventRow | None, customer_id: UUID, fields: Fields) -> None:
    """In the dialog of a booking: a way to the waitlist when the party does not fit, or its place there."""
    if event is None or event.capacity is None or event.starts_at <= now():
        return
    party = _on_waitlist(event.id, customer_id)
    if party is not None:
        _draw_place(party)
        return
    left = event.capacity - event.seats_taken
    if left > 0 and not (isinstance(fields["seats"], int) and fields["seats"] > left):
        return
    waiting = f" ({event.parties_waiting} waiting)" if event.parties_waiting else ""
    st.button(
        f"Join the waitlist{waiting}",
        key="join_waitlist",
        icon=":material/hourglass_empty:",
        on_click=_open_join,
        args=(event.id, customer_id, fields.key("seats"), fields.key("notes")),
    )


def _on_waitlist(event_id: UUID, customer_id: UUID) -> WaitingParty | None:
    with reading(actor()) as session:
        parties = waitlist.for_customer(session, customer_id, now=now())
    return next((party for party in parties if party.event_id == event_id), None)


def _draw_place(party: WaitingParty) -> None:
    """What a customer waits for, and the way to book what is offered to them: other bookings count it as taken."""
    seats, notes = counted(party.seats, "seat"), f": ‘{party.notes}’" if party.notes else ""
    if party.answer_by is None:
        st.info(plain(f"On the waitlist for {seats}{notes}"), icon=":material/hourglass_empty:")
        return
    until = near(party.answer_by, now())
    st.info(plain(f"Offered {seats} until {until}{notes}"), icon=":material/hourglass_empty:")
    st.button(f"Book {seats}", key="book_offer", on_click=_book_offer, args=(party.id,))


@acting
def _book_offer(entry_id: UUID) -> None:
    dialog.close()
    accept(entry_id)


def _open_join(event_id: UUID, customer_id: UUID, seats: str, notes: str) -> None:
    """Instead of the booking, with what was typed for that by now: `seats` and `notes` are the keys of its fields."""
    booking, _ = dialog.current()
    typed = st.session_state.get(seats)
    wanted = int(typed) if typed and typed > 0 and float(typed).is_integer() else 2
    about = Joining(event_id, customer_id, wanted, st.session_state.get(notes) or "")
    forms.finish(booking)
    dialog.open(JOIN, about)


def join(about: Joining) -> None:
    event = forms.opened(JOIN, lambda: _event(about.event_id))
    st.markdown(f"**{plain(event.name)}**, {when(event.starts_at)}")
    st.caption(plain(waitlist.POLICY))
    with reading(actor()) as session:
        person = customers.row(session, about.customer_id)
        blocked = numbers.details(session, about.customer_id).blocked
    _say_how_they_hear(person, blocked.words if blocked else "")
    draft = st.container()
    token = forms.token(JOIN)
    fields = Fields(token)
    fields.number("seats", "Seats", about.seats)
    fields.long_text("notes", "Notes", about.notes)
    keep_draft(JOIN, draft)
    if save_or_cancel("Join the waitlist"):
        with fields.checked():
            with transaction(actor()) as session:
                waitlist.join(
                    session,
                    event_id=about.event_id,
                    customer_id=about.customer_id,
                    seats=fields["seats"],
                    notes=fields["notes"],
                    form_token=token,
                    now=now(),
                )
                entry = acts.last_entry(session)
            _done(entry, "On the waitlist. " + (CALL if blocked else "They get a text when seats are free."))


def _say_how_they_hear(person: StoredCustomerRow, blocked: str) -> None:
    """Offers are texts, as they are to be answered within two hours."""
    if blocked:
        st.warning(plain(f"{blocked} {CALL}"), icon=":material/phone_disabled:")
    elif person.email and person.prefers_email:
        st.caption("They prefer e-mail, but offers are sent as texts: the answer is due within two hours.")


def _event(event_id: UUID) -> EventRow:
    with reading(actor()) as session:
        return events.row(session, event_id)


def _join_title(about: Joining) -> str:
    with reading(actor()) as session:
        return f"Join the waitlist: {full_name(customers.row(session, about.customer_id))}"


# Leaving


def leave(entry_id: UUID) -> None:
    st.markdown("They lose their place on the waitlist. No text is sent.")
    fields = Fields(forms.token(LEAVE))
    if save_or_cancel("Remove", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                waitlist.leave(session, entry_id, now=now())
                entry = acts.last_entry(session)
            _done(entry, "Removed from the waitlist")


def decline(entry_id: UUID) -> None:
    st.markdown("They do not want the seats: these are offered to the next party that fits. No text is sent to them.")
    fields = Fields(forms.token(DECLINE))
    if save_or_cancel("Decline"):
        with fields.checked():
            with transaction(actor()) as session:
                waitlist.answer(session, entry_id, accepts=False, now=now())
                entry = acts.last_entry(session)
            _done(entry, "Offer declined")


def offer(entry_id: UUID) -> None:
    """Out of turn: the text, and until when they may answer it."""
    st.markdown("They are offered the seats before others who wait. Until they answer, these count as taken.")
    with reading(actor()) as session:
        preview = waitlist.preview_offer(session, entry_id, now=now())
    fields = Fields(forms.token(OFFER))
    if save_or_cancel("Offer by text"):
        with fields.checked():
            with transaction(actor()) as session:
                waitlist.offer(session, entry_id, now=now())
            _done(None, f"Offered until {near(preview.answer_by, now())}")
    with st.container(border=True):
        st.text(preview.words)


def withdraw(entry_id: UUID) -> None:
    st.markdown(
        "They wait again, in their place. For 10 minutes no seats of this event are offered, so that you can book them "
        "for others."
    )
    with reading(actor()) as session:
        words = waitlist.preview_withdrawal(session, entry_id, now=now())
    fields = Fields(forms.token(WITHDRAW))
    tell = bool(words) and st.checkbox("Text the customer", True, key=fields.key("tell_customer"))
    if save_or_cancel("Take offer back"):
        with fields.checked():
            with transaction(actor()) as session:
                waitlist.withdraw(session, entry_id, tell_customer=tell, now=now())
                entry = acts.last_entry(session)
            _done(entry, "Offer taken back")
    with st.container(border=True):
        if tell:
            st.text(words)
        else:
            st.caption("No text will be sent." if words else "The text with the offer has not gone: it is not sent.")


def _done(entry: int | None, words: str) -> None:
    dialog.close()
    toast(words, undo=entry)
    st.rerun()


def _title(does: str) -> Callable[[UUID], str]:
    """A dialog title that names the customer and the event."""

    def of(entry_id: UUID) -> str:
        with reading(actor()) as session:
            party = waitlist.get(session, entry_id)
        return f"{does}: {party.name}, {party.event_name}"

    return of


DIALOGS: dict[str, tuple[dialog.Title, dialog.Content]] = {
    JOIN: (_join_title, join),
    LEAVE: (_title("Remove from the waitlist"), leave),
    DECLINE: (_title("Decline the offer"), decline),
    OFFER: (_title("Offer seats"), offer),
    WITHDRAW: (_title("Take the offer back"), withdraw),
}
