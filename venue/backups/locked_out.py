"""Who may no longer get in, so that a restored backup from before does not let them in again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db.models import Device, DeviceUser, Staff
from db.session import Database, DatabaseUnavailable
from db.writes import delete_where
from venue.roles import Permission, require

NOT_KNOWN = (
    "Which accounts were disabled and which tablets removed since the backup is not known, as the database before does "
    "not say: look at the screen Staff."
)


@dataclass(frozen=True)
class LockedOut:
    """When accounts were disabled and devices removed, in UTC, by id. `is_known` is whether there may be no others."""

    staff: Mapping[UUID, datetime] = field(default_factory=dict)
    devices: Mapping[UUID, datetime] = field(default_factory=dict)
    is_known: bool = True


def known(database: Database) -> LockedOut:
    """All that a database knows, of whatever version."""
    try:
        with database.past_the_pooler() as itself, itself.reading_at_length() as session:
            staff = session.execute(select(Staff.id, Staff.disabled_at))
            devices = session.execute(select(Device.id, Device.removed_at))
            return LockedOut(
                {row.id: row.disabled_at for row in staff if row.disabled_at},
                {row.id: row.removed_at for row in devices if row.removed_at},
            )
    except (DatabaseUnavailable, DBAPIError):
        return LockedOut(is_known=False)


def keep_out(session: Session, locked_out: LockedOut, *, now: datetime) -> list[str]:
    """Disable the accounts and remove the devices that a backup has as they were before, and name them in sentences."""
    require(session, Permission.ACCOUNTS)
    said = [] if locked_out.is_known else [NOT_KNOWN]
    for staff in session.scalars(select(Staff).where(Staff.disabled_at.is_(None)).order_by(Staff.name_key)):
        if staff.id in locked_out.staff:
            staff.disabled_at, staff.updated_at = locked_out.staff[staff.id], now
            said.append(f"{staff.name} was disabled since the backup: disabled again.")
    for device in session.scalars(select(Device).where(Device.removed_at.is_(None)).order_by(Device.name, Device.id)):
        if device.id in locked_out.devices:
            device.removed_at = locked_out.devices[device.id]
            delete_where(session, DeviceUser, DeviceUser.device_id == device.id)
            said.append(f"{device.name or 'A browser'} was removed since the backup: removed again.")
    session.flush()
    return said
