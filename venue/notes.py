"""What staff write down at length, about a customer, a booking or an event."""

from db.models import NOTES_LENGTH


def checked_notes(typed: str, label: str = "Notes") -> str:
    """Notes as they are stored: trimmed, with their line breaks. Raises ValueError, in words for staff, when they are
    too long or hold NUL; `label` is what the field is called."""
    notes = typed.replace("\r\n", "\n").strip()
    if "\x00" in notes:
        raise ValueError(f"{label} contain a character that cannot be kept: type them again")
    if len(notes) > NOTES_LENGTH:
        raise ValueError(f"{label} are {len(notes):,} characters long: {NOTES_LENGTH:,} is the most")
    return notes
