"""Write a bulk text: to whom, its words with a live preview, and when it may be sent."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import streamlit as st

from db.models import Campaign
from pages.campaigns.audience import SELECTED, as_json, choices
from pages.customers.return_to_list import opened_from
from pages.elements.calendar import read_day
from pages.elements.drafts import keep_draft
from pages.elements.live_typing import listen_to_typing
from pages.elements.scroll import back_link
from pages.elements.toast import toast
from pages.messages.send_test import draw_send_test
from pages.messages.sms_length import draw_meter
from pages.parts import dialog, forms, page_state
from pages.parts.context import actor, now, reading, transaction, venue
from pages.parts.fields import Fields
from pages.parts.format import day, plain
from pages.parts.permissions import may, need
from sms import segments
from venue import campaigns, clock, events
from venue.campaigns import words
from venue.campaigns.examples import Examples, examples
from venue.errors import Invalid
from venue.roles import Permission

FORM = "campaign"
TEXT_HEIGHT = 180

need(Permission.BULK)
campaign_id = page_state.subject() if "id" in st.query_params else None


def read() -> Campaign:
    """The draft that is edited, or a new one to the customers of the list that it was opened from."""
    if campaign_id is None:
        query = opened_from().where.to_query()
        return Campaign(name="", body=words.DEFAULT, query=as_json(query), per_minute=60)
    with reading(actor()) as session:
        return campaigns.get(session, campaign_id).campaign


def draw_fields(draft: Campaign) -> Fields:
    fields = Fields(forms.token(FORM))
    fields.text("name", "Name", draft.name, placeholder="Jazz in June", help="Customers do not see it")
    to = choices(draft)
    fields.choice("query", "To", list(to), format_func=to.__getitem__, filter_mode="contains")
    with reading(actor()) as session:
        upcoming = {row.id: f"{row.name}, {day(row.starts_at)}" for row in events.upcoming(session, now=now())}
    if draft.event_id is not None:
        upcoming.setdefault(draft.event_id, "An event that is over or was deleted")
    about = "About an event (optional)"
    fields.optional_choice("event_id", about, list(upcoming), draft.event_id, format_func=upcoming.__getitem__)
    fields.long_text("body", "Message", draft.body, height=TEXT_HEIGHT)
    usable = words.variables(about_event=fields["event_id"] is not None)
    st.caption(plain("You can use: " + ", ".join(f"{{{name}}}" for name in usable)))
    st.caption(f"Added at the end: “{words.STOP_LINE}”")
    last_day = clock.today(draft.useful_until - timedelta(seconds=1), venue().zone) if draft.useful_until else None
    fields.day("useful_until", "Last day for sending it (optional)", last_day)
    fields.number("per_minute", "Most texts per minute", draft.per_minute)
    return fields


def draw_preview(fields: Fields) -> None:
    given = {"body": fields["body"], "event_id": fields["event_id"]}
    try:
        with reading(actor()) as session:
            found = examples(session, **whom(fields), **given, now=now())
    except Invalid as invalid:
        found = Examples(list(invalid.problems.values()))
    for problem in found.problems:
        st.error(plain(problem), icon=":material/error:")
    if found.problems:
        return
    by_id = {each.id: each for each in found.people}
    shown = found.longest
    if by_id:
        chosen = st.selectbox("Preview for", list(by_id), format_func=lambda one: by_id[one].name, key="preview_for")
        shown = by_id[chosen].body
        draw_text(shown)
    else:
        st.info("None of these customers has agreed to news by text.", icon=":material/person_off:")
    st.markdown("Longest case")
    draw_text(found.longest)
    if may(Permission.TEXTS):
        st.button("Send a test", icon=":material/smartphone:", on_click=dialog.open, args=("try", shown))


def whom(fields: Fields) -> dict[str, Any]:
    is_list = fields["query"] == SELECTED
    return {"query": {} if is_list else json.loads(fields["query"]), "list_of": campaign_id if is_list else None}


def draw_text(body: str) -> None:
    with st.container(border=True):
        st.text(body)
    draw_meter(body, segments.count(body))


def save(fields: Fields, draft: Campaign) -> None:
    with fields.checked():
        values: dict[str, Any] = {**fields, "useful_until": end_of(fields["useful_until"])}
        query = values.pop("query")
        if query != SELECTED:  # Otherwise it still goes to those who were selected.
            values["query"] = json.loads(query)
        with transaction(actor()) as session:
            if campaign_id is None:
                saved = campaigns.add(session, **values, form_token=forms.token(FORM), now=now()).id
            else:
                saved = campaigns.update(session, campaign_id, version=draft.version, **values, now=now()).id
        forms.finish(FORM)
        toast("Draft saved")
        page_state.go("campaigns/one.py", id=saved)


def end_of(typed: str) -> datetime | None:
    """The end of the day that was typed. Raises Invalid."""
    try:
        return clock.day_bounds(read_day(typed), venue().zone)[1] if typed.strip() else None
    except ValueError as problem:
        raise Invalid(useful_until=str(problem)) from None


def cancel() -> None:
    forms.finish(FORM)
    where: dict[str, UUID] = {} if campaign_id is None else {"id": campaign_id}
    page_state.go("campaigns/one.py" if campaign_id else "campaigns/list.py", **where)


def draw_form(draft: Campaign) -> None:
    written, preview = st.columns(2, gap="medium")
    with written:
        place = st.container()
        fields = draw_fields(draft)
        keep_draft(FORM, place)
        with st.container(horizontal=True):
            if st.button("Save and check", type="primary"):
                save(fields, draft)
            if st.button("Cancel", type="tertiary"):
                cancel()
    with preview:
        draw_preview(fields)
    listen_to_typing()
    dialog.draw({"try": ("Send a test", draw_send_test)})


def draw_confirmed() -> None:
    """The browser's Back leads here after it was confirmed."""
    st.info(campaigns.CONFIRMED, icon=":material/lock:")
    where = {"id": str(campaign_id)}
    st.page_link("campaigns/one.py", label="The bulk text", icon=":material/campaign:", query_params=where)


draft = forms.opened(FORM, read)
back_link("campaigns/list.py", "Bulk texts")
st.title("Edit bulk text" if campaign_id else "New bulk text", anchor=False)
if draft.confirmed_at is None:
    draw_form(draft)
else:
    draw_confirmed()
