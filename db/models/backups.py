"""Backups that were made, and whether each could be restored."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NOT_PERSONAL, Base


class Backup(Base):
    """One backup. `verified_at` is when it was restored into a scratch database and found complete; `problem` is what
    went wrong, as a sentence. `place` is where the file is."""

    __tablename__ = "backups"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    size: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16), info=NOT_PERSONAL)
    problem: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    seal: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    worker: Mapped[str] = mapped_column(String(80), default="", info=NOT_PERSONAL)

    __table_args__ = (
        CheckConstraint("state IN ('running', 'verified', 'failed')", name="state"),
        Index("ix_backups_started_at", "started_at"),
    )
