"""After a backup was restored: what the provider sent that is not in it, and letting sending go on."""

from typing import Any

import streamlit as st

from pages.elements.toast import tell
from pages.messages.shown import kind_words, who
from pages.parts import page_state
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import counted, near, plain
from venue.delivery import after_restore
from venue.roles import Permission

SHOWN = 100


def draw_restored() -> None:
    with reading(actor()) as session:
        guard = after_restore.standing(session)
        found = after_restore.found(session)
    if guard is None:
        st.success("Sending is not held.", icon=":material/check_circle:")
        return
    if guard.phase is after_restore.Phase.ASKING:
        words = guard.problem or "Come back in a minute."
        st.info(plain(f"Twilio has not told yet what went. {words}"), icon=":material/hourglass_top:")
        return
    known = [match for match in found if match.planned]
    st.markdown(
        f"The last thing this database knows of is **{near(guard.since, now())}**. "
        f"Since then Twilio sent {counted(len(found), 'text')} that it does not have."
    )
    _draw_part(f"Already sent: {counted(len(known), 'text')} planned here", _ALREADY, known)
    lost = [match for match in found if not match.planned]
    _draw_part(f"Not in the backup: {counted(len(lost), 'text')}", _NOT_THERE, lost)
    if Permission.BULK in actor().permissions:
        st.button(
            "Let sending go on",
            type="primary",
            icon=":material/play_circle:",
            on_click=page_state.open_dialog,
            args=("go on",),
        )
    else:
        st.info("A manager lets sending go on.", icon=":material/lock:")


_ALREADY = "When sending goes on, these count as sent and do not go again."
_NOT_THERE = (
    "They speak of what was done after the backup, like a booking that is missing here now: enter it again, without "
    "texting the customer. What is due to the same number is held, so that you can look at it first."
)


def _draw_part(heading: str, words: str, matches: list[Any]) -> None:
    if not matches:
        return
    st.subheader(heading, anchor=False)
    st.caption(words)
    with st.grid("auto", min_column_width=340, gap="xsmall"):
        for match in matches[:SHOWN]:
            with st.container(border=True, gap="xsmall"):
                kind = f" · {kind_words(match.planned.kind)}" if match.planned else ""
                st.markdown(f"**{plain(who(match.found))}**{kind}  \n{near(match.found.sent_at, now())}")
                st.text(match.found.body)
    if len(matches) > SHOWN:
        st.caption(f"{len(matches) - SHOWN} more: all are under Messages, All texts.")


def confirm_going_on(_about: None) -> None:
    st.markdown("From now on texts go again: what is due at once, the rest in its time.")
    fields = Fields(page_state.form_token("go on"))
    if save_or_cancel("Let sending go on"):
        with fields.checked():
            with transaction(actor()) as session:
                held = after_restore.release(session, now=now())
            page_state.close_dialog()
            tell("Sending goes on" + (f"; {counted(held, 'text')} held for you to look at" if held else ""))
            st.rerun()


DIALOGS = {"go on": ("Let sending go on", confirm_going_on)}
