"""One bulk text: a draft with its check, or how far it has come, live."""

from datetime import datetime
from functools import partial
from typing import Any

import streamlit as st

from pages.campaigns import dialogs
from pages.campaigns.audience import in_words
from pages.campaigns.shown import BADGES
from pages.elements.board import Section, draw_board
from pages.elements.scroll import back_link
from pages.elements.toast import toast
from pages.parts import dialog, page_state
from pages.parts.confirm import acting
from pages.parts.context import actor, now, reading, transaction, venue, watching
from pages.parts.format import near, plain, when
from pages.parts.permissions import need
from venue import campaigns, clock
from venue.campaigns import Audience, CampaignRow, labels
from venue.campaigns.progress import OPEN, ends_at, waits_for_hours
from venue.roles import Permission
from venue.wording import counted

EVERY_SECONDS = 2

need(Permission.BULK)
campaign_id = page_state.subject()
with reading(actor()) as session:
    row = campaigns.get(session, campaign_id)
    audience = campaigns.find(session, row.campaign, now=now()) if row.state == "draft" else None


def draw_draft(audience: Audience) -> None:
    """The three questions that must have an answer before it is sent, and what it costs."""
    for problem in audience.problems:
        st.error(plain(problem), icon=":material/error:")
    gets, texts = len(audience.recipients), counted(len(audience.recipients), "text")
    price = venue().bulk_texts.price
    left_out = [(f"{number:,} left out", words) for words, number in labels.left_out(audience.left_out)]
    who = [("Audience", counted(audience.total, "customer")), ("Agreed and get it", f"{gets:,}"), *left_out]
    others = [
        Section("When?", facts=[("They agreed", agreed(audience.agreed_first, audience.agreed_last))]),
        Section("Can they refuse?", facts=[("The text says", campaigns.STOP_LINE)]),
    ]
    if not audience.problems:
        sms = counted(audience.segments, "SMS", "SMS")
        cost = price.of(audience.segments) if price else "Not known: set the price of a text under Settings"
        others.append(Section("What goes out", facts=[("Texts", f"{texts} · {sms}"), ("Cost", cost)]))
    draw_board([Section("Who agreed?", facts=who)], others, key="check")
    if audience.recipients and audience.recipients[0].body:
        with st.container(border=True):
            st.text(audience.recipients[0].body)
    with st.container(horizontal=True, gap="xsmall"):
        if not audience.problems:
            about = (campaign_id, row.campaign.version, audience.ids, audience.segments)
            st.button("Send…", type="primary", icon=":material/send:", on_click=dialog.open, args=("confirm", about))
        if st.button("Edit", icon=":material/edit:"):
            page_state.go("campaigns/edit.py", id=campaign_id)
        st.button(":red[Delete]", icon=":material/delete:", on_click=dialog.open, args=("delete", campaign_id))


def agreed(first: datetime | None, last: datetime | None) -> str:
    if first is None or last is None:
        return "No one"
    return when(first) if first == last else f"From {when(first)} to {when(last)}"


def draw_buttons(state: str) -> None:
    if state not in OPEN:
        return
    # Both stay where they are: the second tap of two would land on the button that took the place of the first.
    with st.container(horizontal=True, gap="xsmall"):
        is_paused = state == "paused"
        looks: dict[bool, Any] = {True: "primary", False: "secondary"}
        st.button(
            "Pause",
            key="pause",
            icon=":material/pause:",
            type=looks[not is_paused],
            disabled=is_paused,
            on_click=acting(pause),
        )
        st.button(
            "Resume",
            key="resume",
            icon=":material/play_arrow:",
            type=looks[is_paused],
            disabled=not is_paused,
            on_click=acting(resume),
        )
        st.button(":red[Stop]", icon=":material/stop:", on_click=dialog.open, args=("stop", campaign_id))


def pause() -> None:
    with transaction(actor()) as session:
        campaigns.pause(session, campaign_id, now=now())
    toast("Paused: none is sent until you resume")


def resume() -> None:
    with transaction(actor()) as session:
        campaigns.resume(session, campaign_id, now=now())
    toast("Resumed")


def draw_progress(started: str) -> None:
    """The page is drawn again when its state has changed."""
    with watching(), reading(actor()) as session:
        row = campaigns.get(session, campaign_id)
        last = ends_at(session, row, now=now())
        outside = waits_for_hours(session, now=now())
    if row.state != started:
        st.rerun()
    done = row.progress
    if row.state in OPEN and row.campaign.messages:
        st.progress(1 - (done.waiting + done.on_its_way) / row.campaign.messages, text=doing(row, last, outside))
    draw_board([progress_section(row)], [left_out_section(row)], key="progress")
    if done.went:
        draw_result()


def draw_result() -> None:
    with watching(), reading(actor()) as session:
        result = campaigns.result(session, campaign_id)
    st.markdown(f"{result.words}.")
    if result.counts_until is not None and result.counts_until > now():
        st.caption(f"Counted until {when(result.counts_until)}. Some would have come without the text.")
    else:
        st.caption("Some would have come without the text.")


def doing(row: CampaignRow, last: datetime | None, outside: bool) -> str:
    if row.state == "paused":
        return f"Paused: {counted(row.progress.waiting, 'text')} waiting"
    if last is None:
        return BADGES[row.state].words
    hours = f"Bulk texts go {clock.format_hours(venue().bulk_texts.hours)}. " if outside else ""
    return f"{hours}The last one goes {near(last, now())}, at {row.campaign.per_minute} a minute"


def progress_section(row: CampaignRow) -> Section:
    done = row.progress
    facts = [
        ("Waiting", done.waiting),
        ("Being sent", done.on_its_way),
        ("Sent, not confirmed yet", done.sent),
        ("Delivered", done.delivered),
        ("Unknown whether they arrived", done.unknown),
        ("Failed", done.failed),
        *labels.skipped(done.skipped),
        ("The customer was erased or deleted", done.erased),
    ]
    shown = [(words, f"{number:,}") for words, number in facts if number]
    return Section(counted(row.campaign.messages, "text"), facts=shown)


def left_out_section(row: CampaignRow) -> Section:
    shown = [(words, f"{number:,}") for words, number in labels.left_out(row.campaign.left_out)]
    heading = f"{counted(row.campaign.audience - row.campaign.messages, 'customer')} left out"
    return Section(heading, facts=shown, empty="" if shown else "Everyone in the audience is texted.")


back_link("campaigns/list.py", "Bulk texts")
st.title(plain(row.campaign.name), anchor=False)
st.markdown(f"{BADGES[row.state].markdown} To: {plain(in_words(row.campaign))}")
if audience is not None:
    draw_draft(audience)
else:
    confirmed_at = row.campaign.confirmed_at or row.campaign.created_at
    st.caption(plain(f"Confirmed {near(confirmed_at, now())} by {row.campaign.confirmed_by}"))
    if row.state == "paused" and row.campaign.paused_by_restore:
        st.warning(labels.PAUSED_BY_RESTORE, icon=":material/settings_backup_restore:")
    draw_buttons(row.state)
    every = EVERY_SECONDS if row.state in OPEN else None
    st.fragment(partial(draw_progress), run_every=every)(row.state)
    with st.container(border=True):
        st.text(f"{row.campaign.body} {campaigns.STOP_LINE}")
dialog.draw(dialogs.DIALOGS)
