"""The notes of a customer, a booking or an event."""

from db.models import NOTES_LENGTH


def checked_notes(typed: str, label: str = "Notes") -> str:
    """Notes as they are stored: trimmed, with their line breaks. Raises ValueError, with a sentence for staff, when
    they are too long or contain NUL. `label` is the field's label."""
    notes = typed.replace("\r\n", "\n").strip()
    if "\x00" in notes:
        raise ValueError(f"{label} contain a character that cannot be stored: type them again")
    if len(notes) > NOTES_LENGTH:
        raise ValueError(f"{label} are {len(notes):,} characters long. The limit is {NOTES_LENGTH:,}")
    return notes
