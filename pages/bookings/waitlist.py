"""Waitlists: the parties on the screens of an event and of a customer, and the dialogs to join and to leave."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from pages.elements.board import Act, Badge, Column, Row, Section, address
from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.parts import dialog, forms
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import near, plain, when
from pages.parts.permissions import if_may
from venue import customers, events, waitlist
from venue.roles import Permission
from venue.rows import EventRow
from venue.waitlist import WaitingParty
from venue.wording import counted, full_name

JOIN, LEAVE, DECLINE = "join_waitlist", "leave_waitlist", "decline_offer"
ACCEPT, WITHDRAW = "accept_offer", "withdraw_offer"
ACTS = {ACCEPT, WITHDRAW}
COLUMNS = (Column("Party", "1.5fr", "title"), Column("Seats", "0.7fr"), Column("Status", "1.8fr"))
# Parties of these sizes come most often.
NEXT_FOR = (2, 4)


# On the screens


def section_of_event(parties: Sequence[WaitingParty], event: EventRow) -> Section:
    """The parties in the order in which they joined, with the policy and who is next."""
    free = None if event.capacity is None else event.capacity - event.seats_taken
    rows = [_row(party, address("customer", id=party.customer_id), party.name, free) for party in parties]
    faint = " ".join([waitlist.POLICY, *_next(parties)])
    return Section(f"Waitlist ({len(parties)})", columns=COLUMNS, rows=rows, faint=faint)


def sections_of_customer(parties: Sequence[WaitingParty]) -> list[Section]:
    """The waitlists that a customer is on; none if there are none."""
    columns = (Column("Event", "1.5fr", "title"), *COLUMNS[1:])
    rows = [_row(party, address("event", id=party.event_id), party.event_name, 0) for party in parties]
    return [Section("Waitlist", columns=columns, rows=rows)] if rows else []


def _row(party: WaitingParty, opens: str, title: str, free: int | None) -> Row:
    return Row(opens, (title, counted(party.seats, "seat"), _status(party)), words=party.notes, ways=_ways(party, free))


def _status(party: WaitingParty) -> str | Badge:
    if party.answer_by is not None:
        return Badge("orange", f"Offered until {near(party.answer_by, now())}")
    return f"Waiting since {near(party.joined_at, now())}: {party.why}"


def _ways(party: WaitingParty, free: int | None) -> tuple[Act, ...]:
    about = str(party.id)
    if party.is_offered:
        return if_may(
            Permission.BOOKINGS,
            Act("Accept", ACCEPT, about),
            Act("Decline", DECLINE, about),
            Act("Take offer back", WITHDRAW, about, looks="quiet"),
        )
    book = [Act("Book now", ACCEPT, about)] if free is None or party.seats <= free else []
    return if_may(Permission.BOOKINGS, *book, Act("Remove", LEAVE, about, looks="quiet danger"))


def _next(parties: Sequence[WaitingParty]) -> list[str]:
    """Who would be offered a freed place, by its size."""
    found = {seats: waitlist.first_that_fits(parties, seats) for seats in NEXT_FOR}
    return [f"Next for {seats} seats: {party.name} ({party.seats})." for seats, party in found.items() if party]


def act(name: str, entry_id: UUID) -> None:
    """A button of a party was pressed that needs no question."""
    with transaction(actor()) as session:
        if name == ACCEPT:
            answered = waitlist.answer(session, entry_id, accepts=True, now=now())
            words = "Booked: " + counted(answered.entry.seats, "seat")
        else:
            waitlist.withdraw(session, entry_id, now=now())
            words = "Offer taken back. For 10 minutes its seats are not offered to others."
    toast(words)


# Joining


def offer_to_join(event: EventRow | None, customer_id: UUID, seats: object) -> None:
    """In the dialog of a new booking: a way to the waitlist when the party does not fit."""
    if event is None or event.capacity is None or event.starts_at <= now():
        return
    left = event.capacity - event.seats_taken
    if left > 0 and not (isinstance(seats, int) and seats > left):
        return
    wanted = seats if left > 0 and isinstance(seats, int) else 2
    waiting = f" ({event.parties_waiting} waiting)" if event.parties_waiting else ""
    st.button(
        f"Join the waitlist{waiting}",
        key="join_waitlist",
        icon=":material/hourglass_empty:",
        on_click=_open_join,
        args=(event.id, customer_id, wanted),
    )


def _open_join(event_id: UUID, customer_id: UUID, wanted: int) -> None:
    """Instead of the booking: what was typed for that is not kept."""
    forms.finish("book")
    dialog.open(JOIN, (event_id, customer_id, wanted))


def join(about: tuple[UUID, UUID, int]) -> None:
    event_id, customer_id, wanted = about
    event = forms.opened(JOIN, lambda: _event(event_id))
    st.markdown(f"**{plain(event.name)}**, {when(event.starts_at)}")
    st.caption(plain(waitlist.POLICY))
    draft = st.container()
    token = forms.token(JOIN)
    fields = Fields(token)
    fields.number("seats", "Seats", wanted)
    fields.long_text("notes", "Notes", "")
    keep_draft(JOIN, draft)
    if save_or_cancel("Join the waitlist"):
        with fields.checked():
            with transaction(actor()) as session:
                waitlist.join(
                    session,
                    event_id=event_id,
                    customer_id=customer_id,
                    seats=fields["seats"],
                    notes=fields["notes"],
                    form_token=token,
                    now=now(),
                )
            _done("On the waitlist. They get a text when seats are free.")


def _event(event_id: UUID) -> EventRow:
    with reading(actor()) as session:
        return events.row(session, event_id)


def _join_title(about: tuple[UUID, UUID, int]) -> str:
    with reading(actor()) as session:
        return f"Join the waitlist: {full_name(customers.row(session, about[1]))}"


# Leaving


def leave(entry_id: UUID) -> None:
    st.markdown("They lose their place on the waitlist. No text is sent.")
    fields = Fields(forms.token(LEAVE))
    if save_or_cancel("Remove", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                waitlist.leave(session, entry_id, now=now())
            _done("Removed from the waitlist")


def decline(entry_id: UUID) -> None:
    st.markdown("They do not want the seats: these are offered to the next party that fits. No text is sent to them.")
    fields = Fields(forms.token(DECLINE))
    if save_or_cancel("Decline"):
        with fields.checked():
            with transaction(actor()) as session:
                waitlist.answer(session, entry_id, accepts=False, now=now())
            _done("Offer declined")


def _done(words: str) -> None:
    dialog.close()
    toast(words)
    st.rerun()


DIALOGS: dict[str, tuple[dialog.Title, dialog.Content]] = {
    JOIN: (_join_title, join),
    LEAVE: ("Remove from the waitlist", leave),
    DECLINE: ("Decline the offer", decline),
}
