"""Fields of customers that the venue made itself, and their values."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, Double, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NOT_PERSONAL, PERSONAL, UNRECORDED, Base, belongs_by, partial_index

FIELD_KINDS = ("text", "number", "day", "flag", "choice")
FIELD_NAME_LENGTH, VALUE_LENGTH = 60, 500
_VALUES = ("text", "number", "day", "flag", "choice_id")
_FILLED = " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in _VALUES)


def _index(column: str) -> Index:
    name, where = f"ix_customer_values_{column}", f"{column} IS NOT NULL"
    return partial_index(name, "field_id", column, "customer_id", where=where)


class CustomField(Base):
    """A field that a manager made. `kind` never changes. `position` is its place on forms and pages."""

    __tablename__ = "custom_fields"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    folded_name: Mapped[str] = mapped_column(info=UNRECORDED | NOT_PERSONAL)
    kind: Mapped[str] = mapped_column(String(8), info=NOT_PERSONAL)
    position: Mapped[int]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1, info=UNRECORDED)
    form_token: Mapped[str | None] = mapped_column(String(64), info=UNRECORDED | NOT_PERSONAL)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(map(repr, FIELD_KINDS))})", name="kind"),
        CheckConstraint(f"length(name) BETWEEN 1 AND {FIELD_NAME_LENGTH} AND trim(name) = name", name="name"),
        UniqueConstraint("folded_name"),
        UniqueConstraint("form_token"),
    )


class FieldChoice(Base):
    """One of the options of a field of kind "choice". A choice that is in use stays, and is no longer offered once it
    `is_retired`."""

    __tablename__ = "field_choices"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    field_id: Mapped[UUID] = mapped_column(ForeignKey("custom_fields.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    folded_name: Mapped[str] = mapped_column(info=UNRECORDED | NOT_PERSONAL)
    position: Mapped[int]
    is_retired: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint(f"length(name) BETWEEN 1 AND {FIELD_NAME_LENGTH} AND trim(name) = name", name="name"),
        UniqueConstraint("field_id", "folded_name"),
    )


class CustomerValue(Base):
    """A customer's value of a field: one of the value columns, by the field's kind. Without a value there is no row."""

    __tablename__ = "customer_values"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    field_id: Mapped[UUID] = mapped_column(ForeignKey("custom_fields.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str | None] = mapped_column(info=PERSONAL)
    number: Mapped[float | None] = mapped_column(Double)
    day: Mapped[date | None] = mapped_column(Date)
    flag: Mapped[bool | None]
    choice_id: Mapped[UUID | None] = mapped_column(ForeignKey("field_choices.id", ondelete="CASCADE"))

    __table_args__ = (
        CheckConstraint(f"{_FILLED} = 1", name="one_value"),
        CheckConstraint(f"text IS NULL OR length(text) BETWEEN 1 AND {VALUE_LENGTH}", name="text"),
        *(
            partial_index(
                f"ix_customer_values_{column}", "field_id", column, "customer_id", where=f"{column} IS NOT NULL"
            )
            for column in _VALUES
        ),
        belongs_by("customer_id"),
    )
