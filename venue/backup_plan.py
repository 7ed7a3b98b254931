"""When and where nightly backups are made, as the environment says."""

from dataclasses import dataclass
from datetime import time
from pathlib import Path


@dataclass(frozen=True)
class BackupPlan:
    """`folder` is where nightly backups go; None means that none are made. `at` is the venue's time of day.

    The latest backup of each of `daily` days and of each of `monthly` months is kept. `copied_to` says in the
    administrator's words where another copy is kept. `programs` is the folder of pg_dump and pg_restore; None means
    that they are on the PATH.
    """

    folder: Path | None = None
    at: time = time(4)
    daily: int = 14
    monthly: int = 12
    copied_to: str = ""
    programs: Path | None = None
