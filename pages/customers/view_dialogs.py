"""The dialogs about saved views: save the list as one, edit it and delete it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import streamlit as st

from pages.customers import saved_views
from pages.customers.list_address import ListAddress, here, write
from pages.customers.saved_views import DELETE, EDIT, SAVE
from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.parts import dialog, forms
from pages.parts.conflict import Editing
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.permissions import may
from venue import acts, views
from venue.errors import Conflict
from venue.roles import Permission
from venue.views import ViewRow

LABELS = {"name": "Name", "on_today": "Show the count on Today"}


def save(view_id: UUID | None) -> None:
    """Save the list as a new view. `view_id` is the view that it was opened from."""
    like = _view(view_id) if view_id else None
    token = forms.token(SAVE)
    draft = st.container()
    st.caption("Keeps the search, filters, order and columns of the list.")
    fields = Fields(token)
    _draw_fields(fields, like)
    shared = False
    if may(Permission.SHARED_VIEWS):
        shared = st.toggle("Shared with all staff", key=fields.key("shared"))
    keep_draft(SAVE, draft)
    if save_or_cancel():
        address = here()
        with fields.checked():
            with transaction(actor()) as session:
                held = saved_views.parts_here(session, address)
                view = views.save(session, **fields, **held, shared=shared, form_token=token, now=now())
                name, saved, entry = view.name, f"{view.id}.{view.version}", acts.last_entry(session)
            _open(address, saved)
            _done(f"{name} saved", entry)


def edit(view_id: UUID) -> None:
    """Its name and whether it is on Today, with the version that was read when the dialog opened."""
    view = forms.opened(EDIT, lambda: _view(view_id))
    editing = Editing(EDIT, LABELS, was=_stored(view), read=lambda: _stored(_view(view_id)))
    question = st.container()
    draft = st.container()
    if view.is_shared:
        st.caption("Shared with all staff.")
    fields = Fields(forms.token(EDIT))
    _draw_fields(fields, view)
    keep_draft(EDIT, draft)
    if st.button("Delete view", type="tertiary", key="edit_view.delete", icon=":material/delete:"):
        dialog.open(DELETE, view_id)
    if save_or_cancel():
        editing.begin_saving()
        _change(fields, editing, view, view.version)
    with question:
        version = editing.draw(yours=editing.changed(fields))
    if version is not None:
        _change(fields, editing, view, version)


def delete(view_id: UUID) -> None:
    view = _view(view_id)
    st.markdown("It is deleted for all staff." if view.is_shared else "Only you see it.")
    st.caption("No customer is deleted.")
    fields = Fields(DELETE)
    if save_or_cancel("Delete", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                views.delete(session, view_id, now=now())
                entry = acts.last_entry(session)
            write(ListAddress())
            _done(f"{view.name} deleted", entry)


def _change(fields: Fields, editing: Editing, view: ViewRow, version: int) -> None:
    changed = editing.changed(fields)
    with fields.checked():
        try:
            with transaction(actor()) as session:
                saved = views.update(session, view.id, version=version, was=_stored(view), now=now(), **changed)
                new_version, entry = saved.version, acts.last_entry(session)
        except Conflict as conflict:
            editing.meet(conflict)
        if saved_views.version_in(here()) == version:
            write(replace(here(), saved=f"{view.id}.{new_version}"))
        _done("Saved" + editing.also_changed(changed), entry)


def _draw_fields(fields: Fields, view: ViewRow | None) -> None:
    fields.text("name", LABELS["name"], view.name if view else "", placeholder="Regulars without a booking")
    on_today = view.on_today if view else False
    fields["on_today"] = st.toggle(LABELS["on_today"], on_today, key=fields.key("on_today"))


def _open(address: ListAddress, saved: str) -> None:
    """The list is now this view."""
    write(ListAddress(address.where, address.sort, address.rows, address.view, saved=saved, page=address.page))


def _done(words: str, entry: int | None) -> None:
    dialog.close()
    toast(words, undo=entry)
    st.rerun()


def _view(view_id: UUID) -> ViewRow:
    with reading(actor()) as session:
        return views.get(session, view_id)


def _stored(view: ViewRow) -> dict[str, object]:
    return {"name": view.name, "on_today": view.on_today}


DIALOGS: dict[str, tuple[Any, Any]] = {
    SAVE: ("Save view", save),
    EDIT: (lambda view_id: f"Edit view: {_view(view_id).name}", edit),
    DELETE: (lambda view_id: f"Delete the view {_view(view_id).name}?", delete),
}
