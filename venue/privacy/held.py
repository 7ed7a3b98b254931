"""Everything that is held about a customer, by table. What the models declare is read, so no table is forgotten."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, or_, select
from sqlalchemy.orm import Session

from db import personal
from db.models import (
    Booking,
    Campaign,
    CampaignCustomer,
    Customer,
    CustomerTag,
    CustomerValue,
    CustomerVisits,
    CustomField,
    DuplicatePair,
    Event,
    FieldChoice,
    HouseholdMember,
    JournalEntry,
    JournalValue,
    LateCancellation,
    MergedCustomer,
    PhoneNumber,
    Request,
    Reward,
    Tag,
    WaitlistEntry,
)
from db.recorded import table_of
from venue.customers.merged import old_ids
from venue.duplicates.pairs import with_one_of
from venue.privacy.identity import Identity, identify
from venue.privacy.mentions import Wanted
from venue.privacy.plan import noun
from venue.privacy.scan import hits
from venue.roles import Permission, require

Rows = Sequence[Mapping[str, Any]]
# Facts about rows of others that bookings and entries of the journal refer to.
EVENTS, ENTRIES = "events", "journal_entries"
# The names of the venue's own fields, of the choices, and of the tags, that the customer has.
FIELDS, CHOICES, TAGS = "custom_fields", "field_choices", "tags"
HOUSEHOLD = "household_members"
# The bulk texts for which the customer was selected by hand.
SELECTED = "campaign_customers"
# Rows about a customer without any words of or about them.
VISITS, REWARDS, CANCELLED_LATE, MERGED = "customer_visits", "rewards", "late_cancellations", "merged_customers"
# Without the id of the other: that is about them, too.
PAIRS = "duplicate_pairs"
# What a customer may call rows that are mentioned; others are called by column and table.
PLACES = {"import_rows": "a row of an imported file", "import_parts": "an uploaded file"}


@dataclass(frozen=True)
class Held:
    """The rows of each table that belong to a customer, with all their columns, and the events and entries of the
    journal that they refer to. `mentions` are lines of texts that belong to no customer, such as an event's notes.
    `in_records_of_others` says where other customers' records mention them, like "notes of customer": what those say is
    about the others, too, and is left to staff.
    """

    identity: Identity
    tables: Mapping[str, Rows]
    mentions: Sequence[Mapping[str, str]]
    in_records_of_others: Sequence[str]


def held(session: Session, customer_id: UUID) -> Held:
    """Everything that is held about this customer. Raises NotFound."""
    require(session, Permission.EXPORT)
    personal.without_time_limit(session)
    identity = identify(session, customer_id)
    tables: dict[str, Rows] = {}
    for table in personal.tables():
        if personal.personal_columns(table) and table.info["belongs_by"]:
            theirs = personal.rows_of(table, customer_id, _numbers(table, identity))
            rows = session.execute(select(table).where(theirs).order_by(*table.primary_key)).mappings().all()
            tables[table.name] = [dict(row) for row in rows]
    tables["requests"] = [*tables["requests"], *_requests_by_number(session, identity)]
    mentions, of_others = _mentions(session, identity, tables)
    return Held(identity, {**tables, **_referred_to(session, customer_id)}, mentions, of_others)


def summary(session: Session, customer_id: UUID) -> list[str]:
    """How much is held, like "3 bookings". Raises NotFound."""
    require(session, Permission.EXPORT, ask_again=False)
    identity = identify(session, customer_id)
    counts: list[str] = []
    for table in personal.tables():
        if table is not table_of(Customer):
            theirs = personal.rows_of(table, customer_id, _numbers(table, identity))
            is_of_two = table is table_of(DuplicatePair)
            where = with_one_of([customer_id]) if is_of_two else theirs
            count = session.scalar(select(func.count()).select_from(table).where(where)) or 0
            counts += [noun(table.name, count)] if count else []
    return counts


def _numbers(table: Table, identity: Identity) -> Sequence[str]:
    """What is known about a number is of each customer who has it; a text of no customer may be of another."""
    return [*identity.numbers, identity.mobile_number] if table is table_of(PhoneNumber) else identity.numbers


def as_json(value: Any) -> Any:
    """A value of a row for JSON: instants in ISO format, in UTC."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _referred_to(session: Session, customer_id: UUID) -> dict[str, Rows]:
    booked = select(Event.id, Event.name, Event.starts_at, Event.cancelled_at).where(
        or_(
            Event.id.in_(select(Booking.event_id).where(Booking.customer_id == customer_id)),
            Event.id.in_(select(WaitlistEntry.event_id).where(WaitlistEntry.customer_id == customer_id)),
        )
    )
    theirs = CustomerValue.customer_id == customer_id
    fields = select(CustomField.id, CustomField.name).join(CustomerValue).where(theirs)
    choices = select(FieldChoice.id, FieldChoice.name).join(CustomerValue).where(theirs)
    tags = select(Tag.name, CustomerTag.last_day, CustomerTag.added_at).join(CustomerTag)
    # Without the names of bulk texts, which may name others.
    selected = select(table_of(CampaignCustomer), Campaign.created_at, Campaign.confirmed_at).join(Campaign)
    ids = [customer_id, *old_ids(session, [customer_id])]
    about_them = select(JournalValue.entry_id).where(JournalValue.customer_id.in_(ids))
    entries = select(JournalEntry.id, JournalEntry.at, JournalEntry.actor, JournalEntry.act)
    return {
        EVENTS: _rows(session, booked.order_by(Event.starts_at)),
        ENTRIES: _rows(session, entries.where(JournalEntry.id.in_(about_them)).order_by(JournalEntry.id)),
        FIELDS: _rows(session, fields.order_by(CustomField.position)),
        CHOICES: _rows(session, choices),
        TAGS: _rows(session, tags.where(CustomerTag.customer_id == customer_id).order_by(Tag.folded_name)),
        SELECTED: _rows(
            session, selected.where(CampaignCustomer.customer_id == customer_id).order_by(Campaign.created_at)
        ),
        HOUSEHOLD: _rows(session, select(table_of(HouseholdMember)).where(HouseholdMember.customer_id == customer_id)),
        **_without_words(session, customer_id),
    }


def _without_words(session: Session, customer_id: UUID) -> dict[str, Rows]:
    visits, rewards = table_of(CustomerVisits).c, table_of(Reward).c
    late, merged, pairs = table_of(LateCancellation).c, table_of(MergedCustomer).c, table_of(DuplicatePair).c
    cancelled = select(*late, Event.name).outerjoin(Event, Event.id == late.event_id)
    found = select(*(column for column in pairs if column not in (pairs.first_id, pairs.second_id)))
    is_theirs = or_(pairs.first_id == customer_id, pairs.second_id == customer_id)
    return {
        VISITS: _rows(session, select(*visits).where(visits.customer_id == customer_id)),
        REWARDS: _rows(session, select(*rewards).where(rewards.customer_id == customer_id).order_by(rewards.given_at)),
        CANCELLED_LATE: _rows(
            session, cancelled.where(late.customer_id == customer_id).order_by(late.cancelled_at, late.id)
        ),
        MERGED: _rows(session, select(*merged).where(merged.survivor_id == customer_id).order_by(merged.merged_at)),
        PAIRS: _rows(session, found.where(is_theirs).order_by(pairs.found_at)),
    }


def _requests_by_number(session: Session, identity: Identity) -> Rows:
    """Requests that were never linked to a customer, from someone who left this number."""
    unlinked = session.execute(select(table_of(Request)).where(Request.customer_id.is_(None))).mappings()
    theirs = Wanted(numbers=identity.numbers)
    return [dict(row) for row in unlinked if theirs.is_in(row["contact"])]


def _rows(session: Session, query: Any) -> Rows:
    return [dict(row) for row in session.execute(query).mappings()]


def _mentions(
    session: Session, identity: Identity, own: Mapping[str, Rows]
) -> tuple[list[Mapping[str, str]], list[str]]:
    mentions: list[Mapping[str, str]] = []
    of_others: dict[str, None] = {}
    for table in personal.tables():
        keys = {tuple(row[column.name] for column in table.primary_key) for row in own.get(table.name, ())}
        for hit, row in hits(session, table, identity.wanted):
            value = row._mapping[table.c[hit.column]]
            if hit.key in keys or not hit.is_personal or hit.is_identity or table is table_of(JournalValue):
                continue
            place = PLACES.get(table.name) or f"{hit.column.replace('_', ' ')} of {table.name.replace('_', ' ')}"
            if table.info["belongs_by"]:
                of_others[place] = None
            elif isinstance(value, str):
                mentions += [{"where": place, "text": line} for line in _lines(value) if identity.wanted.is_in(line)]
            else:
                mentions.append({"where": place, "text": "deleted once it is imported or cancelled"})
    return mentions, list(of_others)


def _lines(value: str) -> list[str]:
    """The lines of a text, or the texts of a JSON list as one line."""
    try:
        return [" ".join(map(str, json.loads(value)))]
    except (ValueError, TypeError):
        return value.splitlines()
