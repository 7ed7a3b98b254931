"""The dialogs about the venue's own fields."""

from typing import Any
from uuid import UUID

import streamlit as st

from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.parts import dialog, forms
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import close_button, red, save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import plain
from venue import acts, fields
from venue.errors import Invalid
from venue.fields import ChoiceRow, FieldRow, Kind
from venue.wording import counted

KINDS = {
    Kind.TEXT: "Text",
    Kind.NUMBER: "Number",
    Kind.DAY: "Date",
    Kind.FLAG: "Yes or no",
    Kind.CHOICE: "Choice",
}
EXAMPLES = {
    Kind.TEXT: "Anything, such as allergies",
    Kind.NUMBER: "Such as a membership number",
    Kind.DAY: "Such as a birthday",
    Kind.FLAG: "Such as “has a dog”",
    Kind.CHOICE: "One of a list that you make, such as the favourite table",
}
# Stands for a new choice among the ids of choices.
NEW = "new"


def add(_about: None) -> None:
    draft = st.container()
    typed = Fields(forms.token("add"))
    typed.text("name", "Name", placeholder="Allergies")
    typed.radio(
        "kind",
        "What it holds",
        [kind.value for kind in Kind],
        format_func=lambda kind: KINDS[Kind(kind)],
        captions=[EXAMPLES[kind] for kind in Kind],
    )
    if typed["kind"] == Kind.CHOICE:
        typed.long_text("choices", "Choices, each on its own line")
    keep_draft("add", draft)
    st.caption("What it holds cannot be changed later.")
    if save_or_cancel():
        with typed.checked():
            with transaction(actor()) as session:
                choices = [line for line in typed.get("choices", "").splitlines() if line.strip()]
                field = fields.add(
                    session,
                    name=typed["name"],
                    kind=typed["kind"],
                    choices=choices,
                    form_token=forms.token("add"),
                    now=now(),
                )
                said, entry = f"{field.name} added", acts.last_entry(session)
            _done(said, undo=entry)


def rename(field_id: UUID) -> None:
    """Its name, with the one that was read when the dialog opened."""
    field = forms.opened("rename", lambda: _field(field_id))
    draft = st.container()
    typed = Fields(forms.token("rename"))
    typed.text("name", "Name", field.name)
    keep_draft("rename", draft)
    st.caption("What customers have in it stays.")
    if save_or_cancel():
        with typed.checked():
            with transaction(actor()) as session:
                fields.update(session, field_id, name=typed["name"], was=field.name, now=now())
                entry = acts.last_entry(session)
            _done("Saved", undo=entry)


def choices(field_id: UUID) -> None:
    """One choice at a time: a new one, or another name for one, or one that is removed."""
    field = _field(field_id)
    typed = Fields(forms.token("choices"))
    names = {str(choice.id): _choice_name(choice) for choice in field.choices}
    typed.choice("choice", "Choice", [NEW, *names], format_func=lambda each: names.get(each, "New choice"))
    chosen = next((choice for choice in field.choices if str(choice.id) == typed["choice"]), None)
    # Each choice has a field of its own, so that the name of one is not shown for another.
    named = Fields(f"{forms.token('choices')}.{chosen.id if chosen else 'new'}")
    named.text("name", "Name", chosen.name if chosen else "")
    is_retired = chosen is not None and chosen.is_retired
    with st.container(horizontal=True):
        saved = st.button("Offer again" if is_retired else "Save", type="primary", key="dialog.save")
        removed = chosen is not None and not is_retired and st.button(red("Remove"), key="choice.remove")
        close_button("Done")
    with named.checked():
        if saved and chosen is not None and is_retired:
            _offer_again(field, chosen)
        elif saved:
            _save_choice(field, chosen, named["name"])
        if removed and chosen is not None:
            _remove_choice(field, chosen)


def _save_choice(field: FieldRow, chosen: ChoiceRow | None, name: str) -> None:
    with transaction(actor()) as session:
        if chosen is None:
            choice = fields.add_choice(session, field.id, name=name, now=now())
        else:
            choice = fields.rename_choice(session, chosen.id, name=name, now=now())
        said, entry = choice.name, acts.last_entry(session)
    _again(field, f"‘{said}’ saved", undo=entry)


def _remove_choice(field: FieldRow, chosen: ChoiceRow) -> None:
    with transaction(actor()) as session:
        kept = fields.retire_choice(session, chosen.id, now=now())
        entry = acts.last_entry(session)
    keep = f"{counted(kept, 'customer')} still {'has' if kept == 1 else 'have'} it"
    said = f"‘{chosen.name}’ is no longer offered. {keep}" if kept else f"‘{chosen.name}’ removed"
    _again(field, said, undo=entry)


def _offer_again(field: FieldRow, chosen: ChoiceRow) -> None:
    with transaction(actor()) as session:
        fields.add_choice(session, field.id, name=chosen.name, now=now())
        entry = acts.last_entry(session)
    _again(field, f"‘{chosen.name}’ is offered again", undo=entry)


def delete(field_id: UUID) -> None:
    field = _field(field_id)
    with reading(actor()) as session:
        count = fields.count(session, field)
    have = f"{counted(count, 'customer')} {'has' if count == 1 else 'have'}" if count else "No customer has"
    goes = " It is deleted too." if count else ""
    st.markdown(f"**{have}** something in **{plain(field.name)}**.{goes}")
    typed = Fields(forms.token("delete"))
    if count:
        typed.text("name", "Type the field's name to delete it")
    if save_or_cancel("Delete", destroys=True):
        with typed.checked():
            if count and typed["name"].strip().casefold() != field.name.casefold():
                raise Invalid(name=f"Type ‘{field.name}’ to delete it")
            with st.spinner("Deleting…"), transaction(actor()) as session:
                fields.delete(session, field_id, now=now())
                entry = acts.last_entry(session)
            _done(f"{field.name} deleted", undo=entry)


def _done(words: str, *, undo: int | None = None) -> None:
    dialog.close()
    toast(words, undo=undo)
    st.rerun()


def _again(field: FieldRow, words: str, *, undo: int | None = None) -> None:
    """Say what was done, with the dialog open for the next choice."""
    toast(words, undo=undo)
    dialog.open("choices", field.id)


def _field(field_id: UUID) -> FieldRow:
    with reading(actor()) as session:
        return fields.get(session, field_id)


def _choice_name(choice: ChoiceRow) -> str:
    return f"{choice.name} (no longer offered)" if choice.is_retired else choice.name


def _title(what: str) -> Any:
    return lambda field_id: f"{what}: {_field(field_id).name}"


DIALOGS: dict[str, tuple[Any, Any]] = {
    "add": ("Add field", add),
    "rename": (_title("Rename field"), rename),
    "choices": (_title("Choices"), choices),
    "delete": (_title("Delete field"), delete),
}
