"""What merging two customers would do: their fields and bookings side by side, and what will happen in words."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Consent, CustomerTag, CustomerValue, CustomField, FieldChoice, HouseholdMember, Message
from db.recorded import table_of
from sms import phone
from venue import customers, messages
from venue.bookings import find
from venue.bookings.find import CustomerBookings
from venue.customers.merged import survivor_of
from venue.errors import Invalid, NotFound
from venue.fields import find as own_fields
from venue.merging import doubles, moves
from venue.merging.doubles import Double
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.rows import StoredCustomerRow
from venue.wording import counted, full_name, in_words

# What is compared before a merge, in words.
PARTS = {
    "keep": "the details of the one who stays",
    "other": "the details of the other",
    "bookings": "bookings",
    "tags": "tags",
    "fields": "your own fields",
    "household": "the household",
    "consents": "consent",
}
# The start of the name of one of the venue's own fields, before its id.
OWN = "field."


@dataclass(frozen=True)
class MergeField:
    """A field of both customers. `keep` and `other` are their values as staff read them. `proposed` is "keep", "other"
    or a text of both, as notes have it."""

    name: str
    label: str
    keep: str
    other: str
    proposed: str = "keep"

    @property
    def differs(self) -> bool:
        return self.keep != self.other


@dataclass(frozen=True)
class MergePlan:
    """What merging `other` into `keep` would do. `sentences` say it. `fingerprint` differs as soon as one of the two
    was changed; `merge` wants it."""

    keep: StoredCustomerRow
    other: StoredCustomerRow
    fields: Sequence[MergeField]
    keep_bookings: CustomerBookings
    other_bookings: CustomerBookings
    doubles: Sequence[Double]
    sentences: Sequence[str]
    fingerprint: str = field(repr=False)


def preview(session: Session, keep_id: UUID, other_id: UUID, *, now: datetime) -> MergePlan:
    """What merging the other into the first would do. Raises NotFound, and Invalid for one and the same customer."""
    require(session, Permission.MERGE)
    keep, other = (_row(session, customer_id) for customer_id in (keep_id, other_id))
    if keep_id == other_id:
        raise Invalid(other_id="These are one and the same customer: choose another")
    both = doubles.of(session, keep_id, other_id)
    fields = [*_fields(session, keep, other), *_own_fields(session, keep_id, other_id)]
    return MergePlan(
        keep,
        other,
        fields,
        find.for_customer(session, keep_id, now=now),
        find.for_customer(session, other_id, now=now),
        both,
        _sentences(session, keep, other, both),
        fingerprint(session, keep, other),
    )


def _row(session: Session, customer_id: UUID) -> StoredCustomerRow:
    try:
        return customers.row(session, customer_id)
    except NotFound:
        if survivor_of(session, customer_id) is None:
            raise
        raise NotFound("This customer was merged into another already.") from None


def _fields(session: Session, keep: StoredCustomerRow, other: StoredCustomerRow) -> list[MergeField]:
    fields = []
    for name, label in customers.FIELDS.items():
        values = [getattr(row, name) for row in (keep, other)]
        proposed = "keep"
        if name == "mobile_number":
            values = [phone.display(value, region=venue_of(session).region) for value in values]
        if name == "email" and not values[0]:
            proposed = "other"
        if name == "notes":
            proposed = both_notes(*values)
        fields.append(MergeField(name, label, values[0], values[1], proposed))
    return fields


def both_notes(keep: str, other: str) -> str:
    """The notes of both, each line once; "keep" or "other" if those of one are all that is."""
    lines = {name: dict.fromkeys(filter(None, text.split("\n"))) for name, text in (("keep", keep), ("other", other))}
    if lines["other"].keys() <= lines["keep"].keys():
        return "keep"
    if lines["keep"].keys() <= lines["other"].keys():
        return "other"
    return "\n".join([keep, *(line for line in lines["other"] if line not in lines["keep"])])


def _own_fields(session: Session, keep_id: UUID, other_id: UUID) -> list[MergeField]:
    """The venue's own fields of which one of them has a value."""
    table = table_of(CustomerValue)
    rows = session.execute(
        select(*table.c, CustomField.name.label("label"), FieldChoice.name.label("choice"))
        .join(CustomField, CustomField.id == table.c.field_id)
        .outerjoin(FieldChoice, FieldChoice.id == table.c.choice_id)
        .where(table.c.customer_id.in_((keep_id, other_id)))
        .order_by(CustomField.position, CustomField.id)
    )
    values: dict[UUID, dict[UUID, str]] = {}
    labels: dict[UUID, str] = {}
    for row in rows:
        labels[row.field_id] = row.label
        words = own_fields.value_of(row, {row.choice_id: row.choice}).words
        values.setdefault(row.field_id, {})[row.customer_id] = words
    return [
        MergeField(
            f"{OWN}{field_id}",
            labels[field_id],
            of_both.get(keep_id, ""),
            of_both.get(other_id, ""),
            "keep" if keep_id in of_both else "other",
        )
        for field_id, of_both in values.items()
    ]


def fingerprint(session: Session, keep: StoredCustomerRow, other: StoredCustomerRow) -> str:
    """A mark of each part of both customers that a merge depends on, and that others may change."""
    require(session, Permission.MERGE)
    facts = {
        "keep": keep.version,
        "other": other.version,
        "bookings": _facts(session, Booking, "id", "customer_id", "event_id", "version", of=(keep.id, other.id)),
        "tags": _facts(session, CustomerTag, "customer_id", "tag_id", "last_day", of=(keep.id, other.id)),
        "fields": _facts(session, CustomerValue, *table_of(CustomerValue).c.keys(), of=(keep.id, other.id)),
        "household": _facts(session, HouseholdMember, "customer_id", "household_id", of=(keep.id, other.id)),
        "consents": _facts(session, Consent, "id", of=(keep.id, other.id)),
    }
    return " ".join(f"{part}={hashlib.sha256(repr(fact).encode()).hexdigest()[:12]}" for part, fact in facts.items())


def _facts(session: Session, entity: type[Any], *names: str, of: tuple[UUID, UUID]) -> list[tuple[Any, ...]]:
    columns = [table_of(entity).c[name] for name in names]
    rows = session.execute(select(*columns).where(table_of(entity).c.customer_id.in_(of)))
    return sorted((tuple(row) for row in rows), key=repr)


def changed_since(before: str, now: str) -> str:
    """What differs between two fingerprints, as a sentence; empty if nothing does."""
    if before == now:
        return ""
    old, new = (dict(part.partition("=")[::2] for part in each.split(" ")) for each in (before, now))
    parts = [words for part, words in PARTS.items() if old.get(part) != new.get(part)]
    return f"Changed since you opened this: {', '.join(parts)}. Check what will happen, then merge again."


def _sentences(
    session: Session, keep: StoredCustomerRow, other: StoredCustomerRow, both: Sequence[Double]
) -> list[str]:
    names = {"keep": full_name(keep), "other": full_name(other)}
    moved = [*_moved(session, other.id)]
    said = [f"{in_words(moved)} of {names['other']} move to {names['keep']}."] if moved else []
    said += [f"{doubles.in_words(each)}. One booking stays." for each in both]
    if keep.mobile_number != other.mobile_number:
        said.append("Scheduled texts go to the number that stays.")
    refused = moves.refused_channels(session, keep.id, other.id)
    for channel, label in (("text", "text"), ("email", "e-mail")):
        if channel in refused:
            said.append(f"News and offers by {label} were refused by one of them: that counts for both.")
    said += _household_words(session, keep, other)
    said.append(f"{names['other']} is removed. Their old address leads to {names['keep']}.")
    return [*said, "No text is sent. You can undo this for 30 days."]


def _moved(session: Session, other_id: UUID) -> list[str]:
    bookings = len(session.scalars(select(Booking.id).where(Booking.customer_id == other_id)).all())
    texts = len(session.scalars(select(Message.id).where(Message.customer_id == other_id)).all())
    scheduled = messages.count_scheduled(session, other_id)
    tags = len(session.scalars(select(CustomerTag.tag_id).where(CustomerTag.customer_id == other_id)).all())
    counts = {"booking": bookings, "scheduled text": scheduled, "earlier text": texts - scheduled, "tag": tags}
    return [counted(count, noun) for noun, count in counts.items() if count]


def _household_words(session: Session, keep: StoredCustomerRow, other: StoredCustomerRow) -> list[str]:
    members = HouseholdMember.customer_id.in_((keep.id, other.id))
    found = select(HouseholdMember.customer_id, HouseholdMember.household_id).where(members)
    households: Mapping[UUID, UUID] = {row.customer_id: row.household_id for row in session.execute(found)}
    if other.id not in households:
        return []
    if keep.id not in households:
        return [f"{full_name(keep)} joins the household of {full_name(other)}."]
    if households[keep.id] == households[other.id]:
        return ["They are in one household now: it goes if no one else is in it."]
    return [f"The households of {full_name(keep)} and {full_name(other)} become one."]
