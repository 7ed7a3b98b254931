"""The dialogs about tags: add, edit, merge and delete."""

from typing import Any, NoReturn
from uuid import UUID

import streamlit as st

from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.parts import dialog, forms
from pages.parts.conflict import Editing
from pages.parts.context import actor, now, reading, today, transaction
from pages.parts.dialog_buttons import close_button, save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import plain
from venue import acts, tags
from venue.errors import Conflict, NotFound
from venue.tags import COLOURS, CountedTag
from venue.wording import counted

LABELS = {"name": "Name", "colour": "Colour", "at_door": "Show at the door"}
_COLOUR_NAMES = {"gray": "Grey"}
AT_DOOR = "Beside the guest on the event page and the door list: for an allergy, a step-free table and the like"


def add(_about: None) -> None:
    token = forms.token("add_tag")
    draft = st.container()
    fields = Fields(token)
    _draw_fields(fields)
    keep_draft("add_tag", draft)
    if save_or_cancel():
        with fields.checked():
            with transaction(actor()) as session:
                tag = tags.add(session, **fields, form_token=token, now=now())
                name, entry = tag.name, acts.last_entry(session)
            _done(f"{name} added", entry)


def edit(tag_id: UUID) -> None:
    """Name, colour and whether it is shown at the door, with the version that was read when the dialog opened."""
    tag = forms.opened("edit_tag", lambda: _tag(tag_id))
    editing = Editing("edit_tag", LABELS, was=_stored(tag), read=lambda: _stored(_tag(tag_id)))
    question = st.container()
    draft = st.container()
    fields = Fields(forms.token("edit_tag"))
    _draw_fields(fields, tag)
    keep_draft("edit_tag", draft)
    if save_or_cancel():
        editing.begin_saving()
        _change(fields, editing, tag, tag.version)
    with question:
        version = editing.draw(yours=editing.changed(fields))
    if version is not None:
        _change(fields, editing, tag, version)


def _change(fields: Fields, editing: Editing, tag: CountedTag, version: int) -> None:
    changed = editing.changed(fields)
    with fields.checked():
        try:
            with transaction(actor()) as session:
                tags.update(session, tag.id, version=version, was=_stored(tag), now=now(), **changed)
                entry = acts.last_entry(session)
        except Conflict as conflict:
            editing.meet(conflict)
        _done("Saved" + editing.also_changed(changed), entry)


def _draw_fields(fields: Fields, tag: CountedTag | None = None) -> None:
    fields.text("name", LABELS["name"], tag.name if tag else "", placeholder="Regular")
    fields.radio(
        "colour",
        LABELS["colour"],
        COLOURS,
        index=COLOURS.index(tag.colour) if tag else 0,
        format_func=lambda colour: f":{colour}-badge[{_COLOUR_NAMES.get(colour, colour.capitalize())}]",
        horizontal=True,
    )
    fields["at_door"] = st.toggle(
        LABELS["at_door"], tag.at_door if tag else False, key=fields.key("at_door"), help=AT_DOOR
    )


def merge(tag_id: UUID) -> None:
    tag = _tag(tag_id)
    others = {other.id: other for other in _listed() if other.id != tag_id}
    if not others:
        st.info("There is no other tag to merge it into.")
        close_button()
        return
    fields = Fields(forms.token("merge_tag"))
    fields.choice("into", "Into which tag?", list(others), format_func=lambda each: others[each].name)
    into = others[fields["into"]]
    st.markdown(
        f"{counted(tag.customers, 'customer').capitalize()} with **{plain(tag.name)}** get **{plain(into.name)}**, "
        f"which {counted(into.customers, 'customer has', 'customers have')} now. "
        f"Then **{plain(tag.name)}** is deleted. Of two last days, the later one is kept."
    )
    if save_or_cancel("Merge", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                count = tags.merge(session, into=into.id, tag_id=tag_id, now=now())
                entry = acts.last_entry(session)
            _done(f"{tag.name} merged into {into.name}: {counted(count, 'customer')}", entry)


def delete(tag_id: UUID) -> None:
    tag = _tag(tag_id)
    of = f" It is taken off {counted(tag.customers, 'customer')}." if tag.customers else " No customer has it."
    st.markdown(f"**{plain(tag.name)}** is deleted.{of} You can undo this for 30 days.")
    fields = Fields("delete_tag")
    if save_or_cancel("Delete", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                tags.delete(session, tag_id, now=now())
                entry = acts.last_entry(session)
            _done(f"{tag.name} deleted", entry)


def _done(words: str, entry: int | None) -> NoReturn:
    dialog.close()
    toast(words, undo=entry)
    st.rerun()


def _listed() -> list[CountedTag]:
    with reading(actor()) as session:
        return list(tags.listed(session, today=today()))


def _tag(tag_id: UUID) -> CountedTag:
    tag = next((tag for tag in _listed() if tag.id == tag_id), None)
    if tag is None:
        raise NotFound(tags.GONE)
    return tag


def _stored(tag: CountedTag) -> dict[str, Any]:
    return {"name": tag.name, "colour": tag.colour, "at_door": tag.at_door}


def _title(what: str) -> Any:
    return lambda tag_id: f"{what}: {_tag(tag_id).name}"


DIALOGS: dict[str, tuple[Any, Any]] = {
    "add_tag": ("Add tag", add),
    "edit_tag": (_title("Edit tag"), edit),
    "merge_tag": (_title("Merge tag"), merge),
    "delete_tag": (_title("Delete tag"), delete),
}
