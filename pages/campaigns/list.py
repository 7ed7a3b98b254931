"""Bulk texts: drafts, those being sent, and those that are finished."""

import streamlit as st

from pages.campaigns.shown import BADGES, how_far
from pages.elements.board import Column, Row, Section, address, draw_board
from pages.elements.scroll import back_link
from pages.parts import page_state
from pages.parts.context import actor, now, reading
from pages.parts.format import near
from pages.parts.permissions import need
from venue import campaigns
from venue.campaigns import CampaignRow
from venue.roles import Permission
from venue.wording import counted

COLUMNS = (
    Column("Name", "2fr", "title"),
    Column("Status", "1fr", "beside"),
    Column("Texts", "2fr"),
    Column("When", "2fr"),
)
EXPLAINED = (
    "News and offers to many customers at once. Only those get one who agreed to it. "
    "To text some customers of the list, filter it and press ‘Text these’, or select them and press ‘Text’."
)

need(Permission.BULK)
with reading(actor()) as session:
    listed = campaigns.listed(session)


def shown(row: CampaignRow) -> Row:
    one = row.campaign
    at, who = (one.confirmed_at, one.confirmed_by) if one.confirmed_at else (one.created_at, one.created_by)
    texts = f"{counted(one.messages, 'text')}: {how_far(row.progress)}" if one.confirmed_at else ""
    cells = (one.name, BADGES[row.state], texts, f"{near(at, now())}, {who}")
    return Row(address("campaign", id=one.id), cells)


back_link("messages/list.py", "Messages")
st.title("Bulk texts", anchor=False)
st.caption(EXPLAINED)
if st.button("New bulk text", type="primary", icon=":material/campaign:"):
    page_state.go("campaigns/edit.py")
empty = "No bulk texts yet. Write the first one: nothing is sent until you confirm it."
section = Section(columns=COLUMNS, rows=[shown(row) for row in listed], label="Bulk texts", empty=empty)
draw_board([section], key="campaigns")
