"""Saved views of the customer list, and what each member of staff chose for themselves."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NOT_PERSONAL, PERSONAL, UNRECORDED, Base, belongs_by, partial_index

VIEW_NAME_LENGTH = 100


class SavedView(Base):
    """A search of the customer list with its filters, order and columns, under a name.

    `query` is a JSON object with the list's query parameters, filters and order, as text that can be searched for
    names. `columns` is a JSON list of column names, in order. Without an `owner_id` the
    view is shared by all staff. `on_today` shows how many match on the Today screen.
    """

    __tablename__ = "saved_views"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(info=PERSONAL)
    folded_name: Mapped[str] = mapped_column(info=UNRECORDED | PERSONAL)
    query: Mapped[str] = mapped_column(info=PERSONAL)
    columns: Mapped[str] = mapped_column(default="[]", info=NOT_PERSONAL)
    on_today: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    updated_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    updated_by: Mapped[str] = mapped_column(info=UNRECORDED | NOT_PERSONAL)
    version: Mapped[int] = mapped_column(default=1, info=UNRECORDED)
    form_token: Mapped[str | None] = mapped_column(String(64), info=UNRECORDED | NOT_PERSONAL)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(f"length(name) BETWEEN 1 AND {VIEW_NAME_LENGTH}", name="name"),
        UniqueConstraint("form_token"),
        partial_index(
            "uq_saved_views_owner_id_folded_name",
            "owner_id",
            "folded_name",
            where="owner_id IS NOT NULL",
            unique=True,
        ),
        partial_index("uq_saved_views_folded_name", "folded_name", where="owner_id IS NULL", unique=True),
        belongs_by(),
    )


class StaffChoice(Base):
    """What a member of staff chose for their own screens, such as the columns of the customer list, as JSON."""

    __tablename__ = "staff_choices"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True, info=NOT_PERSONAL)
    value: Mapped[str] = mapped_column(info=NOT_PERSONAL)
