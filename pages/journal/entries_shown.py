"""Journal entries as rows: when, what was done, and undoing it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import streamlit as st

from pages.elements.board import Act as Button
from pages.elements.board import Badge, Column, Row, Section, address
from pages.elements.toast import toast
from pages.parts import dialog
from pages.parts.confirm import acting
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import close_button, save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import near_in_short, plain
from pages.parts.permissions import may
from venue.acts import Act
from venue.journal import entries, row_acts, sentences, undo, undo_waitlist, undoable
from venue.journal.entries import EntryRow
from venue.journal.undo_merge import MergeUndo
from venue.roles import Permission
from venue.wording import counted

# The times give way where there is little room, as in a dialog.
COLUMNS = (
    Column("When", "minmax(5.5rem, 10rem)", "title"),
    Column("What was done", "minmax(11rem, 1fr)"),
    Column("Undo", "5rem"),
)
# What undoing takes, by the act to undo. The rules check again, by what is changed.
NEEDED = {
    **row_acts.UNDOABLE,
    Act.CUSTOMER_CHANGED: Permission.CUSTOMERS,
    Act.CUSTOMERS_CHANGED: Permission.CUSTOMERS,
    Act.EVENT_CHANGED: Permission.EVENTS,
    Act.EVENT_CANCELLED: Permission.EVENTS,
    Act.SERIES_ADDED: Permission.EVENTS,
    Act.SERIES_CHANGED: Permission.EVENTS,
    Act.SERIES_CANCELLED: Permission.EVENTS,
    Act.CUSTOMERS_MERGED: Permission.MERGE,
    Act.BOOKING_CHANGED: Permission.BOOKINGS,
    Act.BOOKING_DELETED: Permission.BOOKINGS,
    Act.BOOKING_MOVED: Permission.BOOKINGS,
    Act.ARRIVAL_MARKED: Permission.BOOKINGS,
    Act.LATE_MARKED: Permission.BOOKINGS,
    Act.WALK_INS_COUNTED: Permission.BOOKINGS,
    **dict.fromkeys(undo_waitlist.KINDS, Permission.BOOKINGS),
    Act.TEMPLATE_CHANGED: Permission.TEMPLATES,
    Act.SETTING_CHANGED: Permission.SETTINGS,
    Act.SETTING_RESET: Permission.SETTINGS,
    Act.UNDONE: Permission.CUSTOMERS,
    Act.CUSTOMERS_IMPORTED: Permission.IMPORT,
    Act.EVENTS_IMPORTED: Permission.IMPORT,
    Act.BOOKINGS_IMPORTED: Permission.IMPORT,
}


def section(shown: Sequence[EntryRow], *, empty: str, links: bool = True) -> Section:
    """`links` opens what an entry is about, by its row."""
    rows = [row(entry, address_of(entry) if links else "") for entry in shown]
    return Section(columns=COLUMNS, rows=rows, empty=empty, label="Journal entries")


def row(entry: EntryRow, opens: str) -> Row:
    sentence = sentences.with_capital(entry)
    cells: tuple[str | Badge, ...] = (near_in_short(entry.at, now()), sentence)
    if entry.undone_by is not None:
        return Row(opens, (*cells, Badge("gray", "Undone")), label=sentence)
    ways = (Button("Undo", "undo_entry", str(entry.id)),) if may_undo(entry) else ()
    return Row(opens, cells, label=sentence, ways=ways)


def may_undo(entry: EntryRow) -> bool:
    needed = NEEDED.get(Act(entry.act))
    return needed is not None and may(needed) and not undoable.refusal(entry, now())


def address_of(entry: EntryRow) -> str:
    """The screen about what was changed; empty if there is none, or not any more."""
    for value in entry.values:
        if value.customer_id in entry.customers:
            return address("customer", id=value.customer_id)
        if value.event_id in entry.events:
            return address("event", id=value.event_id)
        if value.table == "templates" and may(Permission.TEMPLATES):
            return address("templates")
        if value.table == "venue_settings":
            return address("settings")
    return ""


def act(name: str, about: str) -> None:
    if name == "undo_entry":
        dialog.open(name, int(about))


def confirm_undo(entry_id: int) -> None:
    """What undoing will do and what it will leave, or why it cannot be done."""
    with reading(actor()) as session:
        entry = entries.get(session, entry_id)
        preview = undo.preview(session, entry_id, now=now())
    st.markdown(f"{plain(sentences.with_capital(entry))} ({near_in_short(entry.at, now())}).")
    if preview.why_not:
        st.info(plain(preview.why_not))
        close_button()
        return
    st.markdown("This is changed back:\n\n" + listed(preview.restores))
    if preview.leaves:
        st.warning("This stays as it is:\n\n" + listed(preview.leaves))
    fields = Fields("undo_entry")
    booked_since = draw_booked_since(fields, preview.merge) if preview.merge else {}
    tell = ask_to_text(preview.told)
    if save_or_cancel("Undo"):
        with fields.checked():
            toast(undone(entry_id, booked_since, tell_customers=tell))
            dialog.close()
            st.rerun()


def draw_booked_since(fields: Fields, merge: MergeUndo) -> dict[UUID, str]:
    """Whose each booking is that was made since the merge."""
    names = {"keep": merge.keep_name, "other": merge.other_name}
    for each in merge.booked_since:
        fields.radio(
            str(each.booking_id),
            plain(f"Booked since: {each.event_name}, {near_in_short(each.starts_at, now())}. Whose booking is it?"),
            list(names),
            format_func=lambda whose: plain(names[whose]),
        )
    return {each.booking_id: fields[str(each.booking_id)] for each in merge.booked_since}


def ask_to_text(told: Sequence[str]) -> bool:
    """Whether to text those again who were texted about what is undone."""
    if not told:
        st.caption("No text is sent.")
        return False
    st.markdown("Guests were texted about it:\n\n" + listed(told))
    return st.checkbox("Text them that it is changed back", True, key="undo_entry.tell")


def listed(said: Sequence[str]) -> str:
    return "\n".join(f"- {plain(sentence)}" for sentence in said)


def undone(entry_id: int, booked_since: Mapping[UUID, str] | None = None, *, tell_customers: bool = True) -> str:
    """Undo an entry. Returns what to say about it. Raises Invalid when it cannot be undone."""
    with transaction(actor()) as session:
        result = undo.undo(session, entry_id, booked_since=booked_since, tell_customers=tell_customers, now=now())
    texted = [f"{counted(result.texted, 'guest')} texted"] if result.texted else []
    return ". ".join(["Undone in part" if result.left else "Undone", *texted, *result.left])


@acting
def undo_at_once(entry_id: int) -> None:
    """From the toast about what was just done. Why it cannot be undone is said in a toast too."""
    toast(undone(entry_id))


DIALOGS = {"undo_entry": ("Undo this change?", confirm_undo)}
