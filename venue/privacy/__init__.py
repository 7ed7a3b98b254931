"""What guests may ask of us about their data, and what they agreed to."""

from venue.privacy.erase import erase
from venue.privacy.plan import ErasePlan, erase_preview
from venue.privacy.scan import Hit, scan

__all__ = ["ErasePlan", "Hit", "erase", "erase_preview", "scan"]
