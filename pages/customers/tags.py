"""The tags of a customer: one tap puts one on or takes it off."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from pages.elements import calendar
from pages.elements.toast import toast
from pages.parts import dialog, forms
from pages.parts.confirm import acting
from pages.parts.context import actor, now, today, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import plain
from pages.parts.permissions import may
from pages.parts.shared_value import draw_shared
from venue import acts, tags
from venue.errors import Invalid
from venue.roles import Permission
from venue.tags import TagRow

# More would push the number and the bookings off a phone's screen: the others are behind a button.
MOST_SHOWN = 8
LAST_DAY = "tag_last_day"


class Tags(NamedTuple):
    """The tags of a customer, and all that there are."""

    theirs: Sequence[TagRow]
    every: Sequence[TagRow]


def read(session: Session, customer_id: UUID) -> Tags:
    theirs = tags.of_customers(session, [customer_id], today=today())[customer_id]
    return Tags(theirs, tags.every(session) if may(Permission.CUSTOMERS) else ())


def draw(customer_id: UUID, shown: Tags) -> None:
    """Their tags. For those who may change them, also the others to put on."""
    if not may(Permission.CUSTOMERS):
        st.markdown(" ".join(f":{tag.colour}-badge[{_words(tag)}]" for tag in shown.theirs))
        return
    if not shown.every:
        if may(Permission.FIELDS):
            st.page_link("settings/tags.py", label="Make tags", icon=":material/label:")
        return
    of = {tag.id: tag for tag in (*shown.every, *shown.theirs)}
    theirs = [tag.id for tag in shown.theirs]
    others = [tag.id for tag in shown.every if tag.id not in theirs]
    room = max(MOST_SHOWN - len(theirs), 0)
    _pills("Tags", customer_id, [*theirs, *others[:room]], theirs, of)
    with st.container(horizontal=True, gap="xsmall"):
        if others[room:]:
            with st.popover("More tags", icon=":material/label:", key="more_tags"):
                _pills("More tags", customer_id, others[room:], [], of)
        if theirs:
            st.button(
                "Last day of a tag", icon=":material/event:", on_click=dialog.open, args=(LAST_DAY,), type="tertiary"
            )


def dialogs(customer_id: UUID, shown: Tags) -> dict[str, tuple[Any, Any]]:
    return {LAST_DAY: ("Last day of a tag", lambda _about: _choose_last_day(customer_id, shown.theirs))}


def _pills(
    label: str, customer_id: UUID, options: Sequence[UUID], chosen: Collection[UUID], of: dict[UUID, TagRow]
) -> None:
    draw_shared(
        st.pills,
        label,
        f"{label}.{customer_id}",
        list(chosen),
        lambda after: acting(_change)(customer_id, chosen, after, of),
        options=options,
        selection_mode="multi",
        format_func=lambda tag_id: f":{of[tag_id].colour}[●] {_words(of[tag_id])}",
    )


def _change(customer_id: UUID, before: Collection[UUID], after: Collection[UUID], of: dict[UUID, TagRow]) -> None:
    """Do what was tapped: only the difference to what was shown, so that what others did stays."""
    for tag_id in after:
        if tag_id not in before:
            with transaction(actor()) as session:
                tags.put_on(session, customer_id, tag_id, now=now())
                entry = acts.last_entry(session)
            toast(f"{of[tag_id].name} added", undo=entry)
    for tag_id in before:
        if tag_id not in after:
            with transaction(actor()) as session:
                tags.take_off(session, customer_id, tag_id, now=now())
                entry = acts.last_entry(session)
            toast(f"{of[tag_id].name} removed", undo=entry)


def _choose_last_day(customer_id: UUID, theirs: Sequence[TagRow]) -> None:
    """After its last day the tag counts no more, and the scheduler removes it."""
    of = {tag.id: tag for tag in theirs}
    fields = Fields(forms.token(LAST_DAY))
    fields.choice("tag_id", "Tag", list(of), format_func=lambda tag_id: of[tag_id].name)
    chosen = of.get(fields["tag_id"])
    # Of each tag its own, so that the day of one is not shown, and saved, for another.
    day = Fields(f"{forms.token(LAST_DAY)}.{fields['tag_id']}")
    day.day("last_day", "Last day", chosen.last_day if chosen else None)
    st.caption("After this day the tag is removed. Leave it empty to keep the tag for good.")
    if save_or_cancel() and chosen:
        with day.checked():
            with transaction(actor()) as session:
                last_day = _read(day["last_day"])
                tags.put_on(session, customer_id, chosen.id, last_day=last_day, now=now())
                entry = acts.last_entry(session)
            dialog.close()
            toast("Saved", undo=entry)
            st.rerun()


def _read(typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        return calendar.read_day(typed)
    except ValueError as problem:
        raise Invalid(last_day=str(problem)) from problem


def _words(tag: TagRow) -> str:
    """The name, and until when, if it ends."""
    return plain(tag.name) + (f" · until {tag.last_day:%-d %b}" if tag.last_day else "")
