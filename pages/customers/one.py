"""One customer: name, number, bookings and texts."""

from typing import Any
from uuid import UUID

import streamlit as st

from pages.bookings import dialogs
from pages.bookings import waitlist as waiting
from pages.bookings.rows import coming_section, draw_older, history_section
from pages.customers import consent, duplicates_shown, held, household, old_address, own_fields, rewards, visits_shown
from pages.customers import tags as tags_shown
from pages.customers.erase import confirm_erase
from pages.customers.form import shown, tidy_names
from pages.customers.number_facts import known_section
from pages.customers.return_to_list import carry, kept
from pages.data import requests_shown
from pages.elements.board import Act, Badge, Card, Link, Section, address, draw_board
from pages.elements.drafts import keep_draft
from pages.elements.scroll import back_link
from pages.elements.toast import toast
from pages.journal.history import draw_history
from pages.messages import actions, proposed
from pages.messages.shown import customer_texts_section, sent_first
from pages.messages.undelivered import trouble
from pages.parts import dialog, forms
from pages.parts.context import actor, now, reading, transaction, venue
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import BOOKING_STATUS, STATUS_COLOUR, number, plain, tel
from pages.parts.paging import page_of
from pages.parts.permissions import if_may, may
from venue import acts, bookings, customers, households, messages, visits, waitlist
from venue.messages import blocking, log, numbers
from venue.replies import proposals
from venue.roles import Permission
from venue.wording import counted, full_name, typed_name

TEXTS_SHOWN = 5
TEXTS_ON_A_PAGE = 25

customer_id = old_address.survivor_of_subject()
with reading(actor()) as session:
    customer = customers.row(session, customer_id)
    booked = bookings.for_customer(session, customer_id, now=now())
    waits = waitlist.for_customer(session, customer_id, now=now())
    texts = sent_first(log.for_customer(session, customer_id, now=now()))
    answerable = proposals.for_replies(session, proposed.waiting(texts), now=now())
    known = numbers.details(session, customer_id)
    agreed = consent.read(session, customer_id)
    tagged = tags_shown.read(session, customer_id)
    own = own_fields.read(session, customer_id)
    same = duplicates_shown.read(session, customer_id)
    living = household.read(session, customer_id)
    came = visits.of_customer(session, customer_id, now=now())
    reward = visits.progress(session, [customer_id]).get(customer_id)
said_above = known.blocked.cause if known.blocked else None


def head() -> None:
    back_link("customers/list.py", "Customers", **kept())
    st.title(plain(full_name(customer)), anchor=False)
    if known.cannot_text:
        st.warning(plain(f"{known.cannot_text.removesuffix('.')}. Call instead."), icon=":material/phone_disabled:")
    if known.opted_out_by and may(Permission.TEXTS):
        st.button(
            "Allow texts to this number",
            icon=":material/undo:",
            on_click=actions.allow_texting,
            args=[customer.mobile_number],
        )
    # Staff may try a number again that texts did not reach. Only the guest can undo a STOP.
    may_try = known.cannot_text and not known.opted_out_at and may(Permission.TEXTS)
    if may_try and st.button("Try texting again", icon=":material/sms:"):
        with transaction(actor()) as session:
            blocking.unblock(session, customer.mobile_number, now=now())
        toast("Texts to this number are on again")
        st.rerun()
    offer_tidy_name()


def who_section() -> Section:
    """Their number and notes, with the buttons."""
    status = "active" if booked.active else "reminder_only" if booked.reminders else "none"
    badge = Badge(STATUS_COLOUR[status], BOOKING_STATUS[status])
    edit = address("edit_customer", id=customer_id, **carry())
    merge = address("merge", id=customer_id)
    ways = (
        *if_may(Permission.BOOKINGS, Act("Add booking", "book", icon="event_seat", key="b", looks="primary wide")),
        *if_may(Permission.CUSTOMERS, Link("Edit", edit, icon="edit", key="e", looks="button")),
        *prefer_way(),
        *(() if known.cannot_text else if_may(Permission.TEXTS, Act("Send a text", "text", icon="sms"))),
        *if_may(Permission.MERGE, Link("Merge…", merge, icon="merge", looks="button")),
        *if_may(Permission.DELETE, Act("Delete", "delete", icon="delete", looks="button danger")),
    )
    return Section(
        cards=[
            Card(
                tel(customer.mobile_number),
                number(customer.mobile_number),
                email_lines(),
                badge=badge,
                words=customer.notes,
                ways=ways,
            )
        ]
    )


def sends_email() -> bool:
    """Whether messages about bookings may go to this customer by e-mail."""
    return bool(customer.email) and venue().sends_email


def email_lines() -> tuple[str, ...]:
    """Their address, and whether confirmations and reminders go there."""
    if not customer.email:
        return ()
    instead = sends_email() and (customer.prefers_email or known.cannot_text)
    return (customer.email, "Gets e-mails instead of texts") if instead else (customer.email,)


def prefer_way() -> tuple[Act | Link, ...]:
    """The button that changes whether confirmations and reminders are texts or e-mails."""
    if not sends_email():
        return ()
    texts, emails = (
        Act("Send texts again", "prefer_texts", icon="mail"),
        Act("Send e-mails instead", "prefer_emails", icon="mail"),
    )
    return if_may(Permission.CUSTOMERS, texts if customer.prefers_email else emails)


def change_preference(*, prefers: bool) -> None:
    if customer.prefers_email == prefers:  # By the first of two taps.
        return
    with transaction(actor()) as session:
        customers.update(session, customer_id, version=customer.version, prefers_email=prefers, now=now())
        entry = acts.last_entry(session)
    toast(f"Confirmations and reminders go by {'e-mail' if prefers else 'text'}", undo=entry)
    st.rerun()


def offer_tidy_name() -> None:
    """For a name in all capitals or all small letters: a button that changes it to the usual capitals."""
    tidy: dict[str, Any] = tidy_names(customer.first_name, customer.last_name)
    if not tidy or not may(Permission.CUSTOMERS):
        return
    written = typed_name({**shown(customer), **tidy})
    if st.button(plain(f"Change to ‘{written}’"), icon=":material/match_case:"):
        with Fields("tidy").checked():
            with transaction(actor()) as session:
                customers.update(session, customer_id, version=customer.version, **tidy, now=now())
                entry = acts.last_entry(session)
            toast("Name changed", undo=entry)
            st.rerun()


def texts_section() -> Section:
    on_bookings = {row.id for row in (*booked.active, *booked.reminders)}
    others = [text for text in texts if text.needs_person and text.booking_id not in on_bookings]
    section = customer_texts_section(
        texts[:TEXTS_SHOWN],
        said_above=said_above,
        heading="Texts",
        empty="No texts yet.",
        notices=(
            *proposed.notices(texts, answerable, stopped=known.opted_out_at is not None),
            *trouble(others, said_above),
        ),
    )
    return section._replace(links=(Link("Conversation", address("conversation", id=customer_id), "forum"),))


def draw_older_texts() -> None:
    older = texts[TEXTS_SHOWN:]
    if older:
        # Drawn only when opened: a regular has many old texts that are rarely read.
        folded = st.expander(counted(len(older), "more text"), key="older_texts", on_change="rerun")
        if folded.open:
            with folded:
                shown = page_of(older, size=TEXTS_ON_A_PAGE, key="older_texts.page")
                draw_board([customer_texts_section(shown, said_above=said_above)], key="more_texts")
                if len(texts) == log.MOST_OF_A_CUSTOMER:
                    st.caption(f"Only the latest {len(texts):,} are shown.")


def act(name: str, about: str) -> None:
    """A button on the board was pressed."""
    if name == proposed.ANSWER:
        proposed.answer(about)
        return
    if name == "stop_texting":
        actions.stop_texting(about)
        return
    ids = [UUID(each) for each in about.split()]
    if name == "called":
        actions.mark_handled(ids, "Marked as called")
    elif name == "no_reply":
        actions.mark_handled(ids, "Marked as done")
    elif name == waiting.ACCEPT:
        waiting.accept(ids[0])
    elif name in ("prefer_texts", "prefer_emails"):
        change_preference(prefers=name == "prefer_emails")
    elif name == rewards.GIVE:
        rewards.give(customer_id)
    elif name in household.ACTS:
        household.act(name, customer_id, ids)
    else:
        dialog.open(name, *ids)


def write_text(_about: None) -> None:
    token = forms.token("text")
    with reading(actor()) as session:
        household.warn_of_other_readers(households.with_same_number(session, customer_id))
    draft = st.container()
    with st.form(f"text.{token}", border=False):
        fields = Fields(token)
        fields.long_text("body", "Message")
        sent = save_or_cancel("Send", form=True)
    keep_draft("text", draft)
    if sent:
        with fields.checked():
            with transaction(actor()) as session:
                messages.text_customer(
                    session, customer_id=customer_id, body=fields["body"], form_token=token, now=now()
                )
            dialogs.done("Text queued")


head()
tags_shown.draw(customer_id, tagged)
draw_board(
    [
        *duplicates_shown.sections(same, customer_id),
        who_section(),
        *own_fields.sections(own, customer.first_name),
        *household.sections(living, customer),
        coming_section("Active bookings", booked.active, texts, empty="No active bookings.", said_above=said_above),
        coming_section("Reminders", booked.reminders, texts, empty="No reminder-only bookings.", said_above=said_above),
        *waiting.sections_of_customer(waits),
        *visits_shown.sections(customer_id, came, reward),
        history_section(booked.history),
    ],
    [
        texts_section(),
        consent.section(agreed),
        requests_shown.section_of_customer(customer_id),
        *held.sections(),
        known_section(customer, known),
    ],
    key=f"board.{customer_id}",
    on_act=act,
)
draw_older(booked.history)
draw_older_texts()
draw_history("customer", customer_id=customer_id)
dialog.draw(
    {
        **dialogs.DIALOGS,
        **actions.DIALOGS,
        "book": (
            f"Add booking: {full_name(customer)}",
            lambda _about: dialogs.add_to_customer(customer_id),
        ),
        "text": (f"Send a text: {full_name(customer)}", write_text),
        **consent.dialogs(customer_id),
        **household.dialogs(customer_id),
        **tags_shown.dialogs(customer_id, tagged),
        **requests_shown.ADD,
        "held": (f"What we hold: {full_name(customer)}", lambda _about: held.show_held(customer_id)),
        "delete": (f"Delete customer: {full_name(customer)}", lambda _about: confirm_erase(customer_id)),
    }
)
