"""Restoring a backup in a test, as the command does."""

from datetime import datetime
from pathlib import Path

from venue.backups import restore
from venue.backups.restore import Restored
from venue.profile import Venue


def put_back(venue: Venue, file: Path, *, now: datetime, even_if_not_erased: bool = False) -> Restored:
    with restore.loaded(venue, file) as loaded:
        return restore.put_in_place(venue, loaded, now=now, even_if_not_erased=even_if_not_erased)
