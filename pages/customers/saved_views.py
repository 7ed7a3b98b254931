"""The saved views above the list of customers: open one, and save the list as one.

The address has the view that was opened and its version, beside the filters of the list. A view changes only by "Save".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from pages.customers import list_columns
from pages.customers.list_address import ListAddress, here, show, write
from pages.elements.toast import toast
from pages.parts import dialog, page_state
from pages.parts.confirm import acting
from pages.parts.context import actor, now, reading, transaction
from pages.parts.device import is_phone
from pages.parts.format import near, plain
from pages.parts.permissions import may
from pages.parts.shared_value import draw_shared
from venue import acts, views
from venue.errors import Conflict, Invalid, NotFound
from venue.roles import Permission
from venue.views import ViewRow, parts
from venue.views.parts import Parts

# With more than these, or on a phone, they are behind a button.
MOST_IN_A_ROW = 6
SAVE, EDIT, DELETE = "save_view", "edit_view", "delete_view"  # The names of dialogs.


@dataclass(frozen=True)
class Opened:
    """The view that the address names, if there is one: `parts` without what is outdated, and a sentence in `problems`
    for each of these."""

    row: ViewRow | None = None
    parts: Parts | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    is_refused: bool = False
    """Whether no list is shown, since it would not be what the view says."""


def id_in(address: ListAddress) -> UUID | None:
    try:
        return UUID(address.saved.partition(".")[0])
    except ValueError:
        return None


def version_in(address: ListAddress) -> int:
    """The version that was read when the view was opened; 0 if it was not."""
    version = address.saved.partition(".")[2]
    return int(version) if version.isdecimal() and len(version) < 9 else 0


def address_of(row: ViewRow, parts: Parts) -> ListAddress:
    return ListAddress(where=parts.where, sort=parts.sort, saved=f"{row.id}.{row.version}")


def columns(row: ViewRow | None, address: ListAddress) -> tuple[str, ...]:
    """The names of the columns that the address or its view says; empty if neither does."""
    return row.columns if row and not address.columns else address.columns


def columns_here(session: Session, address: ListAddress) -> list[str]:
    """The names of the columns that are shown, in order."""
    return list(list_columns.shown(session, columns(_row(views.listed(session), address), address)))


def take_up() -> None:
    """Open the view of an address that names nothing else, such as a link from elsewhere. Called before the list is
    drawn."""
    address = here()
    view_id = id_in(address)
    if view_id is None or version_in(address) or page_state.get("view_taken_up") == address.saved:
        return
    if page_state.get("taking_up_view") != address.saved:
        # Streamlit empties the search box on the run that opens an address: wait for the next one.
        page_state.set("taking_up_view", address.saved)
        st.rerun()
    page_state.set("view_taken_up", address.saved)
    try:
        with reading(actor()) as session:
            view = views.opened(session, view_id)
    except (Invalid, NotFound):
        return  # Said where the views are drawn.
    show(address_of(view.row, Parts(view.where, view.sort)))


def draw(address: ListAddress, *, beside: Callable[[], None] | None = None) -> Opened:
    """The views, which one is open, and what can be done with it. `beside` draws what comes before them in the line."""
    with reading(actor()) as session:
        listed = views.listed(session)
        opened = _opened(session, _row(listed, address), address)
    if opened.row and not opened.is_refused and not is_changed(opened, address):
        # What else of it was changed since, such as its name, is shown already.
        address = replace(address, saved=f"{opened.row.id}.{opened.row.version}")
        if here() != address:
            write(address)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if beside:
            beside()
        if listed:
            _draw_choice(listed, opened.row)
        _draw_actions(opened, address)
    if address.saved and opened.row is None:
        st.info("This view no longer exists, or it is someone else’s own.", icon=":material/info:")
    if opened.row and opened.parts and opened.is_refused:
        _draw_refusal(opened.row, opened.parts, list(opened.problems.values()))
    elif opened.row and version_in(address) != opened.row.version:
        changed = (
            f"{opened.row.updated_by} changed this view ({near(opened.row.updated_at, now())}), after you opened it."
        )
        st.warning(plain(changed), icon=":material/warning:")
    return opened


def is_changed(opened: Opened, address: ListAddress) -> bool:
    """Whether the list differs from its view."""
    if opened.row is None or opened.problems:
        return opened.row is not None
    other_columns = address.columns not in ((), opened.row.columns)
    return other_columns or Parts(address.where, address.sort) != opened.parts


def may_change(row: ViewRow) -> bool:
    return not row.is_shared or may(Permission.SHARED_VIEWS)


def parts_here(session: Session, address: ListAddress) -> dict[str, Any]:
    """The list as it is shown, as arguments of `views.save`."""
    query = Parts(address.where, address.sort).to_query()
    return {"query": query, "columns": columns_here(session, address)}


def _row(listed: Sequence[ViewRow], address: ListAddress) -> ViewRow | None:
    view_id = id_in(address)
    return next((row for row in listed if row.id == view_id), None)


def _opened(session: Session, row: ViewRow | None, address: ListAddress) -> Opened:
    if row is None:
        return Opened()
    try:
        return Opened(row, parts.read(session, row.query))
    except Invalid as invalid:
        is_refused = not version_in(address) or bool(invalid.problems.keys() & address.where.in_use().keys())
        return Opened(row, parts.what_reads(session, row.query), invalid.problems, is_refused)


# Choosing one


def _draw_choice(listed: Sequence[ViewRow], row: ViewRow | None) -> None:
    if not is_phone() and len(listed) <= MOST_IN_A_ROW:
        _draw_pills(listed, row)
        return
    label = plain(row.name) if row else "Views"
    behind = st.popover(label, icon=":material/bookmarks:", key="views_menu", on_change="rerun")
    if behind.open:
        with behind:
            _draw_pills(listed, row)


def _draw_pills(listed: Sequence[ViewRow], row: ViewRow | None) -> None:
    names = {str(each.id): _label(each) for each in listed}
    draw_shared(
        st.pills,
        "Views",
        "views",
        str(row.id) if row else None,
        _choose,
        options=list(names),
        format_func=lambda view_id: names.get(view_id, ""),
        label_visibility="collapsed",
    )


def _label(row: ViewRow) -> str:
    return f":material/{'group' if row.is_shared else 'bookmark'}: {plain(row.name)}"


@acting
def _choose(view_id: str | None) -> None:
    """Open the view that was tapped. A tap on the one that is open leads back to all customers."""
    st.session_state["views_menu"] = False
    if view_id is None:
        show(ListAddress())
        return
    with reading(actor()) as session:
        row = views.get(session, UUID(view_id))
        try:
            found = parts.read(session, row.query)
        except Invalid:
            show(ListAddress(saved=view_id))  # Why it cannot be opened is said where the views are drawn.
            return
    show(address_of(row, found))


# What can be done with it


def _draw_actions(opened: Opened, address: ListAddress) -> None:
    row = opened.row
    if row is None:
        _button("Save view", "bookmark_add", dialog.open, SAVE)
    elif opened.is_refused:
        return
    elif not is_changed(opened, address):
        if may_change(row):
            _button("Edit view", "edit", dialog.open, EDIT, row.id)
    else:
        _draw_changed(row, is_outdated=version_in(address) != row.version)


def _draw_changed(row: ViewRow, *, is_outdated: bool) -> None:
    st.badge("Changed", color="orange")
    if may_change(row):
        save, version = ("Use mine", row.version) if is_outdated else ("Save", version_in(here()))
        _button(save, "save", _save, row.id, version)
    _button("Save as mine" if row.is_shared else "Save as new", "bookmark_add", dialog.open, SAVE, row.id)
    _button("Use saved" if is_outdated else "Reset", "undo", _reset, row.id)


def _button(label: str, icon: str, act: Callable[..., None], *about: object) -> None:
    key = f"view.{label.lower().replace(' ', '_')}"
    st.button(label, key=key, icon=f":material/{icon}:", type="tertiary", on_click=act, args=about)


@acting
def _save(view_id: UUID, version: int) -> None:
    address = here()
    try:
        with transaction(actor()) as session:
            view = views.update(session, view_id, version=version, **parts_here(session, address), now=now())
            name, saved, entry = view.name, f"{view.id}.{view.version}", acts.last_entry(session)
    except Conflict:
        return  # Who changed it is said above the list, with the choice.
    write(replace(address, columns=(), saved=saved))
    toast(f"{name} saved", undo=entry)


@acting
def _reset(view_id: UUID) -> None:
    with reading(actor()) as session:
        row = views.get(session, view_id)
        problems = _opened(session, row, ListAddress()).problems
        found = parts.what_reads(session, row.query)
    show(ListAddress(saved=str(view_id)) if problems else address_of(row, found))


# When it is outdated


def _draw_refusal(row: ViewRow, rest: Parts, problems: Sequence[str]) -> None:
    for problem in problems:
        st.error(plain(problem), icon=":material/error:")
    with st.container(horizontal=True):
        label = "Remove that filter" if len(problems) == 1 else "Remove these filters"
        without = (address_of(row, rest),)
        st.button(label, key="view.remove", icon=":material/filter_alt_off:", on_click=show, args=without)
        if may_change(row):
            delete = (DELETE, row.id)
            st.button("Delete view", key="view.delete", icon=":material/delete:", on_click=dialog.open, args=delete)
