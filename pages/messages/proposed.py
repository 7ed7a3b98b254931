"""What a reply seems to mean, with the one tap that does it: on the replies screen, the text's and the customer's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import streamlit as st

from pages.elements.board import Act, Badge, Notice
from pages.elements.toast import toast
from pages.messages import actions
from pages.messages.shown import handled
from pages.parts import page_state
from pages.parts.context import actor, now, transaction
from pages.parts.format import plain
from pages.parts.permissions import may
from venue import acts
from venue.errors import VenueError
from venue.messages.rows import MessageRow
from venue.messages.states import State
from venue.replies import answers
from venue.replies.meanings import Meaning
from venue.replies.proposal import Proposal
from venue.roles import Permission

# The name of the act on a board; what it is about is in `_about`.
ANSWER = "answer_as_proposed"
# In the page state: the replies of a customer, as they were shown last.
NOTICES = "replies shown"
OF_THE_NUMBER = (Meaning.STOP, Meaning.WRONG_NUMBER)
ICONS = {
    Meaning.CANCEL: "event_busy",
    Meaning.SEATS: "event_seat",
    Meaning.MORE: "event_seat",
    Meaning.LATE: "schedule",
    Meaning.YES: "event_available",
    Meaning.NO: "event_busy",
}
DONE = {
    Meaning.CANCEL: "Booking cancelled",
    Meaning.SEATS: "Seats changed",
    Meaning.MORE: "Seats changed",
    Meaning.LATE: "Marked as running late",
    Meaning.YES: "Booked from the waitlist",
    Meaning.NO: "Marked as declined",
}
UNDOABLE = (Meaning.CANCEL, Meaning.SEATS, Meaning.MORE, Meaning.LATE, Meaning.YES, Meaning.NO)


def draw_reply_acts(
    text: MessageRow, proposal: Proposal | None, stopped: Mapping[UUID, str | None], *, done: bool = False
) -> None:
    """What can be done about a text, everywhere in this order: what its reply seems to ask for, an answer, that none is
    needed, and to stop texts to the number. Once it is `done`, the buttons stay, and cannot be pressed."""
    shown = None if proposal and text.id in stopped and proposal.meaning in OF_THE_NUMBER else proposal
    if shown is not None:
        draw_proposal(shown, text.mobile_number, done=done)
    actions.draw_acts(text, stopped, asks_to_stop=shown is not None and shown.meaning in OF_THE_NUMBER, done=done)


def draw_proposal(proposal: Proposal, mobile_number: str | None, *, done: bool = False) -> None:
    """What the reply seems to mean, and the button that does it or why it cannot be done."""
    if proposal.meaning in OF_THE_NUMBER:
        st.warning(proposal.words, icon=":material/comments_disabled:")
        if mobile_number and may(Permission.TEXTS):
            st.button(
                actions.STOP_TEXTING,
                key=f"stop.{proposal.message_id}",
                icon=":material/comments_disabled:",
                disabled=done,
                on_click=actions.stop_texting,
                args=[mobile_number],
            )
        return
    st.caption(f":material/lightbulb: {plain(in_words(proposal))}")
    if proposal.label and _may_answer():
        st.button(
            plain(proposal.label),
            key=f"proposed.{proposal.message_id}",
            icon=f":material/{ICONS[proposal.meaning]}:",
            type="primary" if proposal.is_certain else "secondary",
            disabled=done,
            on_click=answer,
            args=(_about(proposal),),
        )


def in_words(proposal: Proposal) -> str:
    return " ".join(filter(None, (proposal.words, proposal.problem)))


def waiting(texts: Iterable[MessageRow]) -> list[UUID]:
    """The unanswered replies among these texts."""
    return [text.id for text in texts if text.state == State.RECEIVED and text.handled_at is None]


def notices(texts: Sequence[MessageRow], proposals: Mapping[UUID, Proposal], *, stopped: bool) -> tuple[Notice, ...]:
    """The unanswered replies among these texts of one customer, for a board. `stopped`: they get no texts any more.

    Those that were shown before stay until the screen is left, with buttons that cannot be pressed: the second tap of
    two would land on a button of the next reply.
    """
    unanswered = set(waiting(texts))
    shown = {
        message_id: proposal
        for message_id, proposal in proposals.items()
        if not (stopped and proposal.meaning in OF_THE_NUMBER)
    }
    before: dict[UUID, Notice] = page_state.get(NOTICES, {})
    present = {text.id: _notice(text, shown.get(text.id)) for text in texts if text.id in unanswered}
    done = {text.id: _done(before[text.id], text) for text in texts if text.id in before}
    every = {text.id: {**done, **present}[text.id] for text in texts if text.id in {**done, **present}}
    page_state.set(NOTICES, every)
    return tuple(every.values())


def _done(notice: Notice, text: MessageRow) -> Notice:
    """A reply that was dealt with since it was first shown here."""
    ways = tuple(way._replace(disabled=True) if isinstance(way, Act) else way for way in notice.ways)
    return notice._replace(badge=Badge("gray", handled(text) or "Done"), ways=ways)


def _notice(text: MessageRow, proposal: Proposal | None) -> Notice:
    said = f"“{text.body or ''}”"
    words = f"{said} {in_words(proposal)}" if proposal else said
    return Notice(Badge("violet", "Reply"), words, _ways(text, proposal) if may(Permission.TEXTS) else ())


def _ways(text: MessageRow, proposal: Proposal | None) -> tuple[Act, ...]:
    first: tuple[Act, ...] = ()
    if proposal is not None and proposal.label and may(Permission.BOOKINGS):
        looks = "primary" if proposal.is_certain else "button"
        first = (Act(proposal.label, ANSWER, _about(proposal), ICONS[proposal.meaning], looks=looks),)
    elif proposal is not None and proposal.meaning in OF_THE_NUMBER and text.mobile_number:
        first = (Act(actions.STOP_TEXTING, "stop_texting", text.mobile_number, "comments_disabled"),)
    return (
        *first,
        Act("Answer", "answer", str(text.id), "reply"),
        Act("No reply needed", "no_reply", str(text.id), "done"),
    )


def _may_answer() -> bool:
    return may(Permission.TEXTS) and may(Permission.BOOKINGS)


def _about(proposal: Proposal) -> str:
    """What the button does, as it was read: the act is refused if the booking changed since."""
    subject_id = proposal.entry_id or proposal.booking_id
    number = proposal.seats or proposal.minutes or 0
    return f"{proposal.meaning} {proposal.message_id} {subject_id} {proposal.version or 0} {number}"


def _read(about: str) -> Proposal:
    meaning, message_id, subject_id, version, number = about.split()
    proposal = Proposal(UUID(message_id), Meaning(meaning), is_certain=False, words="")
    if proposal.meaning in (Meaning.YES, Meaning.NO):
        return replace(proposal, entry_id=UUID(subject_id))
    of_booking = replace(proposal, booking_id=UUID(subject_id), version=int(version))
    if proposal.meaning is Meaning.LATE:
        return replace(of_booking, minutes=int(number) or None)
    return replace(of_booking, seats=int(number) or None)


def answer(about: str) -> None:
    """Do what was proposed, for `on_click` and for a board."""
    proposal = _read(about)
    try:
        with transaction(actor()) as session:
            done = answers.carry_out(session, proposal, now=now())
            entry = acts.last_entry(session)
    except VenueError as error:
        toast(str(error))
        return
    if done:
        toast(DONE[proposal.meaning], undo=entry if proposal.meaning in UNDOABLE else None)
    else:
        toast("You have dealt with this reply already")
