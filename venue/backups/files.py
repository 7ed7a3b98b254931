"""The names of backup files."""

from datetime import UTC, datetime


def name_at(made_at: datetime, ending: str) -> str:
    """The name of a backup that is made at this instant, like "anchor-20270115T040000Z.db"."""
    return f"anchor-{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}{ending}"
