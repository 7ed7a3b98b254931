"""Tags: words with a colour that staff put on customers."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NOT_PERSONAL, UNRECORDED, Base, belongs_by, partial_index

TAG_LENGTH = 40


class Tag(Base):
    """A tag. `folded_name` is its name without case and accents, of which there is only one. A tag that is shown at the
    door stands beside the guest on the event page and the door list."""

    __tablename__ = "tags"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    folded_name: Mapped[str] = mapped_column(info=UNRECORDED | NOT_PERSONAL)
    colour: Mapped[str] = mapped_column(String(16), default="gray", info=NOT_PERSONAL)
    at_door: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    version: Mapped[int] = mapped_column(default=1, info=UNRECORDED)
    form_token: Mapped[str | None] = mapped_column(String(64), info=UNRECORDED | NOT_PERSONAL)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(f"length(name) BETWEEN 1 AND {TAG_LENGTH} AND trim(name) = name", name="name"),
        UniqueConstraint("folded_name"),
        UniqueConstraint("form_token"),
    )


class CustomerTag(Base):
    """A tag on a customer, until the end of `last_day` in the venue's zone or, without one, until it is removed."""

    __tablename__ = "customer_tags"

    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    last_day: Mapped[date | None] = mapped_column(Date)
    added_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_customer_tags_customer_id_last_day", "customer_id", "last_day"),
        partial_index("ix_customer_tags_last_day", "last_day", where="last_day IS NOT NULL"),
        belongs_by("customer_id"),
    )
