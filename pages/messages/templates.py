"""The templates of the texts, with a live preview while they are edited."""

from uuid import UUID

import streamlit as st

from pages.elements.drafts import keep_draft
from pages.elements.live_typing import listen_to_typing
from pages.elements.toast import toast
from pages.journal import entries_shown
from pages.journal.history import draw_history
from pages.messages.send_test import draw_send_test
from pages.messages.sms_length import draw_meter
from pages.parts import dialog, forms
from pages.parts.conflict import Editing
from pages.parts.context import actor, now, reading, transaction
from pages.parts.fields import Fields
from pages.parts.format import near, plain
from pages.parts.permissions import may, need
from sms import texts
from venue import acts
from venue.errors import Conflict
from venue.messages import previews, templates
from venue.messages.labels import KINDS
from venue.messages.previews import Preview
from venue.roles import Permission
from venue.wording import full_name

# As many lines as the longest template has on a phone: a field that grows would move Save during typing.
TEXT_HEIGHT = 220
LABELS = {"body": "Message"}

need(Permission.TEMPLATES)
with reading(actor()) as session:
    all_templates = {template.kind: template for template in templates.all_kinds(session)}
    examples = {row.id: row for row in previews.examples(session, now=now())}


def draw_template(kind: texts.Kind) -> Fields:
    draft = st.container()
    form = f"template.{kind}"
    template = forms.opened(form, lambda: all_templates[kind])
    editing = Editing(form, LABELS, was={"body": template.body}, read=lambda: {"body": all_templates[kind].body})
    fields = Fields(forms.token(form))
    fields.long_text("body", LABELS["body"], template.body, height=TEXT_HEIGHT)
    keep_draft(form, draft, name=f"template.{kind}")
    st.caption(plain("You can use: " + ", ".join(f"{{{name}}}" for name in texts.variables_of(kind))))
    with st.container(horizontal=True, gap="xsmall"):
        if st.button("Save", type="primary"):
            editing.begin_saving()
            save(fields, editing, kind, template.version)
        st.button("Restore default", icon=":material/undo:", on_click=back, args=(fields, kind))
    if fields["body"] != template.body:
        st.warning("Not saved yet. Press Save to use this text.", icon=":material/edit:")
    version = editing.ask(f"the ‘{KINDS[kind]}’ template", yours=LABELS)
    if version is not None:
        save(fields, editing, kind, version)
    return fields


def back(fields: Fields, kind: texts.Kind) -> None:
    """For `on_click`: only typed, not saved."""
    forms.set_field(fields.form, "body", templates.default_body(kind))


def save(fields: Fields, editing: Editing, kind: texts.Kind, version: int) -> None:
    with fields.checked():
        try:
            with transaction(actor()) as session:
                templates.save(session, kind, body=fields["body"], version=version, now=now())
                entry = acts.last_entry(session)
        except Conflict as conflict:
            editing.meet(conflict)
        forms.finish(editing.form)
        toast("Template saved", undo=entry)
        st.rerun()


def draw_without_seats(kind: texts.Kind, body: str) -> None:
    """Reminder-only guests have their own default."""
    if body.strip() == texts.DEFAULT_TEMPLATES[kind] and kind in texts.WITHOUT_SEATS:
        st.caption("Reminder-only guests get this text instead:")
        with st.container(border=True):
            st.text(texts.WITHOUT_SEATS[kind])
        if texts.WITHOUT_SEATS_WHEN_FULL[kind] != texts.WITHOUT_SEATS[kind]:
            st.caption("And this while the event is full:")
            with st.container(border=True):
                st.text(texts.WITHOUT_SEATS_WHEN_FULL[kind])


def draw_preview(kind: texts.Kind, body: str) -> None:
    """The text as a real guest would get it, and the longest case, both by the function that sends."""
    with reading(actor()) as session:
        problems = previews.problems(session, body, kind=kind)
    for problem in problems:
        st.error(plain(problem), icon=":material/error:")
    if problems:
        return
    chosen = (
        st.selectbox("Preview for", list(examples), format_func=example, key="example", filter_mode="contains")
        if examples
        else None
    )
    with reading(actor()) as session:
        longest = previews.longest(session, kind, body=body)
        real = previews.on_booking(session, kind, body=body, booking_id=chosen, now=now()) if chosen else None
    if real is not None:
        draw_shown(real)
    else:
        st.caption("No upcoming bookings to preview.")
    st.markdown("Longest case")
    draw_shown(longest)
    if may(Permission.TEXTS):
        st.button(
            "Send a test",
            icon=":material/smartphone:",
            on_click=dialog.open,
            args=("try", real or longest),
        )


def example(booking_id: UUID) -> str:
    row = examples[booking_id]
    return f"{full_name(row)}, {row.event_name}, {near(row.event_starts_at, now())}"


def draw_shown(shown: Preview) -> None:
    with st.container(border=True):
        st.text(shown.words)
    draw_meter(shown.words, shown.length)


def send_to_my_phone(shown: Preview) -> None:
    draw_send_test(shown.words)


st.page_link("settings/venue.py", label="Settings", icon=":material/arrow_back:")
st.title("Text templates", anchor=False)
kind = st.selectbox(
    "Template", list(all_templates), format_func=KINDS.__getitem__, key="kind_of_text", filter_mode=None
)
template_side, preview_side = st.columns(2, gap="medium")
with template_side:
    fields = draw_template(kind)
with preview_side:
    draw_preview(kind, fields["body"])
    draw_without_seats(kind, fields["body"])
draw_history(f"template.{kind}", template=kind)
listen_to_typing()
dialog.draw({**entries_shown.DIALOGS, "try": (f"Send a test: {KINDS[kind]}", send_to_my_phone)})
