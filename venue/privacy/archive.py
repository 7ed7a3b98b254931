"""What a customer gets who asks what is held about them: a letter to read, and the data for a program, in one file."""

import io
import json
import zipfile
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from venue import acts
from venue.acts import Act
from venue.privacy import letter
from venue.privacy.held import Held, as_json, held
from venue.profile import venue_of
from venue.roles import Permission, require

LETTER, DATA = "letter.html", "data.json"


def archive(session: Session, customer_id: UUID, *, now: datetime) -> bytes:
    """A zip file with letter.html and data.json: everything that is held about this customer. Raises NotFound."""
    require(session, Permission.EXPORT)
    everything = held(session, customer_id)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(LETTER, letter.written(everything, venue=venue_of(session), now=now))
        file.writestr(DATA, json.dumps(_data(everything, now), ensure_ascii=False, indent=2))
    return content.getvalue()


def note_archive(session: Session, customer_id: UUID, *, now: datetime) -> None:
    """Write to the journal that a customer's archive was made."""
    require(session, Permission.EXPORT)
    acts.note(session, Act.CUSTOMER_EXPORTED, now=now, customer_id=str(customer_id))


def _data(everything: Held, now: datetime) -> dict[str, Any]:
    tables = {
        name: [{column: as_json(value) for column, value in row.items()} for row in rows]
        for name, rows in everything.tables.items()
    }
    return {
        "customer_id": str(everything.identity.customer_id),
        "made_at": now.isoformat(),
        "tables": tables,
        "mentions": list(everything.mentions),
        "mentioned_in_records_of_others": list(everything.in_records_of_others),
    }
