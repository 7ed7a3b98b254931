"""What erasing a customer would do: what goes, what stays without their name, and where else they are mentioned."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Table, exists, func, or_, select
from sqlalchemy.orm import Session

from db import personal
from db.models import Campaign, Message, VenueSetting
from db.recorded import table_of
from venue import setting_list
from venue.imports import tidying
from venue.messages.states import NOT_YET_GONE
from venue.privacy.identity import Identity, identify
from venue.privacy.mentions import Wanted
from venue.privacy.scan import Hit, search
from venue.profile import CHOICE
from venue.roles import Permission, require
from venue.wording import counted

FILES = "import_parts"
# Tables whose columns mean nothing to staff: a row that mentions the customer in several of them counts once.
BY_ROW = ("journal_values", "import_rows")
# What the rows of a table are called. Other tables are called by their own name.
NOUNS = {
    "customers": ("customer", "customers"),
    "events": ("event", "events"),
    "bookings": ("booking", "bookings"),
    "messages": ("text", "texts"),
    "message_attempts": ("attempt to send", "attempts to send"),
    "phone_numbers": ("record of a number", "records of a number"),
    "waitlist_entries": ("place on a waitlist", "places on waitlists"),
    "late_cancellations": ("late cancellation", "late cancellations"),
    "customer_visits": ("summary of visits", "summaries of visits"),
    "rewards": ("reward", "rewards"),
    "customer_tags": ("tag", "tags"),
    "customer_values": ("value in your own fields", "values in your own fields"),
    "household_members": ("household", "households"),
    "merged_customers": ("customer merged into them", "customers merged into them"),
    "duplicate_pairs": ("possible duplicate", "possible duplicates"),
    "campaign_customers": ("bulk text they were chosen for", "bulk texts they were chosen for"),
    "consents": ("line about news and offers", "lines about news and offers"),
    "requests": ("request", "requests"),
    "journal_values": ("change in the journal", "changes in the journal"),
    "import_rows": ("row of an import", "rows of an import"),
    "journal_entries": ("journal entry", "journal entries"),
    "imports": ("import", "imports"),
    "import_parts": ("uploaded file", "uploaded files"),
    "campaigns": ("bulk text", "bulk texts"),
    "pauses": ("pause of texts", "pauses of texts"),
}


@dataclass(frozen=True)
class Mention:
    """How many values of a column mention the customer, in rows that are not theirs. Tables in BY_ROW are counted by
    row, with no column."""

    table: str
    column: str
    count: int

    @property
    def is_deleted(self) -> bool:
        """Whether what mentions them is deleted as a whole: uploaded files."""
        return self.table == FILES

    @property
    def words(self) -> str:
        """Like "notes of 2 events"."""
        rows = noun(self.table, self.count)
        return rows if self.table in (*BY_ROW, FILES) else f"{_label(self.column)} of {rows}"


@dataclass(frozen=True)
class ErasePlan:
    """What erasing a customer would do. `goes` and `stays` are like "3 bookings". `blocked` are places that name the
    customer where a name cannot be replaced: while there are any, they cannot be erased.

    `fingerprint` differs as soon as anything of it differs. `wanted` are the names and numbers that were looked for,
    and `found` where they are, in rows of the customer and of others. `import_ids` are the imports whose files they are
    in: files are deleted as a whole.
    """

    customer_id: UUID
    name: str
    goes: Sequence[str]
    stays: Sequence[str]
    mentions: Sequence[Mention]
    shared: Sequence[str]
    blocked: Sequence[str]
    fingerprint: str
    wanted: Wanted
    found: Sequence[Hit] = field(repr=False)
    import_ids: Sequence[UUID] = ()


def erase_preview(session: Session, customer_id: UUID) -> ErasePlan:
    """What erasing this customer would do. Raises NotFound."""
    require(session, Permission.DELETE, ask_again=False)
    identity = identify(session, customer_id)
    goes, stays = _own(session, identity)
    found = search(session, identity.wanted)
    elsewhere = _elsewhere(session, identity, found)
    import_ids = files_with(session, identity.wanted, found)
    mentioned = {
        (hit.table, "" if hit.table in BY_ROW else hit.column, hit.key)
        for hit in elsewhere
        if hit.is_personal and hit.table != FILES
    }
    counts = Counter((table, column) for table, column, _key in mentioned)
    counts[FILES, "content"] = len(import_ids)
    mentions = [Mention(table, column, count) for (table, column), count in sorted(counts.items()) if count]
    shared = [f"Another person is called {name} too: mentions of the name stay." for name in identity.shared_names]
    if identity.shared_numbers:
        shared.append("Another customer has the same number: what is known about it stays with them.")
    facts = (identity, goes, stays, mentions)
    return ErasePlan(
        customer_id,
        identity.name,
        goes,
        stays,
        mentions,
        shared,
        [place(hit) for hit in elsewhere if cannot_be_replaced(session, hit)],
        hashlib.sha256(repr(facts).encode()).hexdigest()[:16],
        identity.wanted,
        found,
        import_ids,
    )


def files_with(session: Session, wanted: Wanted, found: Sequence[Hit]) -> list[UUID]:
    """The imports whose stored files have someone with these names or numbers: read as tables, or `found` in them as
    text."""
    require(session, Permission.DELETE, ask_again=False)
    in_tables = tidying.waiting_with(session, names=wanted.full_names, numbers=wanted.numbers)
    in_text = [hit.key[0] for hit in found if hit.table == FILES]
    return list(dict.fromkeys([*in_tables, *in_text]))


def cannot_be_replaced(session: Session, hit: Hit) -> bool:
    """Whether a name in this place must be changed by staff: it is in a text that guests are, or may be, sent."""
    if not hit.is_personal:
        return True
    if (hit.table, hit.column) != (Campaign.__tablename__, "body"):
        return False
    waiting = exists().where(Message.campaign_id == Campaign.id, Message.state.in_(NOT_YET_GONE))
    may_go = or_(Campaign.state == "draft", waiting)
    return session.scalar(select(Campaign.id).where(Campaign.id == hit.key[0], may_go)) is not None


def place(hit: Hit) -> str:
    """Where a name is that cannot be replaced, like "body of template reminder_7_day"."""
    name = str(hit.key[0]).removeprefix(CHOICE)
    if hit.table == VenueSetting.__tablename__ and name in setting_list.BY_NAME:
        return f"the setting ‘{setting_list.BY_NAME[name].label}’"
    rows = NOUNS.get(hit.table, (hit.table.replace("_", " ").removesuffix("s"),))[0]
    return f"{_label(hit.column)} of {rows} {' '.join(map(str, hit.key))}"


def noun(table: str, count: int) -> str:
    """Like "3 bookings"."""
    one, several = NOUNS.get(table, (table.replace("_", " "),) * 2)
    return counted(count, one, several)


def _own(session: Session, identity: Identity) -> tuple[list[str], list[str]]:
    """What of the customer's own rows goes, and what stays without their name."""
    goes: list[str] = []
    stays: list[str] = []
    order = {name: position for position, name in enumerate(NOUNS)}
    for table in sorted(personal.tables(), key=lambda table: order.get(table.name, len(order))):
        if not personal.personal_columns(table) or not table.info["belongs_by"] or table.name == "customers":
            continue
        count = _count(session, table, identity)
        scheduled = _count(session, table, identity, scheduled=True) if table is table_of(Message) else 0
        if scheduled:
            goes.append(counted(scheduled, "scheduled text"))
        is_deleted = personal.is_deleted_with_customer(table) or table.name == "phone_numbers"
        if count - scheduled and table.name != "message_attempts":
            (goes if is_deleted else stays).append(noun(table.name, count - scheduled))
    return goes, stays


def _count(session: Session, table: Table, identity: Identity, *, scheduled: bool = False) -> int:
    theirs = personal.rows_of(table, identity.customer_id, identity.numbers)
    rows = select(func.count()).select_from(table).where(theirs)
    return session.scalar(rows.where(table.c.state.in_(NOT_YET_GONE)) if scheduled else rows) or 0


def _elsewhere(session: Session, identity: Identity, found: Sequence[Hit]) -> list[Hit]:
    """The mentions in rows that are not the customer's own."""
    by_table: dict[str, list[Hit]] = defaultdict(list)
    for hit in found:
        if not hit.is_identity:
            by_table[hit.table].append(hit)
    elsewhere: list[Hit] = []
    for table in personal.tables():
        own = _own_keys(session, table, identity) if by_table[table.name] else set()
        elsewhere += [hit for hit in by_table[table.name] if hit.key not in own]
    return elsewhere


def _own_keys(session: Session, table: Table, identity: Identity) -> set[tuple[object, ...]]:
    theirs = personal.rows_of(table, identity.customer_id, identity.numbers)
    return {tuple(row) for row in session.execute(select(*table.primary_key).where(theirs))}


def _label(column: str) -> str:
    return column.replace("_", " ")
