"""Imports of files: the file as uploaded, what was found in it, and how far it has come."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NOT_PERSONAL, PERSONAL, UNRECORDED, Base, belongs_by

IMPORT_STATES = ("uploaded", "checking", "checked", "running", "done", "failed", "cancelled", "undoing", "undone")


class Import(Base):
    """One file that is being imported, or was.

    `header` and `mapping` are JSON: a list of headings, and an object of field to heading. `decisions` is a JSON object
    of line number to "add" or "skip", for rows in doubt. `counts` is a JSON object of outcome to number of rows, from
    the check and then from the run; `repaired` of them got the first zero of their number back. `reminders` is how many
    reminders are planned, `reminders_soon` how many of them within 24 hours. `entry_id` is the journal's entry of the
    run. `worker` does the work until `lease_until`.
    """

    __tablename__ = "imports"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(16), info=NOT_PERSONAL)
    state: Mapped[str] = mapped_column(String(16), info=NOT_PERSONAL)
    file_name: Mapped[str] = mapped_column(String(200), info=PERSONAL | UNRECORDED)
    size: Mapped[int] = mapped_column(BigInteger)
    header: Mapped[str] = mapped_column(default="[]", info=PERSONAL | UNRECORDED)
    mapping: Mapped[str] = mapped_column(default="{}", info=PERSONAL | UNRECORDED)
    repairs_zeros: Mapped[bool] = mapped_column(default=False)
    decisions: Mapped[str] = mapped_column(default="{}", info=NOT_PERSONAL)
    rows_total: Mapped[int | None] = mapped_column(info=UNRECORDED)
    rows_done: Mapped[int] = mapped_column(default=0, info=UNRECORDED)
    counts: Mapped[str] = mapped_column(default="{}", info=NOT_PERSONAL | UNRECORDED)
    repaired: Mapped[int] = mapped_column(default=0, info=UNRECORDED)
    reminders: Mapped[int] = mapped_column(default=0, info=UNRECORDED)
    reminders_soon: Mapped[int] = mapped_column(default=0, info=UNRECORDED)
    problem: Mapped[str] = mapped_column(default="", info=PERSONAL | UNRECORDED)
    actor: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    staff_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    updated_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    finished_at: Mapped[datetime | None] = mapped_column(info=UNRECORDED)
    entry_id: Mapped[int | None] = mapped_column(BigInteger, info=UNRECORDED)
    worker: Mapped[str | None] = mapped_column(String(80), info=NOT_PERSONAL | UNRECORDED)
    lease_until: Mapped[datetime | None] = mapped_column(info=UNRECORDED)
    version: Mapped[int] = mapped_column(default=1, info=UNRECORDED)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("kind IN ('customers', 'events', 'bookings')", name="kind"),
        CheckConstraint(f"state IN ({', '.join(map(repr, IMPORT_STATES))})", name="state"),
        Index("ix_imports_created_at", "created_at"),
        Index("ix_imports_state", "state"),
        belongs_by(),
    )


class ImportPart(Base):
    """A part of an uploaded file, in order. The parts are deleted when the import has ended."""

    __tablename__ = "import_parts"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSONAL)

    __table_args__ = belongs_by()


class ImportRow(Base):
    """A row of the file that needs attention, or was changed: what is said about one of its cells.

    `cells` is a JSON list of the row's cells as the file has them, for the download of refused rows; NULL once erased.
    `may_add`: it is in doubt, and is added if staff decide so.
    """

    __tablename__ = "import_rows"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    line: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(16), info=NOT_PERSONAL)
    column_name: Mapped[str] = mapped_column(info=PERSONAL)
    value: Mapped[str] = mapped_column(info=PERSONAL)
    reason: Mapped[str] = mapped_column(info=PERSONAL)
    may_add: Mapped[bool] = mapped_column(default=False)
    cells: Mapped[str | None] = mapped_column(info=PERSONAL)

    __table_args__ = (Index("ix_import_rows_import_id_outcome_line", "import_id", "outcome", "line"), belongs_by())


class ImportMapping(Base):
    """How the columns of files with this header row were last mapped: the same is proposed for the next such file."""

    __tablename__ = "import_mappings"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(16), info=NOT_PERSONAL)
    header_hash: Mapped[str] = mapped_column(String(64), info=NOT_PERSONAL)
    mapping: Mapped[str] = mapped_column(info=PERSONAL)
    updated_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("kind", "header_hash"), belongs_by())
