"""The journal: who did what and when, with the values before and after, sealed against later changes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NOT_PERSONAL, PERSONAL, Base, belongs_by, partial_index

SERIAL = BigInteger().with_variant(Integer, "sqlite")


class JournalEntry(Base):
    """One act of one actor. It holds no personal data of customers: their values are in `journal_values`.

    `details` is a JSON object with facts about the act, such as counts. `undoes` is the id of the entry that this act
    undid. `hash` covers everything but the id, and for each value its hash and which row it is of.
    """

    __tablename__ = "journal_entries"

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    staff_id: Mapped[UUID | None]
    act: Mapped[str] = mapped_column(String(40), info=NOT_PERSONAL)
    details: Mapped[str] = mapped_column(default="{}", info=NOT_PERSONAL)
    undoes: Mapped[int | None] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64), info=NOT_PERSONAL)

    __table_args__ = (
        Index("ix_journal_entries_at", "at"),
        Index("ix_journal_entries_staff_id_id", "staff_id", "id"),
        Index("ix_journal_entries_act_id", "act", "id"),
        partial_index("ix_journal_entries_undoes", "undoes", where="undoes IS NOT NULL"),
        # The id of a removed entry is never used again.
        {"sqlite_autoincrement": True},
    )


class JournalValue(Base):
    """One row that an act changed. `before` and `after` are JSON objects with the columns that changed.

    `before` is NULL for a new row, and `after` for a deleted one.

    `hash` is the SHA-256 of the salt, `before` and `after`. So erasing these three, which become NULL, leaves the
    entry's hash valid, and erased values cannot be found by trying.
    """

    __tablename__ = "journal_values"

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True, autoincrement=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id"))
    position: Mapped[int]
    table_name: Mapped[str] = mapped_column(String(32), info=NOT_PERSONAL)
    row_id: Mapped[str] = mapped_column(String(80), info=NOT_PERSONAL)
    customer_id: Mapped[UUID | None]
    event_id: Mapped[UUID | None]
    before: Mapped[str | None] = mapped_column(info=PERSONAL)
    after: Mapped[str | None] = mapped_column(info=PERSONAL)
    salt: Mapped[str | None] = mapped_column(String(32), info=NOT_PERSONAL)
    hash: Mapped[str] = mapped_column(String(64), info=NOT_PERSONAL)

    __table_args__ = (
        UniqueConstraint("entry_id", "position"),
        partial_index("ix_journal_values_customer_id", "customer_id", "entry_id", where="customer_id IS NOT NULL"),
        partial_index("ix_journal_values_event_id", "event_id", "entry_id", where="event_id IS NOT NULL"),
        partial_index(
            "ix_journal_values_row_id",
            "table_name",
            "row_id",
            where="customer_id IS NULL AND event_id IS NULL",
        ),
        belongs_by("customer_id"),
    )


class JournalSeal(Base):
    """A batch of entries, linked to the batch before it. The unique `previous` makes a second branch impossible.

    `entries` lists the id and hash of each entry in order; `root` is the SHA-256 of that list. `seal` is the SHA-256 of
    the previous seal and everything above.
    """

    __tablename__ = "journal_seals"

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True, autoincrement=True)
    sealed_at: Mapped[datetime]
    first_id: Mapped[int] = mapped_column(BigInteger)
    last_id: Mapped[int] = mapped_column(BigInteger)
    entries: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    root: Mapped[str] = mapped_column(String(64), info=NOT_PERSONAL)
    previous: Mapped[str] = mapped_column(String(64), info=NOT_PERSONAL)
    seal: Mapped[str] = mapped_column(String(64), info=NOT_PERSONAL)

    __table_args__ = (UniqueConstraint("previous"), UniqueConstraint("seal"), UniqueConstraint("last_id"))
