"""The household of a customer: who is in it, who may belong to it, and the buttons to change it."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from pages.elements.board import Act, Badge, Card, Link, Notice, Section, address
from pages.elements.toast import toast
from pages.parts import dialog
from pages.parts.context import actor, now, transaction
from pages.parts.dialog_buttons import close_button
from pages.parts.fields import Fields
from pages.parts.format import number, plain
from pages.parts.permissions import if_may, may
from venue import acts, households
from venue.errors import Invalid
from venue.households import Member
from venue.roles import Permission
from venue.rows import Named
from venue.wording import counted, full_name

JOIN, DECLINE, LEAVE, UNITE = "household.join", "household.decline", "household.leave", "household.unite"
ACTS = (JOIN, DECLINE, LEAVE)
SAME_NUMBER = Badge("blue", "Same number")


class Seen(NamedTuple):
    """The others of the household, and those with the same number who may belong to it."""

    members: Sequence[Member]
    offers: Sequence[Member]


def read(session: Session, customer_id: UUID) -> Seen:
    offers = households.offers(session, customer_id) if may(Permission.CUSTOMERS) else ()
    return Seen(households.of(session, customer_id), offers)


def sections(seen: Seen, customer: Named) -> list[Section]:
    """Nothing for a customer whose number only they have, and who is in no household."""
    if not seen.members and not seen.offers:
        return []
    cards = [_card(member) for member in seen.members]
    if cards:
        leave = if_may(Permission.CUSTOMERS, Act("Leave household", LEAVE, icon="logout"))
        cards.append(Card("", full_name(customer), ways=leave))
    return [Section("Household", cards, notices=tuple(map(_offer, seen.offers)))]


def act(name: str, customer_id: UUID, ids: Sequence[UUID]) -> None:
    """One of ACTS was pressed; `ids` is the other customer, if it is about one."""
    if name == JOIN:
        _join(customer_id, ids[0])
    elif name == DECLINE:
        _done("Not in one household", lambda session: households.decline(session, customer_id, ids[0], now=now()))
    else:
        _done("Left the household", lambda session: households.leave(session, customer_id, now=now()))


def dialogs(customer_id: UUID) -> dict[str, tuple[Any, Any]]:
    return {UNITE: ("Two households", lambda question: _ask_to_unite(customer_id, *question))}


def warn_of_other_readers(readers: Sequence[Member]) -> None:
    """In a dialog to write a text: who else has this number."""
    if readers:
        others = f" and {counted(len(readers) - 1, 'other')}" if len(readers) > 1 else ""
        reads = "read" if others else "reads"
        st.warning(plain(f"{readers[0].name}{others} {reads} texts to this number, too."), icon=":material/group:")


def _card(member: Member) -> Card:
    badge = SAME_NUMBER if member.same_number else None
    return Card(address("customer", id=member.id), member.name, (number(member.mobile_number),), badge=badge)


def _offer(other: Member) -> Notice:
    about = str(other.id)
    ways = (
        Act("Same household", JOIN, about, icon="group_add"),
        Act("Not together", DECLINE, about, icon="close"),
        Link("Open", address("customer", id=other.id), looks="button"),
    )
    return Notice(SAME_NUMBER, f"Also has this number: {other.name}", ways)


def _join(customer_id: UUID, other_id: UUID, *, unite: bool = False) -> None:
    def join(session: Session) -> None:
        households.join(session, [customer_id, other_id], unite=unite, now=now())

    try:
        _done("One household now", join)
    except Invalid as invalid:
        if "unite" not in invalid.problems:
            raise
        dialog.open(UNITE, (other_id, invalid.problems["unite"]))


def _ask_to_unite(customer_id: UUID, other_id: UUID, question: str) -> None:
    st.markdown(plain(question))
    with st.container(horizontal=True):
        if st.button("One household", type="primary"):
            with Fields("unite").checked():
                _join(customer_id, other_id, unite=True)
            dialog.close()
            st.rerun()
        close_button("Cancel")


def _done(words: str, change: Any) -> None:
    with transaction(actor()) as session:
        change(session)
        entry = acts.last_entry(session)
    toast(words, undo=entry)
