"""How a text is shown: what it is, its status, and what to do next."""

from collections.abc import Iterable
from typing import TypeVar

from pages.elements.board import Badge, Cell, Column, Notice, Row, Section, address, draw_board
from pages.parts.context import now
from pages.parts.format import near, near_in_short, number, with_full_stop
from venue.messages import channels, labels
from venue.messages.causes import Cause
from venue.messages.labels import state_words, title
from venue.messages.rows import MessageRow
from venue.messages.states import LOST, NOT_YET_GONE, State
from venue.wording import join_names

# The colour and the icon of each state.
LOOKS = {
    State.PLANNED: ("blue", "schedule"),
    State.HELD: ("orange", "pause_circle"),
    State.SENDING: ("blue", "send"),
    State.SENT: ("green", "done"),
    State.DELIVERED: ("green", "done_all"),
    State.UNDELIVERED: ("red", "error"),
    State.FAILED: ("red", "error"),
    State.UNSURE: ("orange", "help"),
    State.SKIPPED: ("gray", "block"),
    State.RECEIVED: ("violet", "inbox"),
}
COLUMNS_OF_ALL = (
    Column("When", "1.5fr"),
    Column("Customer", "1.4fr", "title"),
    Column("Type", "1.2fr", "title"),
    Column("Event", "1.4fr", "beside"),
    Column("Status", "1.1fr", "beside"),
    Column("Text", "3fr"),
)
COLUMNS_OF_ONE_CUSTOMER = (
    Column("When", "1.1fr"),
    Column("Text", "1.5fr", "title"),
    Column("Status", "1fr", "beside"),
)
SomeMessageRow = TypeVar("SomeMessageRow", bound=MessageRow)
STILL_ASKING = "Checking with Twilio…"
ASK_THEM = "We don't know if it arrived. Ask the guest."


def state_badge(state: str) -> Badge:
    colour, _icon = LOOKS[State(state)]
    return Badge(colour, state_words(state))


def next_step(text: MessageRow) -> str:
    """What staff should do about a text that did not arrive. Empty where the reason already says it."""
    if text.handled_at is not None:
        return ""
    if text.state == State.UNSURE:
        return STILL_ASKING if text.next_step_at else ASK_THEM
    if text.state in LOST:
        return "" if text.error_code else "Call them if it matters, or send it again."
    if text.cause == Cause.OPTED_OUT:
        return "" if text.error_code else "Call them instead. Only they can turn texts back on, by texting START."
    return ""


def why(text: MessageRow, said_above: Cause | None = None) -> str:
    """The reason for its state, unless the screen already shows it, and what to do next, as one line."""
    if said_above and text.cause == said_above:
        return next_step(text)
    by_email = with_full_stop(channels.in_words(text.channel_cause))
    return " ".join(filter(None, (by_email, with_full_stop(text.reason), next_step(text))))


def handled(text: MessageRow) -> str:
    """Who marked it as done, and when; empty if it is not."""
    return f"Done by {text.handled_by}, {near(text.handled_at, now())}" if text.handled_at else ""


def moment_in_short(text: MessageRow) -> str:
    if labels.waits_its_turn(text):
        return "Waiting"
    return near_in_short(labels.moment(text), now())


def who(text: MessageRow) -> str:
    """The customer's name, or the number when no customer has it."""
    if text.first_name and text.last_name:
        return join_names(text.first_name, text.last_name)
    return number(text.mobile_number) or "Deleted customer"


def draw_texts_of_all(texts: Iterable[MessageRow], *, key: str) -> None:
    """Texts to and from several customers."""
    rows = [_row_with_name(text) for text in texts]
    draw_board([Section(label="Texts", columns=COLUMNS_OF_ALL, rows=rows, across=True)], key=key)


def customer_texts_section(
    texts: Iterable[MessageRow],
    *,
    said_above: Cause | None = None,
    heading: str = "",
    empty: str = "",
    notices: tuple[Notice, ...] = (),
) -> Section:
    """One customer's texts: what each is and its status, then the reason and the message."""
    rows = [_row_of_one_customer(text, said_above) for text in texts]
    return Section(heading, empty=empty, notices=notices, label="Texts", columns=COLUMNS_OF_ONE_CUSTOMER, rows=rows)


def sent_first(texts: Iterable[SomeMessageRow]) -> list[SomeMessageRow]:
    """Texts that were sent, latest first; then scheduled ones, the next one first."""
    by_time = sorted(texts, key=labels.moment)
    scheduled = [text for text in by_time if text.state in NOT_YET_GONE]
    return [text for text in reversed(by_time) if text.state not in NOT_YET_GONE] + scheduled


def _row_with_name(text: MessageRow) -> Row:
    event = text.event_name or ""
    cells = (moment_in_short(text), who(text), title(text), event, state_badge(text.state))
    return _row(text, cells, f"{who(text)} · {title(text)}")


def _row_of_one_customer(text: MessageRow, said_above: Cause | None) -> Row:
    called = " · ".join(filter(None, (title(text), text.event_name)))
    return _row(text, (moment_in_short(text), called, state_badge(text.state)), "", said_above)


def _row(text: MessageRow, cells: tuple[Cell, ...], label: str, said_above: Cause | None = None) -> Row:
    reasons = tuple(filter(None, (why(text, said_above), handled(text))))
    return Row(address("message", id=text.id), cells, label, reasons, text.body or "")
