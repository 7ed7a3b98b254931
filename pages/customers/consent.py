"""Whether a customer agreed to news and offers: what counts now, its history, and the dialogs to record an answer."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from pages.elements.board import Act, Badge, Card, Line, Section
from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.parts import dialog, forms
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import near, near_in_short, plain
from pages.parts.permissions import if_may
from venue import choices
from venue.privacy import consents
from venue.privacy.consents import Basis, Channel, ConsentLine, ConsentState
from venue.roles import Permission

STATES = {
    Basis.CONSENT: Badge("green", "Agreed"),
    Basis.SOFT_OPT_IN: Badge("green", "Did not object"),
    Basis.REFUSED: Badge("orange", "Declined"),
    Basis.WITHDRAWN: Badge("orange", "Withdrawn"),
    Basis.NOT_ASKED: Badge("gray", "Not asked"),
}
HOW = ("In person", "By phone", "By text", "On paper")
BASES = {
    Basis.CONSENT.value: "They said yes",
    Basis.SOFT_OPT_IN.value: "They bought something and did not object",
}
OTHER = "Other wording"
CHANNELS = {Channel.TEXT: "by text", Channel.EMAIL: "by e-mail"}


class Agreed(NamedTuple):
    """What counts now for texts, and all lines of the ledger, latest first."""

    state: ConsentState
    history: Sequence[ConsentLine]


def read(session: Session, customer_id: UUID) -> Agreed:
    return Agreed(consents.state(session, customer_id), consents.history(session, customer_id))


def section(agreed: Agreed) -> Section:
    """What counts now, with the history and the buttons."""
    buttons = if_may(
        Permission.CUSTOMERS,
        *(() if agreed.state.stopped_at else (Act("Agreed…", "agreed"),)),
        *(() if agreed.state.basis in (Basis.REFUSED, Basis.WITHDRAWN) else (Act(*_refusal(agreed.state)),)),
    )
    card = Card(
        "",
        "News and offers by text",
        badge=STATES[agreed.state.basis],
        faint=_why(agreed.state),
        said=tuple(map(_said, agreed.history)),
        ways=buttons,
    )
    return Section("News and offers", [card])


def dialogs(customer_id: UUID) -> dict[str, tuple[Any, Any]]:
    return {
        "agreed": ("Agreed to news and offers", lambda _about: _agreed(customer_id)),
        "declined": ("Declined news and offers", lambda _about: _refused(customer_id, Basis.REFUSED)),
        "withdrew": ("No more news and offers", lambda _about: _refused(customer_id, Basis.WITHDRAWN)),
    }


def _refusal(state: ConsentState) -> tuple[str, str]:
    """Who agreed before withdraws; who was not asked before declines."""
    return ("Declined…", "declined") if state.basis is Basis.NOT_ASKED else ("Withdrew…", "withdrew")


def _why(state: ConsentState) -> tuple[str, ...]:
    if state.stopped_at:
        who = f"{state.stopped_by} stopped texts to this number" if state.stopped_by else "They texted STOP"
        return (f"{who}, {near(state.stopped_at, now())}",)
    if state.line is None:
        return ()
    sale = (f"Sale: {state.line.sale}",) if state.line.sale else ()
    wording = (f"Told: {state.line.wording}",) if state.line.wording else ()
    return (*sale, *wording)


def _said(line: ConsentLine) -> Line:
    channel = "" if line.channel is Channel.TEXT else f" {CHANNELS[line.channel]}"
    return Line(
        f"{line.how or 'Noted'}{channel}", STATES[line.basis], f"{near_in_short(line.at, now())} · {line.actor}"
    )


def _agreed(customer_id: UUID) -> None:
    with reading(actor()) as session:
        wordings = choices.listed(session)["consent_wordings"].splitlines()
    draft = st.container()
    fields = Fields(forms.token("agreed"))
    fields.radio("basis", "What happened", list(BASES), format_func=lambda basis: BASES[basis])
    if fields["basis"] == Basis.SOFT_OPT_IN:
        fields.text("sale", "Which sale", placeholder="Christmas dinner, paid on 3 December")
        st.caption("Only for similar things of this venue, and only if they could say no then.")
    fields.choice("how", "How they answered", HOW)
    fields.choice("wording", "What they were told", [*wordings, OTHER])
    if fields["wording"] == OTHER:
        fields.long_text("other", "The wording")
    else:
        # A phone shows only the beginning in the field.
        st.caption(plain(fields["wording"]))
    keep_draft("agreed", draft)
    if save_or_cancel():
        line = {name: value for name, value in fields.items() if name != "other"}
        _record(fields, customer_id, {**line, "wording": fields.get("other", line["wording"])}, "Consent recorded")


def _refused(customer_id: UUID, basis: Basis) -> None:
    st.markdown("They get no news or offers by text from now on. Confirmations and reminders are still sent.")
    draft = st.container()
    name = "declined" if basis is Basis.REFUSED else "withdrew"
    fields = Fields(forms.token(name))
    fields.choice("how", "How they answered", HOW)
    keep_draft(name, draft)
    if save_or_cancel():
        _record(fields, customer_id, {**fields, "basis": basis}, "Recorded: no news or offers")


def _record(fields: Fields, customer_id: UUID, line: dict[str, Any], done: str) -> None:
    with fields.checked():
        with transaction(actor()) as session:
            consents.record(session, customer_id, channel=Channel.TEXT, **line, now=now())
        dialog.close()
        toast(done)
        st.rerun()
