"""A chosen selection as the query of an address, for downloads."""

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from venue.bulk.selection import ID_BYTES, Chosen, Selection, choose
from venue.customers import CustomerFilter
from venue.errors import NotFound
from venue.roles import Permission, require

# Proxies take addresses of 8,000 characters; an id is 22 of them.
MOST_IDS = 300
ALL, IDS, WITHOUT, CHOSEN = "all", "ids", "without", "chosen"


def fits(selection: Selection) -> bool:
    """Whether an address can hold it: not too many customers were ticked one by one."""
    return len(selection.ids) + len(selection.without) <= MOST_IDS


def to_query(chosen: Chosen) -> dict[str, str]:
    """The selection, and which customers it was when they were counted."""
    selection = chosen.selection
    query = {} if selection.where is None else {ALL: "true", **selection.where.to_query()}
    query |= {name: _written(ids) for name, ids in ((IDS, selection.ids), (WITHOUT, selection.without)) if ids}
    return {**query, CHOSEN: chosen.fingerprint}


def from_query(query: Mapping[str, str]) -> Selection:
    """The selection in an address. Raises Invalid and ValueError for values that make no sense."""
    where = CustomerFilter.from_query(query) if query.get(ALL) else None
    return Selection(_read(query.get(IDS, "")), where, _read(query.get(WITHOUT, "")))


def require_same(session: Session, selection: Selection, fingerprint: str, *, now: datetime) -> None:
    """Raises NotFound if it is no longer the customers who were counted."""
    require(session, Permission.EXPORT)
    if choose(session, selection, now=now).fingerprint != fingerprint:
        raise NotFound("Other customers match since you selected these. Go back to the list and download again.")


def _written(ids: Iterable[UUID]) -> str:
    return base64.urlsafe_b64encode(b"".join(each.bytes for each in sorted(ids))).decode()


def _read(typed: str) -> frozenset[UUID]:
    packed = base64.urlsafe_b64decode(typed)
    return frozenset(UUID(bytes=packed[start : start + ID_BYTES]) for start in range(0, len(packed), ID_BYTES))
