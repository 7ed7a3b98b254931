"""The lock of a shared tablet on plain pages, which have no user menu: web/tablet_lock.js."""

import json
from pathlib import Path

from sqlalchemy.orm import Session

from venue.profile import venue_of
from venue.staff import sign_ins

_SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def script(session: Session) -> str:
    """The script that locks the page without use; empty on every browser that is no shared tablet."""
    sign_in_id = sign_ins.on_tablet(session)
    if sign_in_id is None:
        return ""
    given = {"signIn": str(sign_in_id), "lockAfter": venue_of(session).tablet_lock_minutes * 60_000}
    return _SCRIPT.replace("GIVEN", json.dumps(given), 1)
