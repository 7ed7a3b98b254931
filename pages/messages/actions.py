"""What staff can do with one text: pause it, send it again, mark whether it arrived, answer it."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.messages.shown import who
from pages.parts import dialog, forms
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import close_button, save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import number, plain
from pages.parts.permissions import may
from venue.errors import VenueError
from venue.messages import actions, blocking, log, needs_call, resend
from venue.messages.rows import MessageRow
from venue.messages.states import MAY_GO_AGAIN, NOT_YET_GONE, State
from venue.roles import Permission
from venue.wording import counted

STOP_TEXTING = "Stop texting this number"


def draw_acts(
    text: MessageRow,
    stopped: Mapping[UUID, str | None] = MappingProxyType({}),
    *,
    asks_to_stop: bool = False,
    done: bool = False,
) -> None:
    """The buttons that fit the state of this text.

    `stopped` are the texts whose numbers get no texts, each with the staff member who stopped it (`numbers.stopped`).
    If it `asks_to_stop`, the button to stop texts is drawn with that.
    Those of a reply that is `done` since it was shown cannot be pressed.
    """
    if not may(Permission.TEXTS):
        return
    with st.container(horizontal=True, gap="xsmall"):
        if text.state in NOT_YET_GONE:
            # Both stay where they are: the second tap of two would land on the button that took the place of the first.
            _button("Pause", text, "pause_circle", hold, [text.id], disabled=text.state == State.HELD)
            _button("Resume", text, "play_circle", release, [text.id], disabled=text.state == State.PLANNED)
        if text.state == State.UNSURE and text.handled_at is None:
            _button("Received", text, "done", settle, text.id, True)
            _button("Not received", text, "close", settle, text.id, False)
        if text.state in MAY_GO_AGAIN and text.direction == "out" and text.campaign_id is None:
            _button("Send again", text, "send", dialog.open, "again", text.id)
        if text.state == State.RECEIVED and text.mobile_number and text.id not in stopped:
            _button("Answer", text, "reply", dialog.open, "answer", text.id, disabled=done)
        if text.state == State.RECEIVED and text.handled_at is None:
            _button("No reply needed", text, "done", mark_handled, [text.id], "Marked as done", disabled=done)
        if text.state == State.RECEIVED and text.mobile_number and not asks_to_stop:
            _draw_stop(text, stopped, done=done)


def _draw_stop(text: MessageRow, stopped: Mapping[UUID, str | None], *, done: bool) -> None:
    """Staff can stop texts to the number, and allow them again unless the guest texted STOP."""
    if text.id not in stopped:
        _button(STOP_TEXTING, text, "comments_disabled", stop_texting, text.mobile_number, disabled=done)
    elif stopped[text.id] is not None:
        _button("Allow texts to this number", text, "undo", allow_texting, text.mobile_number, disabled=done)


def _button(
    label: str, text: MessageRow, icon: str, act: Callable[..., None], *about: object, disabled: bool = False
) -> None:
    key = f"{label}.{text.id}"
    st.button(label, key=key, icon=f":material/{icon}:", disabled=disabled, on_click=act, args=about)


# For `on_click`: each acts, and shows a toast.


def hold(ids: Sequence[UUID]) -> None:
    held = _done(lambda session: actions.hold(session, ids, now=now()))
    if held is not None:
        toast(f"{counted(held, 'text')} paused" if held else "This text was already sent")


def release(ids: Sequence[UUID]) -> None:
    released = _done(lambda session: actions.release(session, ids, now=now()))
    if released is not None:
        toast(f"{counted(released, 'text')} resumed")


def mark_handled(ids: Sequence[UUID], words: str) -> None:
    if _done(lambda session: needs_call.mark_handled(session, ids, now=now())) is not None:
        toast(words)


def stop_texting(mobile_number: str) -> None:
    skipped = _done(lambda session: blocking.stop_texting(session, mobile_number, now=now()))
    if skipped is not None:
        toast(
            f"Texts to {number(mobile_number)} are stopped"
            + (f": {counted(skipped, 'text')} skipped" if skipped else "")
        )


def allow_texting(mobile_number: str) -> None:
    again = _done(lambda session: blocking.allow_texting(session, mobile_number, now=now()))
    if again is not None:
        toast(
            f"Texts to {number(mobile_number)} are on again"
            + (f": {counted(again, 'text')} scheduled" if again else "")
        )


def settle(message_id: UUID, went: bool) -> None:
    def act(session: Session) -> int:
        actions.settle_by_hand(session, message_id, went=went, now=now())
        return 1

    if _done(act) is not None:
        toast("Marked as received" if went else "Marked as not received. Call them, or send it again")


def _done(act: Callable[[Session], int]) -> int | None:
    try:
        with transaction(actor()) as session:
            return act(session)
    except VenueError as error:
        toast(str(error))
        return None


# Dialogs


def send_again(message_id: UUID) -> None:
    """Show the text as it would be sent now. One that may have arrived needs a second confirmation."""
    with reading(actor()) as session:
        again = resend.preview(session, message_id, now=now())
    fields = Fields(forms.token("again"))
    if again.why_not:
        st.warning(plain(again.why_not), icon=":material/block:")
        close_button()
        return
    with st.container(border=True):
        st.text(again.body)
    sure = False
    if again.may_be_duplicate:
        st.warning("We don't know if the first one arrived. They may get this text twice.", icon=":material/help:")
        sure = st.checkbox("Send even if it may arrive twice", key=fields.key("sure"))
    if save_or_cancel("Send again"):
        _send_again(fields, message_id, sure)


def _send_again(fields: Fields, message_id: UUID, sure: bool) -> None:
    with fields.checked():
        with transaction(actor()) as session:
            resend.send_again(session, message_id, form_token=fields.form, sure=sure, now=now())
        dialog.close()
        toast("Text queued to be sent again")
        st.rerun()


def answer(message_id: UUID) -> None:
    with reading(actor()) as session:
        text = log.story(session, message_id).message
    with st.container(border=True):
        st.text(text.body or "")
    waits = forms.opened("answer", lambda: text.handled_at is None)
    token = forms.token("answer")
    draft = st.container()
    with st.form(f"answer.{token}", border=False):
        fields = Fields(token)
        fields.long_text("body", "Answer")
        sent = save_or_cancel("Send", form=True)
    keep_draft("answer", draft)
    if sent:
        with fields.checked():
            try:
                with transaction(actor()) as session:
                    needs_call.answer(
                        session, message_id, body=fields["body"], form_token=token, was_waiting=waits, now=now()
                    )
            except needs_call.AnsweredSince:
                forms.set_opened("answer", False)
                raise
            dialog.close()
            toast("Answer queued")
            st.rerun()


def _title(act: str) -> Callable[[UUID], str]:
    """A dialog title that names the customer and the event."""

    def of(message_id: UUID) -> str:
        with reading(actor()) as session:
            text = log.story(session, message_id).message
        return f"{act}: {', '.join(filter(None, (who(text), text.event_name)))}"

    return of


DIALOGS = {"again": (_title("Send again"), send_again), "answer": (_title("Answer"), answer)}
