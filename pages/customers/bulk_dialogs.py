"""The dialogs that change all selected customers at once: exactly those who were counted when it was opened."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import NoReturn
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from pages.customers import own_fields, selected
from pages.customers.list_address import here
from pages.elements.calendar import read_day
from pages.elements.toast import toast
from pages.parts import dialog, forms, page_state
from pages.parts.context import actor, now, reading, reading_at_length, transaction
from pages.parts.dialog_buttons import close_button, save_or_cancel
from pages.parts.download import draw_download_links
from pages.parts.fields import Fields
from pages.parts.format import plain
from pages.parts.permissions import may
from venue import acts, bulk, campaigns, tags
from venue import fields as fields_of_venue
from venue.bulk import Changed, Chosen, SelectionChanged, addresses
from venue.campaigns import words
from venue.errors import Invalid
from venue.fields import FieldRow
from venue.privacy import erase_many
from venue.roles import Permission
from venue.wording import counted

LAST_DAY = "Last day (optional)"


def _tag(_about: None) -> None:
    chosen = counted_once("bulk_tag")
    tag_id, fields = choose_tag("bulk_tag", "Which tag?", chosen)
    if tag_id is None:
        return
    fields.day("last_day", LAST_DAY, None)
    if save_or_cancel(f"Tag {counted(chosen.count, 'customer')}"):
        with fields.checked():
            last_day = day_of(fields["last_day"])
            done = carry_out(
                "bulk_tag",
                lambda session, chosen: bulk.tag(session, chosen, tag_id=tag_id, last_day=last_day, now=now()),
            )
            finish(done, "tagged", "had the tag already")


def _untag(_about: None) -> None:
    chosen = counted_once("bulk_untag")
    tag_id, fields = choose_tag("bulk_untag", "Which tag?", chosen)
    if tag_id is None:
        return
    if save_or_cancel(f"Remove it from {counted(chosen.count, 'customer')}"):
        with fields.checked():
            done = carry_out(
                "bulk_untag", lambda session, chosen: bulk.untag(session, chosen, tag_id=tag_id, now=now())
            )
            finish(done, "changed", "did not have the tag")


def _set_field(_about: None) -> None:
    chosen = counted_once("bulk_field")
    draw_note(chosen)
    with reading(actor()) as session:
        of = {each.id: each for each in fields_of_venue.listed(session)}
    if not of:
        st.info("There are no fields yet.")
        if may(Permission.FIELDS):
            st.page_link("settings/fields.py", label="Manage fields", icon=":material/list_alt:")
        close_button()
        return
    fields = Fields(forms.token("bulk_field"))
    # Among several, staff choose, as for tags.
    first = 0 if len(of) == 1 else None
    named = {"placeholder": "Choose a field", "format_func": lambda field_id: of[field_id].name}
    fields.choice("field_id", "Which field?", list(of), index=first, **named)
    if fields["field_id"] is None:
        close_button("Cancel")
        return
    field = of[fields["field_id"]]
    clear = st.toggle("Clear this field", key=fields.key("clear"))
    if not clear:
        own_fields.draw_one(fields, field)
    verb = "Clear it for" if clear else "Set it for"
    if save_or_cancel(f"{verb} {counted(chosen.count, 'customer')}"):
        with fields.checked():
            done = carry_out(
                "bulk_field", _clear(field) if clear else lambda *with_them: _set(field, fields[field.key], *with_them)
            )
            finish(done, "changed", "were so already")


def _clear(field: FieldRow) -> Callable[[Session, Chosen], Changed]:
    return lambda session, chosen: bulk.clear_field(session, chosen, field_id=field.id, now=now())


def _set(field: FieldRow, typed: object, session: Session, chosen: Chosen) -> Changed:
    try:
        return bulk.set_field(session, chosen, field_id=field.id, value=typed, now=now())
    except Invalid as invalid:
        raise Invalid(**{field.key: str(invalid)}) from invalid


def _text(_about: None) -> None:
    chosen = counted_once("bulk_text")
    draw_note(chosen)
    st.caption(
        "Only those who agreed to news and offers by text get it. You see who, and what it costs, before it is sent."
    )
    fields = Fields(forms.token("bulk_text"))
    fields.text("name", "Name of the bulk text", placeholder="Jazz in June", help="Customers do not see it")
    if save_or_cancel("Write the text"):
        with fields.checked():
            try:
                with transaction(actor()) as session:
                    draft = {"name": fields["name"], "query": {}, "body": words.DEFAULT, "chosen": chosen}
                    draft_id = campaigns.add(session, **draft, form_token=forms.token("bulk_text"), now=now()).id
            except SelectionChanged as changed:
                ask_again("bulk_text", changed)
            dialog.close()
            page_state.go("campaigns/edit.py", id=draft_id)


def _export(_about: None) -> None:
    chosen = counted_once("bulk_export")
    draw_note(chosen)
    if addresses.fits(chosen.selection):
        order = here().order
        draw_download_links("selected-customers", {**order, **addresses.to_query(chosen)}, stretched=True)
    else:
        st.info(
            "Too many customers are ticked one by one, or too many filters are used, for one download. Add a tag to "
            "them, and download the customers with this tag."
        )
    close_button()


def _delete(_about: None) -> None:
    chosen = counted_once("bulk_delete")
    draw_note(chosen)
    st.markdown(
        f"This permanently deletes **{counted(chosen.count, 'customer')}** with their bookings and texts. "
        "They won't be told. It cannot be undone."
    )
    fields = Fields(forms.token("bulk_delete"))
    fields.text("typed_count", f"Type {chosen.count} to confirm")
    if save_or_cancel(f"Delete {counted(chosen.count, 'customer')}", destroys=True):
        with fields.checked():
            try:
                with transaction(actor()) as session:
                    ids = erase_many.begin(session, chosen, typed_count=fields["typed_count"], now=now())
            except SelectionChanged as changed:
                ask_again("bulk_delete", changed)
            kept = _erase(ids)
            dialog.close()
            selected.clear()
            also = f". Kept: {'; '.join(kept)}" if kept else ""
            toast(f"{counted(len(ids) - len(kept), 'customer')} deleted{also}")
            st.rerun()


def _erase(ids: list[UUID]) -> list[str]:
    """Erase them, and return why some were kept."""
    kept = []
    progress = st.progress(0.0, "Deleting…")
    read, write = partial(reading_at_length, actor()), partial(transaction, actor())
    for number, done in enumerate(erase_many.erase_each(read, write, ids, now=now()), start=1):
        kept += [done.kept] if done.kept else []
        progress.progress(number / len(ids), f"{number:,} of {len(ids):,}")
    return kept


# Parts that all dialogs share


def counted_once(name: str) -> Chosen:
    """The selected customers, counted when the dialog was opened."""
    return forms.opened(name, _count)


def _count() -> Chosen:
    with reading(actor()) as session:
        return bulk.choose(session, selected.current(), now=now())


def carry_out(name: str, act: Callable[[Session, Chosen], Changed]) -> tuple[Changed, int | None]:
    """Do it to those who were counted, and return what was changed with its entry in the journal. If they are not the
    same any more, says so, and the next press is about those they are now."""
    before = counted_once(name)
    try:
        with transaction(actor()) as session:
            done = act(session, before)
            return done, acts.last_entry(session) if done.changed else None
    except SelectionChanged as changed:
        ask_again(name, changed)


def ask_again(name: str, changed: SelectionChanged) -> NoReturn:
    forms.set_opened(name, changed.chosen)
    dialog.set_note(f"{changed}. Press again to go on with {counted(changed.chosen.count, 'customer')}.")
    st.rerun()


def finish(done: tuple[Changed, int | None], verb: str, unchanged: str) -> NoReturn:
    result, entry = done
    dialog.close()
    selected.clear()
    rest = f". {result.unchanged:,} {unchanged}" if result.unchanged else ""
    toast(f"{counted(result.changed, 'customer')} {verb}{rest}", undo=entry)
    st.rerun()


def choose_tag(name: str, label: str, chosen: Chosen) -> tuple[UUID | None, Fields]:
    """The tag that is chosen, or None, and the fields of the dialog."""
    draw_note(chosen)
    with reading(actor()) as session:
        names = {tag.id: tag.name for tag in tags.every(session)}
    fields = Fields(forms.token(name))
    if not names:
        st.info("There are no tags yet.")
        if may(Permission.FIELDS):
            st.page_link("settings/tags.py", label="Manage tags", icon=":material/sell:")
        close_button()
        return None, fields
    # Among several, staff choose: one careless click would put the first tag on everyone.
    first = 0 if len(names) == 1 else None
    fields.choice("tag_id", label, list(names), index=first, placeholder="Choose a tag", format_func=names.__getitem__)
    if fields["tag_id"] is None:
        close_button("Cancel")
    return fields["tag_id"], fields


def draw_note(chosen: Chosen) -> None:
    """Who it is about, and what has changed since they were counted."""
    if dialog.note():
        st.warning(plain(dialog.note()), icon=":material/group:")
    st.markdown(f"**{counted(chosen.count, 'customer')}** selected.")


def day_of(typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        return read_day(typed)
    except ValueError as problem:
        raise Invalid(last_day=str(problem)) from problem


DIALOGS: dict[str, tuple[dialog.Title, dialog.Content]] = {
    "bulk_tag": ("Add a tag", _tag),
    "bulk_untag": ("Remove a tag", _untag),
    "bulk_field": ("Set a field", _set_field),
    "bulk_text": ("Text these customers", _text),
    "bulk_export": ("Export the selected customers", _export),
    "bulk_delete": ("Delete these customers?", _delete),
}
