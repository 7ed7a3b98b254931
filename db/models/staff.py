"""Staff, how they sign in, and the browsers and tablets they use."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NAME_LENGTH, NOT_PERSONAL, SECRET, UNRECORDED, Base


class Staff(Base):
    """A member of staff, and the role that decides their permissions.

    `name_key` and `email_key` are the name and e-mail address without differences of case, so that each is used once.
    `totp_step` is the last time step whose code was used: no code is good twice.
    """

    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    name_key: Mapped[str] = mapped_column(info=UNRECORDED | NOT_PERSONAL)
    role: Mapped[str] = mapped_column(String(16), info=NOT_PERSONAL)
    email: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    email_key: Mapped[str | None] = mapped_column(info=UNRECORDED | NOT_PERSONAL)
    password_hash: Mapped[str | None] = mapped_column(info=SECRET | NOT_PERSONAL)
    pin_hash: Mapped[str | None] = mapped_column(info=SECRET | NOT_PERSONAL)
    totp_secret: Mapped[str | None] = mapped_column(info=SECRET | NOT_PERSONAL)
    totp_step: Mapped[int] = mapped_column(default=0, info=UNRECORDED)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    updated_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    version: Mapped[int] = mapped_column(default=1, info=UNRECORDED)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("name_key"),
        UniqueConstraint("email_key"),
        CheckConstraint(f"length(name) BETWEEN 1 AND {NAME_LENGTH}", name="name"),
        CheckConstraint("role IN ('viewer', 'staff', 'manager')", name="role"),
    )


class Device(Base):
    """A browser that staff have signed in with, or a shared tablet that a manager enrolled.

    Its cookie holds a random token; only the token's hash is stored.
    """

    __tablename__ = "devices"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[str] = mapped_column(String(64), info=UNRECORDED | NOT_PERSONAL)
    name: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    last_used_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    removed_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("token_hash"),)


class DeviceUser(Base):
    """A member of staff who has signed in on a device, and their recent failed attempts on it.

    `failures` counts wrong passwords, `failures_since` is since when no more were counted. `pin_failures` counts wrong
    PINs.
    """

    __tablename__ = "device_users"

    device_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, index=True)
    known_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    failures_since: Mapped[datetime | None]
    pin_failures: Mapped[int] = mapped_column(default=0)


class SignIn(Base):
    """A signed-in browser. Its cookie holds a random token; only the token's hash is stored.

    `confirmed_at` is when the password or PIN was last entered; `method` is "pin" if that was the PIN. `ended_at` is
    when the person signed out, was signed out, or the tablet was locked.
    """

    __tablename__ = "sign_ins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[str] = mapped_column(String(64), info=UNRECORDED | NOT_PERSONAL)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("devices.id", ondelete="SET NULL"), index=True)
    method: Mapped[str] = mapped_column(String(16), info=NOT_PERSONAL)
    user_agent: Mapped[str] = mapped_column(String(400), default="", info=UNRECORDED | NOT_PERSONAL)
    created_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    last_used_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    confirmed_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    expires_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("method IN ('password', 'pin', 'oidc', 'code', 'demo')", name="method"),
        Index("ix_sign_ins_ended_at", "ended_at"),
    )


class SignInAttempt(Base):
    """How often an account's password was tried from unknown browsers. The key is a hash of the typed name, whether or
    not there is such an account. `since` is since when no more were counted."""

    __tablename__ = "sign_in_attempts"

    key: Mapped[str] = mapped_column(String(64), primary_key=True, info=NOT_PERSONAL)
    attempts: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)


class OneTimeCode(Base):
    """A code that is good once: for the first manager, for choosing a password, or for enrolling a shared tablet.

    Only its hash is stored.
    """

    __tablename__ = "one_time_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    purpose: Mapped[str] = mapped_column(String(16), info=NOT_PERSONAL)
    code_hash: Mapped[str] = mapped_column(String(64), info=UNRECORDED | NOT_PERSONAL)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    device_name: Mapped[str] = mapped_column(default="", info=NOT_PERSONAL)
    created_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("code_hash"),
        CheckConstraint("purpose IN ('set_up', 'password', 'tablet')", name="purpose"),
    )
