"""Which acts can be undone, and why others cannot."""

from datetime import datetime, timedelta

from venue.acts import Act
from venue.journal import row_acts, undo_booking, undo_import, undo_merge, undo_series, undo_texts, undo_waitlist
from venue.journal.entries import EntryRow

KEPT = timedelta(days=30)
UNDOABLE = {
    Act.CUSTOMER_CHANGED,
    Act.CUSTOMERS_CHANGED,
    Act.EVENT_CHANGED,
    Act.EVENT_CANCELLED,
    Act.SERIES_ADDED,
    Act.SERIES_CHANGED,
    Act.SERIES_CANCELLED,
    Act.BOOKING_CHANGED,
    Act.BOOKING_DELETED,
    Act.BOOKING_MOVED,
    Act.CUSTOMERS_MERGED,
    Act.ARRIVAL_MARKED,
    Act.LATE_MARKED,
    Act.WALK_INS_COUNTED,
    Act.TEMPLATE_CHANGED,
    Act.SETTING_CHANGED,
    Act.SETTING_RESET,
    Act.UNDONE,
    *undo_import.KINDS,
    *undo_waitlist.KINDS,
    *row_acts.UNDOABLE,
}
PERMANENT = {
    Act.CUSTOMER_DELETED,
    Act.CUSTOMERS_ERASED,
    Act.MENTIONS_ERASED,
    Act.EVENT_DELETED,
}


def refusal(entry: EntryRow, now: datetime) -> str:
    """Why an entry cannot be undone, as a sentence; empty if it can, as far as its values were not changed since."""
    if entry.act in PERMANENT:
        return "Deleting is permanent: this cannot be undone."
    if entry.act not in UNDOABLE:
        return "This kind of change cannot be undone here."
    if entry.undone_by is not None:
        return "This was already undone."
    if entry.act == Act.UNDONE and undo_series.DELETED in entry.details:
        return "Add the series again instead."
    if entry.act == Act.UNDONE and "imported" in entry.details:
        return "Import the file again instead."
    if entry.act == Act.UNDONE and undo_merge.UNMERGED in entry.details:
        return "Merge them again instead."
    if entry.act == Act.UNDONE and undo_booking.BOOKED_AGAIN in entry.details:
        return "Delete the booking again instead."
    if entry.act == Act.UNDONE and undo_texts.ON_AGAIN in entry.details:
        return "Cancel the event again instead."
    if len(entry.values) == entry.rows and entry.values and all(value.is_erased for value in entry.values):
        return "The old values were erased: this cannot be undone."
    if entry.at < now - KEPT:
        return f"This was more than {KEPT.days} days ago: change it by hand."
    return ""
