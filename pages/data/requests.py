"""What guests asked about their data: open requests, those due soon, or all."""

import streamlit as st

from pages.data import requests_shown
from pages.elements.board import Column, Row, Section, address, draw_board
from pages.elements.scroll import back_link
from pages.parts import dialog
from pages.parts.context import actor, now, reading
from pages.parts.device import is_phone
from pages.parts.permissions import may, need
from venue.privacy import requests
from venue.privacy.requests import RequestRow, Show
from venue.roles import Permission
from venue.wording import ERASED, counted

COLUMNS = (
    Column("Who asked", "1.4fr", "title"),
    Column("What", "0.8fr"),
    Column("Received", "1.2fr", "beside"),
    Column("Next step", "2fr"),
)
# The address has these names.
VIEWS = {"Open": Show.OPEN, "Due": Show.DUE, "All": Show.ALL}
EMPTY = {"Open": "No open requests.", "Due": "Nothing is due within 7 days.", "All": "No requests yet. Add one when a guest asks."}


def row(request: RequestRow) -> Row:
    cells = (
        request.person or ERASED,
        requests_shown.KINDS[request.kind],
        requests_shown.day_words(request.received_on),
        requests_shown.next_step(request),
    )
    return Row(address("request", id=request.id), cells)


def draw_list() -> None:
    view = st.segmented_control(
        "Show",
        list(VIEWS),
        default="Open",
        required=True,
        key="show_requests",
        bind="query-params",
        label_visibility="collapsed",
        width="stretch" if is_phone() else "content",
    )
    with reading(actor()) as session:
        rows = requests.listed(session, show=VIEWS[view], now=now())
    if rows:
        st.caption(counted(len(rows), "request"))
    table = Section(columns=COLUMNS, rows=[row(each) for each in rows], empty=EMPTY[view], label="Requests")
    draw_board([table], key="requests")


need(Permission.CUSTOMERS)
answers = may(Permission.REQUESTS)
back_link(*(("data/home.py", "Data") if answers else ("today.py", "Today")))
st.title("Requests", anchor=False)
if st.button("Add request", type="primary", icon=":material/add:"):
    dialog.open("request")
if answers:
    draw_list()
else:
    st.caption("Guests may ask what you hold about them, and to correct or erase it. Add it here: a manager answers it.")
dialog.draw(requests_shown.ADD)
