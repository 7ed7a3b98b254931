"""The column of tags in a file of customers: "VIP; Regular". An import puts tags on, and never takes any off."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.lists import one_of
from db.models import CustomerTag
from db.models.tags import TAG_LENGTH
from db.session import is_trial
from db.writes import delete_where, insert_once
from venue import clock, short_names, tags
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.tags.edit import SEPARATORS
from venue.tags.find import counts_on

# The usual headings.
HEADINGS = ("Tags", "Tag")
_SEPARATOR = re.compile(f"[{re.escape(SEPARATORS)}]")


def read(cell: str) -> tuple[str, ...]:
    """The names in a cell, each once. Raises ValueError, with a sentence for staff, for one that no tag can have."""
    typed = [name.strip() for name in _SEPARATOR.split(cell)]
    names = [short_names.checked(name, longest=TAG_LENGTH) for name in typed if name]
    return tuple({short_names.folded(name): name for name in reversed(names)}.values())[::-1]


class TagsOfFile:
    """Puts the tags of a file on its customers, some rows at a time. Tags that do not exist are made, if the actor may.

    A check, which is rolled back, writes nothing that others could wait for: it remembers it.
    """

    def __init__(self, session: Session, now: datetime):
        self.session = session
        self.now = now
        self.today = clock.today(now, venue_of(session).zone)
        self.may_make = require(session, Permission.IMPORT).may(Permission.FIELDS)
        self.ids = {short_names.folded(tag.name): tag.id for tag in tags.every(session)}
        self.not_stored: set[UUID] = set()
        self.remembered: set[tuple[UUID, UUID]] = set()
        self.stored: set[tuple[UUID, UUID]] = set()
        self.rows: list[tuple[UUID, UUID]] = []

    def load(self, customer_ids: Collection[UUID]) -> None:
        """Read which tags these customers have: called before each batch."""
        having = one_of(self.session, CustomerTag.customer_id, sorted(customer_ids))
        query = select(CustomerTag.tag_id, CustomerTag.customer_id).where(having, counts_on(self.today))
        self.stored = {(tag_id, customer_id) for tag_id, customer_id in self.session.execute(query)}

    def cannot_make(self, names: Iterable[str]) -> str:
        """The first tag that would have to be made, if the actor may not; else an empty string."""
        if self.may_make:
            return ""
        return next((name for name in names if short_names.folded(name) not in self.ids), "")

    def lacking(self, customer_id: UUID, names: Sequence[str]) -> list[str]:
        """Those of the tags that the customer does not have yet."""
        return [name for name in names if not self._has(customer_id, self.ids.get(short_names.folded(name)))]

    def put_on(self, customer_id: UUID, names: Sequence[str], *, is_new: bool) -> list[str]:
        """Put tags on a customer, who was added by the same import if `is_new`. Returns the names of the tags made."""
        made = [name for name in names if short_names.folded(name) not in self.ids]
        for name in made:
            self._make(name)
        for name in self.lacking(customer_id, names):
            tag_id = self.ids[short_names.folded(name)]
            if is_trial(self.session) and (not is_new or tag_id in self.not_stored):
                self.remembered.add((tag_id, customer_id))
            else:
                self.rows.append((tag_id, customer_id))
                self.stored.add((tag_id, customer_id))
        return made

    def write(self) -> None:
        """Store the tags of a batch, after its customers. One that was over counts again."""
        rows, self.rows = self.rows, []
        if not rows:
            return
        theirs = one_of(self.session, CustomerTag.customer_id, sorted({customer_id for _, customer_id in rows}))
        delete_where(self.session, CustomerTag, theirs & (CustomerTag.last_day < self.today))
        values = {"last_day": None, "added_at": self.now}
        insert_once(
            self.session,
            CustomerTag,
            [{"tag_id": tag_id, "customer_id": customer_id, **values} for tag_id, customer_id in sorted(rows)],
        )

    def _has(self, customer_id: UUID, tag_id: UUID | None) -> bool:
        return tag_id is not None and ((tag_id, customer_id) in self.stored or (tag_id, customer_id) in self.remembered)

    def _make(self, name: str) -> None:
        if is_trial(self.session):
            tag_id = uuid4()
            self.not_stored.add(tag_id)
        else:
            tag_id = tags.add(self.session, name=name, now=self.now).id
            self.session.flush()
        self.ids[short_names.folded(name)] = tag_id
