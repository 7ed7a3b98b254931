"""Heartbeats of processes, and the venue's settings."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NOT_PERSONAL, UNRECORDED, Base


class Heartbeat(Base):
    """When a process was last alive."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(String(80), primary_key=True, info=NOT_PERSONAL)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)


class VenueSetting(Base):
    """A value that all processes share. The first part of its name says what it is.

    `choice.`: set by staff, in place of the environment. `flag.`: something is the case while the row exists.
    `mark.`: how far a job has come. `secret.`: never leaves the database.
    """

    __tablename__ = "venue_settings"

    name: Mapped[str] = mapped_column(String(64), primary_key=True, info=NOT_PERSONAL)
    value: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    updated_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
