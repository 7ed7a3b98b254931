"""The journal: who did what and when, with filters in the address."""

from datetime import date
from typing import Any
from uuid import UUID

import streamlit as st

from pages.elements.board import Link, address, draw_board
from pages.elements.calendar import day_field, read_day
from pages.elements.scroll import back_link
from pages.journal import entries_shown
from pages.parts import dialog
from pages.parts.context import actor, now, reading
from pages.parts.device import is_phone
from pages.parts.download import draw_download_menu
from pages.parts.format import near, plain
from pages.parts.permissions import need
from sms.texts import Kind
from venue import customers, events
from venue.acts import Act
from venue.errors import NotFound
from venue.journal import entries, seals, sentences
from venue.roles import Permission
from venue.wording import full_name

ON_A_PAGE = 50
ACTS = {sentences.kind(act): act for act in Act}
SUBJECTS = ("customer", "event", "booking", "template")

need(Permission.JOURNAL)
with reading(actor()) as session:
    people = entries.people(session)


def draw_seal() -> None:
    """The letters with which an administrator can show that the journal is complete."""
    with reading(actor()) as session:
        seal = seals.latest(session)
    if seal:
        st.caption(
            f"Check letters: **{seal.letters}**, {near(seal.sealed_at, now())}. Note them on paper: with them your "
            "administrator can show later that no entry from before was changed or removed."
        )


def draw_filters() -> dict[str, Any]:
    """Draw the filters, and return them as `entries.page` takes them."""
    by_name = {name: staff_id for staff_id, name in people}
    with st.container(horizontal=not is_phone(), gap="xsmall"):
        person = choice("Person", list(by_name), "person", "Anyone")
        what = choice("What", list(ACTS), "what", "Anything")
        with st.container(width="stretch" if is_phone() else 240, gap="xsmall"):
            typed = day_field(
                "Day",
                key="on",
                placeholder="Any day",
                bind="query-params",
                on_change=latest,
                label_visibility="collapsed",
            )
            on = read_filter_day(typed)
    return {"staff_id": by_name.get(person or ""), "act": ACTS.get(what or ""), "day": on}


def choice(label: str, options: list[str], key: str, placeholder: str) -> str | None:
    return st.selectbox(
        label,
        options,
        index=None,
        placeholder=placeholder,
        label_visibility="collapsed",
        key=key,
        bind="query-params",
        filter_mode="contains",
        on_change=latest,
    )


def latest() -> None:
    """With other filters, the latest entries are shown first again."""
    st.query_params.pop("after", None)


def read_filter_day(typed: str) -> date | None:
    """The day that was typed. Anything else shows a problem under the field, and entries of all days."""
    try:
        return read_day(typed) if typed.strip() else None
    except ValueError as problem:
        st.error(str(problem), icon=":material/error:")
        return None


def subject() -> tuple[dict[str, Any], str]:
    """The record in the address, as `entries.page` takes it, and what it is called. A deleted one has no name."""
    for name in SUBJECTS:
        typed = st.query_params.get(name)
        if typed and name == "template":
            return {"template": typed}, f"the {template_name(typed)} template"
        if typed:
            record_id = read_id(typed)
            return {f"{name}_id": record_id}, name_of(name, record_id)
    return {}, ""


def read_id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise NotFound("This link is incomplete or mistyped.") from None


def template_name(kind: str) -> str:
    return sentences.KINDS.get(Kind(kind), kind) if kind in list(Kind) else kind


def name_of(name: str, record_id: UUID) -> str:
    try:
        with reading(actor()) as session:
            if name == "customer":
                return full_name(customers.row(session, record_id))
            if name == "event":
                return events.row(session, record_id).name
    except NotFound:
        return f"a deleted {name}"
    return f"one {name}"


def after() -> int | None:
    typed = st.query_params.get("after", "")
    return int(typed) if typed.isdecimal() else None


def page_links(next_page: int | None) -> tuple[Link, ...]:
    here = {name: value for name, value in st.query_params.items() if name != "after"}
    links = []
    if after() is not None:
        links.append(Link("Latest", address("journal", **here), icon="first_page", looks="button"))
    if next_page is not None:
        older = address("journal", **here, after=next_page)
        links.append(Link("Older", older, icon="navigate_next", looks="button"))
    return tuple(links)


back_link("settings/venue.py", "Settings")
about, called = subject()
head = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
head.title("Journal", width="content", anchor=False)
if about:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"About **{plain(called)}**")
        st.page_link("journal/list.py", label="Show everything", icon=":material/close:")
draw_seal()
filters = draw_filters()
with head:
    draw_download_menu("journal", **filters, **about)
with reading(actor()) as session:
    page = entries.page(session, **filters, **about, after=after(), limit=ON_A_PAGE)
nothing = "No entries match these filters." if any((*filters.values(), *about.values())) else "Nothing was done yet."
shown = entries_shown.section(page.rows, empty=nothing)
draw_board([shown._replace(links=page_links(page.next))], key="journal", on_act=entries_shown.act)
dialog.draw(entries_shown.DIALOGS)
