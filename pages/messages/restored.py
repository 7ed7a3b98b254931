"""After a backup was restored: the texts that Twilio sent and the backup does not have, and resuming sending."""

from collections.abc import Sequence

import streamlit as st

from pages.elements.board import Column, Row, Section, address, draw_board
from pages.elements.toast import toast
from pages.messages.shown import moment_in_short, who
from pages.parts import dialog, forms
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import near, plain
from pages.parts.permissions import may
from venue.delivery import after_restore, bulk_pauses
from venue.delivery.after_restore import Match
from venue.messages.labels import kind_words
from venue.roles import Permission
from venue.wording import counted

SHOWN = 100
COLUMNS = (
    Column("Sent", "1.2fr"),
    Column("Customer", "1.4fr", "title"),
    Column("Type", "1.2fr", "title"),
    Column("Text", "3fr"),
)
# What a text that is not in the backup was about is not known.
COLUMNS_WITHOUT_TYPE = tuple(column for column in COLUMNS if column.heading != "Type")


def draw_restored() -> None:
    with reading(actor()) as session:
        guard = after_restore.current(session)
        found = after_restore.found(session)
    if guard is None:
        st.success("Sending is not paused.", icon=":material/check_circle:")
        return
    if guard.phase is after_restore.Phase.ASKING:
        problem = guard.problem or "Come back in a minute."
        st.info(plain(f"Still checking with Twilio what was sent. {problem}"), icon=":material/hourglass_top:")
        return
    known = [match for match in found if match.planned]
    st.markdown(
        f"The newest entry in this backup is from **{near(guard.since, now())}**. "
        f"Since then Twilio sent {counted(len(found), 'text that is', 'texts that are')} not in it."
    )
    lost = [match for match in found if not match.planned]
    _draw_part(f"Already sent: {counted(len(known), 'text')} scheduled here", _ALREADY, known, COLUMNS)
    _draw_part(f"Not in the backup: {counted(len(lost), 'text')}", _NOT_THERE, lost, COLUMNS_WITHOUT_TYPE)
    if may(Permission.BULK):
        st.button(
            "Resume sending",
            type="primary",
            icon=":material/play_circle:",
            on_click=dialog.open,
            args=("go on",),
        )
    else:
        st.info("Only a manager can resume sending.", icon=":material/lock:")


_ALREADY = "These count as sent. They will not be sent again."
_NOT_THERE = (
    "These texts are about changes made after the backup, such as a booking that is now missing. Enter it again, "
    "without texting the customer. Other texts due to the same numbers are put on hold: check them first."
)


def _draw_part(heading: str, words: str, matches: Sequence[Match], columns: tuple[Column, ...]) -> None:
    if not matches:
        return
    st.subheader(heading, anchor=False)
    st.caption(words)
    rows = [_row(match) for match in matches[:SHOWN]]
    draw_board([Section(label=heading, columns=columns, rows=rows, across=True)], key=f"restored.{len(columns)}")
    if len(matches) > SHOWN:
        st.caption(f"{len(matches) - SHOWN} more. See all of them under Messages, All.")


def _row(match: Match) -> Row:
    name = who(match.found)
    kind = (kind_words(match.planned.kind),) if match.planned else ()
    cells = (moment_in_short(match.found), name, *kind)
    return Row(address("message", id=match.found.id), cells, " · ".join((name, *kind)), words=match.found.body or "")


def confirm_resuming(_about: None) -> None:
    with reading(actor()) as session:
        paused = bulk_pauses.names(session)
    st.markdown("Overdue texts are sent now, the rest on schedule.")
    if paused:
        which = ", ".join(f"‘{name}’" for name in paused)
        st.markdown(f"These bulk texts stay paused until you resume each of them: {plain(which)}.")
    fields = Fields(forms.token("go on"))
    if save_or_cancel("Resume sending"):
        with fields.checked():
            with transaction(actor()) as session:
                held = after_restore.release(session, now=now())
            dialog.close()
            toast("Sending resumed" + (f"; {counted(held, 'text')} put on hold for you to check" if held else ""))
            st.rerun()


DIALOGS = {"go on": ("Resume sending", confirm_resuming)}
