"""What guests may ask of us about their data, and what they agreed to."""

from venue.privacy.archive import archive, note_archive
from venue.privacy.erase import erase, erase_in_steps
from venue.privacy.held import summary
from venue.privacy.plan import ErasePlan, erase_preview
from venue.privacy.scan import Hit, scan

__all__ = ["ErasePlan", "Hit", "archive", "erase", "erase_in_steps", "erase_preview", "note_archive", "scan", "summary"]
