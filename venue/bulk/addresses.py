"""A chosen selection as the query of an address, for downloads."""

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from sqlalchemy.orm import Session

from venue.bulk.selection import ID_BYTES, Chosen, Matching, Selection, choose
from venue.customers import CustomerFilter
from venue.errors import NotFound
from venue.roles import Permission, require

# Proxies take addresses of 8,000 characters; an id is 22 of them.
MOST_CHARACTERS = 7_000
ALL, IDS, WITHOUT, EARLIER, CHOSEN = "all", "ids", "without", "earlier", "chosen"


def fits(selection: Selection) -> bool:
    """Whether an address can hold it: not too many customers were ticked one by one, or too many filters used."""
    return len(urlencode(_query(selection))) <= MOST_CHARACTERS


def to_query(chosen: Chosen) -> dict[str, str]:
    """The selection, and which customers it was when they were counted."""
    return {**_query(chosen.selection), CHOSEN: chosen.fingerprint}


def from_query(query: Mapping[str, str]) -> Selection:
    """The selection in an address. Raises Invalid and ValueError for values that make no sense."""
    where = CustomerFilter.from_query(query) if query.get(ALL) else None
    earlier = tuple(_matching(dict(parse_qsl(each))) for each in query.get(EARLIER, "").split())
    return Selection(_read(query.get(IDS, "")), where, _read(query.get(WITHOUT, "")), earlier)


def require_same(session: Session, selection: Selection, fingerprint: str, *, now: datetime) -> None:
    """Raises NotFound if it is no longer the customers who were counted."""
    require(session, Permission.EXPORT)
    if choose(session, selection, now=now).fingerprint != fingerprint:
        raise NotFound("Other customers match since you selected these. Go back to the list and download again.")


def _query(selection: Selection) -> dict[str, str]:
    query = {} if selection.where is None else {ALL: "true", **selection.where.to_query()}
    lists = {IDS: _written(selection.ids), WITHOUT: _written(selection.without)}
    lists[EARLIER] = "\n".join(_earlier(each) for each in selection.earlier)
    return query | {name: written for name, written in lists.items() if written}


def _earlier(matching: Matching) -> str:
    """The query of an address in one line, never empty: its own, so that the names of two filters do not collide."""
    return urlencode({ALL: "true", **matching.where.to_query(), WITHOUT: _written(matching.without)})


def _matching(query: Mapping[str, str]) -> Matching:
    return Matching(CustomerFilter.from_query(query), _read(query.get(WITHOUT, "")))


def _written(ids: Iterable[UUID]) -> str:
    return base64.urlsafe_b64encode(b"".join(each.bytes for each in sorted(ids))).decode()


def _read(typed: str) -> frozenset[UUID]:
    packed = base64.urlsafe_b64decode(typed)
    return frozenset(UUID(bytes=packed[start : start + ID_BYTES]) for start in range(0, len(packed), ID_BYTES))
