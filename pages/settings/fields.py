"""The venue's own fields of customers: managers make, rename, move and delete them."""

from uuid import UUID

import streamlit as st

from pages.elements.board import Act, Column, Row, Section, draw_board
from pages.elements.scroll import back_link
from pages.elements.toast import toast
from pages.parts import dialog
from pages.parts.context import actor, now, reading, transaction
from pages.parts.permissions import need
from pages.settings import field_dialogs
from venue import acts, fields
from venue.fields import FieldRow, Kind
from venue.roles import Permission

COLUMNS = (
    Column("Name", "1.5fr", "title"),
    Column("Holds", "0.8fr"),
    Column("Choices", "2fr"),
    Column("Actions", "2.4fr"),
)
MOST_CHOICES_SHOWN = 6

need(Permission.FIELDS)
with reading(actor()) as session:
    listed = fields.listed(session)


def section() -> Section:
    rows = [row(field, place, len(listed)) for place, field in enumerate(listed, start=1)]
    empty = "No fields yet. Add one for what you want to know about customers, such as allergies or a birthday."
    return Section(columns=COLUMNS, rows=rows, empty=empty, label="Fields")


def row(field: FieldRow, place: int, last: int) -> Row:
    about = str(field.id)
    is_choice = field.kind is Kind.CHOICE
    ways = (
        Act("Rename", "rename", about),
        *([Act("Choices", "choices", about)] if is_choice else []),
        *([Act("Move up", "move", f"{about} {place - 1}", icon="arrow_upward")] if place > 1 else []),
        *([Act("Move down", "move", f"{about} {place + 1}", icon="arrow_downward")] if place < last else []),
        Act("Delete", "delete", about, looks="button danger"),
    )
    return Row(
        "", (field.name, field_dialogs.KINDS[field.kind], choices_in_short(field) if is_choice else ""), ways=ways
    )


def choices_in_short(field: FieldRow) -> str:
    names = [choice.name for choice in field.offered]
    more = len(names) - MOST_CHOICES_SHOWN
    return ", ".join(names[:MOST_CHOICES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def act(name: str, about: str) -> None:
    field_id, _, position = about.partition(" ")
    if name != "move":
        dialog.open(name, UUID(field_id))
    with transaction(actor()) as session:
        fields.move(session, UUID(field_id), position=int(position), now=now())
        entry = acts.last_entry(session)
    toast("Moved", undo=entry)


back_link("settings/venue.py", "Settings")
st.title("Fields", anchor=False)
st.caption("What you want to know about customers besides name, number and notes.")
if st.button("Add field", type="primary", icon=":material/add:"):
    dialog.open("add")
draw_board([section()], key="fields", on_act=act)
dialog.draw(field_dialogs.DIALOGS)
