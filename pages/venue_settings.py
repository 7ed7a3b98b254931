"""The words of the texts, and what is set for this venue."""

from datetime import timedelta

import streamlit as st

from pages.parts import visit
from pages.parts.conflict import draw_conflict
from pages.parts.desk import actor, house, now, reading, transaction
from pages.parts.fields import Fields
from pages.parts.texts import KINDS
from pages.parts.told import tell
from pages.parts.words import counted, plain
from sms import segments, texts
from venue import templates
from venue.errors import Conflict

LABELS = {"body": "Words"}

with reading(actor()) as session:
    all_words = {words.kind: words for words in templates.all_kinds(session)}


def draw_words() -> None:
    st.subheader("Words of the texts", anchor=False)
    kind = st.selectbox(
        "Text", list(all_words), format_func=lambda kind: KINDS[kind], key="kind_of_text", filter_mode=None
    )
    words = all_words[kind]
    token = visit.form_token(f"words.{kind}.{words.version}")
    fields = Fields(token)
    fields.long_text("body", LABELS["body"], words.body)
    st.caption(plain("You can use " + ", ".join(f"{{{name}}}" for name in texts.VARIABLES)))
    preview(fields["body"])
    if st.button("Save", type="primary"):
        visit.forget("conflict")
        save(fields, kind, words.version)
    chosen = draw_conflict(LABELS)
    if chosen is not None:
        save(fields, kind, chosen)


def save(fields: Fields, kind: texts.Kind, version: int) -> None:
    with fields.checked():
        try:
            with transaction(actor()) as session:
                templates.save(session, kind, body=fields["body"], version=version, now=now())
        except Conflict as conflict:
            visit.remember("conflict", conflict)
            return
        tell(f"{KINDS[kind]}: saved")
        st.rerun()


def preview(body: str) -> None:
    """As it would be sent to the customer with the longest name, by the function that sends."""
    body = segments.straighten(body).strip()
    if texts.check(body, venue_phone=house().phone):
        return
    words = texts.render(body, texts.LONGEST, now=texts.LONGEST.event_starts_at - timedelta(days=3), zone=house().zone)
    with st.container(border=True):
        st.text(words)
    length = segments.count(words)
    st.caption(f"With a very long name: {counted(length.segments, 'segment')}, {length.encoding}")


def draw_venue() -> None:
    st.subheader("The venue", anchor=False)
    hours = house().hours
    closing = f"{hours.closes:%H:%M}" if hours and hours.closes.hour else "24:00"
    st.table(
        {
            "Name": plain(house().name),
            "Phone": plain(house().phone or "not set"),
            "Time zone": plain(house().zone.key),
            "Reminders leave": f"{hours.opens:%H:%M} to {closing}" if hours else "at any hour",
            "Texts": "simulated: nothing leaves this machine" if house().simulated else "sent by Twilio",
        },
        border="horizontal",
    )
    st.caption("These are set where Anchor Desk runs, in its environment.")


st.title("Settings", anchor=False)
draw_words()
draw_venue()
