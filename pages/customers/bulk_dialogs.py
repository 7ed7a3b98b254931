"""The dialogs that change all selected customers at once: exactly those who were counted when it was opened."""

from collections.abc import Callable
from datetime import date
from typing import NoReturn
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from pages.customers import selected
from pages.elements.calendar import read_day
from pages.elements.toast import toast
from pages.parts import dialog, forms
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import close_button, save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import plain
from pages.parts.permissions import may
from venue import acts, bulk, tags
from venue.bulk import Changed, Chosen, SelectionChanged
from venue.errors import Invalid
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
    """The tag that is chosen, and the fields of the dialog; None if there is no tag yet."""
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
    fields.choice("tag_id", label, list(names), format_func=names.__getitem__)
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
}
