"""Bulk texts: the same words to many customers who agreed to get them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NAME_LENGTH, NOT_PERSONAL, PERSONAL, UNRECORDED, Base, belongs_by

CAMPAIGN_STATES = ("draft", "sending", "paused", "stopped")


class Campaign(Base):
    """A bulk text. Its messages are rows of the outbox, queued when it is confirmed (venue/campaigns).

    `query` is the filter of the customer list that chooses its audience, as in the list's address, as JSON; one that
    `is_list` goes to its campaign customers instead. `audience` is the number of customers at confirmation: `messages`
    of them have a message, and `left_out` says how many of the rest were left out, by reason. While it is "paused" or
    "stopped", none of its messages is sent. It may be `paused_by_restore`: a backup was restored in which it was being
    sent.
    """

    __tablename__ = "campaigns"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(info=PERSONAL)
    query: Mapped[str] = mapped_column(default="", info=PERSONAL)
    is_list: Mapped[bool] = mapped_column(default=False, server_default=false())
    body: Mapped[str] = mapped_column(default="", info=PERSONAL)
    state: Mapped[str] = mapped_column(String(8), default="draft", info=NOT_PERSONAL)
    paused_by_restore: Mapped[bool] = mapped_column(default=False, server_default=false())
    per_minute: Mapped[int] = mapped_column(default=60)
    useful_until: Mapped[datetime | None]
    event_id: Mapped[UUID | None]
    audience: Mapped[int] = mapped_column(default=0)
    messages: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[dict[str, Any]] = mapped_column(default=dict, info=NOT_PERSONAL)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(info=NOT_PERSONAL)
    updated_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    version: Mapped[int] = mapped_column(default=1, info=UNRECORDED)
    form_token: Mapped[str | None] = mapped_column(String(64), info=UNRECORDED | NOT_PERSONAL)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(f"length(name) BETWEEN 1 AND {NAME_LENGTH} AND trim(name) = name", name="name"),
        CheckConstraint(f"state IN ({', '.join(map(repr, CAMPAIGN_STATES))})", name="state"),
        CheckConstraint("per_minute > 0", name="per_minute"),
        UniqueConstraint("form_token"),
        Index("ix_campaigns_created_at", "created_at"),
        belongs_by(),
    )


class CampaignCustomer(Base):
    """A customer who was selected to get a bulk text. One may be there twice after a merge, and counts once."""

    __tablename__ = "campaign_customers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))

    __table_args__ = (
        Index("ix_campaign_customers_campaign_id_customer_id", "campaign_id", "customer_id"),
        Index("ix_campaign_customers_customer_id", "customer_id"),
        belongs_by("customer_id"),
    )
