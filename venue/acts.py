"""Acts: what staff do, each with one entry in the journal.

A command is decorated with its act. The outermost command of a call writes the entry, in its transaction, if anything
changed; the commands that it calls are part of it. What the scheduler does is no act: message_attempts is its log.
"""

import functools
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy.orm import Session

from db import journal
from db.journal import Entry, Signature
from venue import clock
from venue.roles import Permission, require

# The attribute of a command that is its act.
ACT = "act"
Command = TypeVar("Command", bound=Callable[..., Any])


class Act(StrEnum):
    """Everything that leaves an entry. The values are stored."""

    CUSTOMER_ADDED = "customer.added"
    CUSTOMER_CHANGED = "customer.changed"
    CUSTOMERS_CHANGED = "customers.changed"
    CUSTOMERS_TAGGED = "customers.tagged"
    CUSTOMERS_UNTAGGED = "customers.untagged"
    CUSTOMERS_FIELD_SET = "customers.field_set"
    CUSTOMERS_FIELD_CLEARED = "customers.field_cleared"
    CUSTOMERS_MERGED = "customers.merged"
    CUSTOMER_DELETED = "customer.deleted"
    CUSTOMERS_ERASED = "customers.erased"
    MENTIONS_ERASED = "customer.mentions_erased"
    CUSTOMERS_IMPORTED = "customers.imported"
    CUSTOMERS_EXPORTED = "customers.exported"
    CUSTOMER_EXPORTED = "customer.exported"
    CUSTOMER_TAGGED = "customer.tagged"
    CUSTOMER_UNTAGGED = "customer.untagged"
    TAG_ADDED = "tag.added"
    TAG_CHANGED = "tag.changed"
    TAG_DELETED = "tag.deleted"
    TAGS_MERGED = "tags.merged"
    FIELD_ADDED = "field.added"
    FIELD_CHANGED = "field.changed"
    FIELD_DELETED = "field.deleted"
    CHOICE_ADDED = "choice.added"
    CHOICE_CHANGED = "choice.changed"
    CHOICE_RETIRED = "choice.retired"
    EVENT_ADDED = "event.added"
    EVENT_CHANGED = "event.changed"
    EVENT_CANCELLED = "event.cancelled"
    EVENT_RESTORED = "event.restored"
    EVENT_DELETED = "event.deleted"
    SERIES_ADDED = "series.added"
    SERIES_CHANGED = "series.changed"
    SERIES_CANCELLED = "series.cancelled"
    EVENTS_IMPORTED = "events.imported"
    EVENTS_EXPORTED = "events.exported"
    INSIGHT_EXPORTED = "insight.exported"
    GUESTS_EXPORTED = "guests.exported"
    BOOKING_ADDED = "booking.added"
    BOOKING_CHANGED = "booking.changed"
    BOOKING_MOVED = "booking.moved"
    BOOKING_DELETED = "booking.deleted"
    ARRIVAL_MARKED = "booking.arrival_marked"
    LATE_MARKED = "booking.late_marked"
    REWARD_GIVEN = "reward.given"
    WALK_IN_ADDED = "booking.walk_in_added"
    WALK_INS_COUNTED = "event.walk_ins_counted"
    WAITLIST_JOINED = "waitlist.joined"
    WAITLIST_LEFT = "waitlist.left"
    WAITLIST_OFFERED = "waitlist.offered"
    WAITLIST_ANSWERED = "waitlist.answered"
    WAITLIST_WITHDRAWN = "waitlist.withdrawn"
    BOOKINGS_IMPORTED = "bookings.imported"
    BOOKINGS_EXPORTED = "bookings.exported"
    TEXT_QUEUED = "text.queued"
    TEXT_ANSWERED = "text.answered"
    TEXT_RESENT = "text.resent"
    TEXT_SETTLED = "text.settled"
    TEXTS_PAUSED = "texts.paused"
    TEXTS_RESUMED = "texts.resumed"
    TEXTS_HANDLED = "texts.handled"
    TEXTS_EXPORTED = "texts.exported"
    SENDING_RESUMED = "sending.resumed"
    NUMBER_STOPPED = "number.stopped"
    NUMBER_ALLOWED = "number.allowed"
    NUMBER_UNBLOCKED = "number.unblocked"
    HOUSEHOLD_JOINED = "household.joined"
    HOUSEHOLD_LEFT = "household.left"
    HOUSEHOLD_DECLINED = "household.declined"
    DUPLICATE_DECIDED = "duplicate.decided"
    CONSENT_RECORDED = "consent.recorded"
    REQUEST_ADDED = "request.added"
    REQUEST_CHANGED = "request.changed"
    REQUEST_ACKNOWLEDGED = "request.acknowledged"
    REQUEST_PAUSED = "request.paused"
    REQUEST_RESUMED = "request.resumed"
    REQUEST_ANSWERED = "request.answered"
    REQUEST_REOPENED = "request.reopened"
    TEMPLATE_CHANGED = "template.changed"
    TEMPLATES_ADDED = "templates.added"
    CAMPAIGN_ADDED = "campaign.added"
    CAMPAIGN_CHANGED = "campaign.changed"
    CAMPAIGN_DELETED = "campaign.deleted"
    CAMPAIGN_CONFIRMED = "campaign.confirmed"
    CAMPAIGN_PAUSED = "campaign.paused"
    CAMPAIGN_RESUMED = "campaign.resumed"
    CAMPAIGN_STOPPED = "campaign.stopped"
    VIEW_SAVED = "view.saved"
    VIEW_CHANGED = "view.changed"
    VIEW_DELETED = "view.deleted"
    SETTING_CHANGED = "setting.changed"
    SETTING_RESET = "setting.reset"
    STAFF_ADDED = "staff.added"
    STAFF_CHANGED = "staff.changed"
    STAFF_DISABLED = "staff.disabled"
    STAFF_ENABLED = "staff.enabled"
    CODE_ISSUED = "code.issued"
    CODE_USED = "code.used"
    CODES_VOIDED = "codes.voided"
    ACCOUNT_CHANGED = "account.changed"
    SIGNED_IN = "sign_in.started"
    SIGNED_OUT = "sign_in.ended"
    SIGN_IN_REFUSED = "sign_in.refused"
    SIGN_INS_ENDED = "sign_ins.ended"
    IDENTITY_CONFIRMED = "sign_in.confirmed"
    DEVICE_ENROLLED = "device.enrolled"
    DEVICE_REMOVED = "device.removed"
    BACKED_UP = "backup.made"
    RESTORED = "backup.restored"
    MOVED = "database.moved"
    IMPORT_UPLOADED = "import.uploaded"
    IMPORT_MAPPED = "import.mapped"
    IMPORT_DECIDED = "import.decided"
    IMPORT_BEGUN = "import.begun"
    IMPORT_CANCELLED = "import.cancelled"
    REFUSED_ROWS_EXPORTED = "import.refused_exported"
    IMPORT_UNDO_BEGUN = "import.undo_begun"
    JOURNAL_EXPORTED = "journal.exported"
    REFUSED = "refused"
    UNDONE = "undone"


# Facts in the details of an entry that erases customers: their ids, and the values of other entries that mentioned them
# and were erased too, as a list of [entry, position].
DELETED, MENTIONS = "deleted_customers", "erased_mentions"


def act(kind: Act, *, also: Collection[str] = ()) -> Callable[[Command], Command]:
    """Decorate a command, whose first argument is `session`, with its act. The entry's time is the command's `now`.

    `also` are columns whose old values undoing it needs, though they are not recorded otherwise.
    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def run(session: Session, *args: Any, **kwargs: Any) -> Any:
            if journal.open_entry(session) is not None:
                return command(session, *args, **kwargs)
            with journal.record(
                session, Entry(kind.value), _signature(session, kwargs.get("now")), also=frozenset(also)
            ):
                return command(session, *args, **kwargs)

        setattr(run, ACT, kind)
        return cast("Command", run)

    return decorate


def details(session: Session, **facts: Any) -> None:
    """Add facts to the entry of the act in progress, as JSON holds them. They are never erased, so they must not be
    personal."""
    entry = journal.open_entry(session)
    if entry is not None:
        entry.details.update(facts)


def count(session: Session, **counts: int) -> None:
    """Add to the counts in the entry of the act in progress, if there is one."""
    entry = journal.open_entry(session)
    if entry is not None:
        for name, more in counts.items():
            if more:
                entry.details[name] = entry.details.get(name, 0) + more


def counted(session: Session, name: str) -> int:
    """What was counted under this name in the act in progress; 0 if there is none."""
    entry = journal.open_entry(session)
    return 0 if entry is None else entry.details.get(name, 0)


def extend(session: Session, name: str, facts: Sequence[Any]) -> None:
    """Add to a list of facts in the entry of the act in progress, if there is one. They must not be personal."""
    entry = journal.open_entry(session)
    if entry is not None and facts:
        entry.details[name] = [*entry.details.get(name, []), *facts]


def undoes(session: Session, entry_id: int) -> None:
    """Say that the act in progress undoes this entry."""
    entry = journal.open_entry(session)
    if entry is not None:
        entry.undoes = entry_id


def note(session: Session, kind: Act, *, now: datetime | None = None, **facts: Any) -> None:
    """Write an entry about an act that changed nothing, like an export. `facts` must not be personal."""
    journal.write(session, Entry(kind.value, details=facts), _signature(session, now))


def erase_customer(session: Session, customer_id: UUID) -> None:
    """Erase the customer's values from the journal. Its entries stay, and can still be verified."""
    require(session, Permission.DELETE)
    journal.erase_customers(session, [customer_id])


def erase_customers(session: Session, customer_ids: Collection[UUID]) -> None:
    """Erase these customers' values from the journal, as `erase_customer` does for one."""
    require(session, Permission.IMPORT)
    journal.erase_customers(session, customer_ids)


def last_entry(session: Session) -> int | None:
    """The id of the last entry that this session wrote, or None. It can be undone by it."""
    entry_id: int | None = session.info.get(journal.LAST)
    return entry_id


def _signature(session: Session, now: Any) -> Signature:
    actor = session.info.get("actor")
    name, staff_id = (actor.name, actor.staff_id) if actor is not None else ("unknown", None)
    return Signature(now or clock.now(), name, staff_id)
