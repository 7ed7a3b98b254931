"""Tags: make them, change them, merge two, and delete them."""

from uuid import UUID

import streamlit as st

from pages.elements.board import Act, Badge, Column, Row, Section, address, draw_board
from pages.elements.scroll import back_link
from pages.parts import dialog
from pages.parts.context import actor, reading, today
from pages.parts.permissions import need
from pages.settings import tag_dialogs
from venue import tags
from venue.roles import Permission
from venue.tags import CountedTag
from venue.wording import counted

COLUMNS = (
    Column("Tag", "1.6fr", "title"),
    Column("Customers", "1fr", "beside"),
    Column("At the door", "1fr"),
    Column("Actions", "2fr"),
)
EXPLAINED = (
    "Staff put tags on customers, such as ‘Regular’ or ‘Nut allergy’, and filter the list by them. "
    "Those shown at the door appear beside the guest on the event page and the door list."
)

need(Permission.FIELDS)
with reading(actor()) as session:
    listed = tags.listed(session, today=today())


def tag_row(tag: CountedTag) -> Row:
    about = str(tag.id)
    ways = (
        Act("Edit", "edit_tag", about),
        *((Act("Merge…", "merge_tag", about),) if len(listed) > 1 else ()),
        Act("Delete", "delete_tag", about, looks="button danger"),
    )
    cells = (Badge(tag.colour, tag.name), counted(tag.customers, "customer"), "Shown" if tag.at_door else "")
    return Row(address("customers", tag=tag.id), cells, label=f"Customers with the tag {tag.name}", ways=ways)


def act(name: str, about: str) -> None:
    dialog.open(name, UUID(about))


back_link("settings/venue.py", "Settings")
st.title("Tags", anchor=False)
st.caption(EXPLAINED)
if st.button("Add tag", type="primary", icon=":material/new_label:"):
    dialog.open("add_tag")
empty = "No tags yet. Add the first one."
section = Section(columns=COLUMNS, rows=[tag_row(tag) for tag in listed], label="Tags", empty=empty)
draw_board([section], key="tags", on_act=act)
dialog.draw(tag_dialogs.DIALOGS)
