"""Erase a customer: all that is theirs, and every mention of them elsewhere, in one transaction.

At the end everything is searched for their names and numbers. If anything is left, nothing is erased.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, or_, select
from sqlalchemy.orm import Session

from db import journal, personal
from db.models import Customer, Erasure, ImportRow, JournalEntry, JournalValue, Message, Request, SavedView
from db.recorded import RECORDED, table_of
from db.session import Transaction
from db.writes import insert_once, update_where
from venue import acts, households, messages
from venue.acts import Act, act
from venue.customers import deletions, visit_counts
from venue.customers.merged import old_ids
from venue.errors import Invalid
from venue.imports import tidying
from venue.messages import stopped_numbers, together
from venue.messages.states import MAYBE_GONE
from venue.privacy.identity import Identity, identify, only_theirs
from venue.privacy.mentions import Wanted
from venue.privacy.plan import ErasePlan, cannot_be_replaced, erase_preview, files_with, place
from venue.privacy.scan import Hit, search, where_key
from venue.roles import Permission, require
from venue.wording import ERASED

VALUES_AT_ONCE = 500
CHANGED = "Something changed since you opened this. Check what will be erased, then try again."


def erase_in_steps(
    reading: Transaction, transaction: Transaction, customer_id: UUID, *, fingerprint: str = "", now: datetime
) -> None:
    """As `erase`, so that others can go on writing on SQLite, where only one can write at a time: everything is
    searched before and after the transaction that erases, which is short.

    Raises Invalid also if `fingerprint` is no longer that of the plan.
    """
    with reading() as session:
        plan = erase_preview(session, customer_id)
    if fingerprint and fingerprint != plan.fingerprint:
        raise Invalid(fingerprint=CHANGED)
    with transaction() as session:
        erase(session, customer_id, plan=plan, now=now)
    erase_what_was_added(reading, transaction, plan, now)


@act(Act.CUSTOMER_DELETED)
def erase(session: Session, customer_id: UUID, *, plan: ErasePlan | None = None, now: datetime) -> None:
    """Permanently erase a customer with everything that is theirs, and every mention of their names and numbers. No
    text is sent. Texts that may still be on their way lose number and words once that is known. Erasing a customer who
    does not exist does nothing.

    With a `plan` that was made just before, nothing is searched here, and what was added since is left: see
    `erase_in_steps`. Raises Invalid if they have another name or number than in the plan, and if a name is where it
    cannot be replaced.
    """
    actor = require(session, Permission.DELETE)
    customer = session.get(Customer, customer_id, with_for_update=True)
    if customer is None:
        return
    personal.without_time_limit(session)
    identity = identify(session, customer_id)
    ids = [customer_id, *old_ids(session, [customer_id])]
    if plan is not None and plan.wanted != identity.wanted:
        raise Invalid(fingerprint=CHANGED)
    if plan is not None and plan.blocked:
        raise Invalid(customer_id=_also_here(plan.blocked))
    _erase_own(session, customer, identity, now)
    found = search(session, identity.wanted) if plan is None else plan.found
    import_ids = files_with(session, identity.wanted, found) if plan is None else plan.import_ids
    tidying.erase_files(session, import_ids, now=now)
    if only_theirs(session, customer_id, identity.wanted) != identity.wanted:
        raise Invalid(fingerprint=CHANGED)
    _erase_mentions(session, found, identity.wanted, now)
    # A restored backup may be from before a merge.
    insert_once(session, Erasure, [{"customer_id": each, "erased_at": now, "actor": actor.name} for each in ids])
    acts.extend(session, acts.DELETED, [each.hex for each in ids])
    if plan is None:
        _check_nothing_is_left(session, customer_id, identity.wanted)


def erase_what_was_added(reading: Transaction, transaction: Transaction, plan: ErasePlan, now: datetime) -> None:
    """Erase the mentions that others have added while everything was searched."""
    with reading() as session:
        left = _left(session, plan.customer_id, plan.wanted)
        import_ids = files_with(session, plan.wanted, left)
    if left or import_ids:
        with transaction() as session:
            tidying.erase_files(session, import_ids, now=now)
            erase_mentions(session, plan.customer_id, left, plan.wanted, now=now)


@act(Act.MENTIONS_ERASED)
def erase_mentions(session: Session, customer_id: UUID, found: Sequence[Hit], wanted: Wanted, *, now: datetime) -> None:
    """Erase mentions of a customer who is erased. Raises Invalid if one is where it cannot be replaced."""
    require(session, Permission.DELETE)
    personal.without_time_limit(session)
    _erase_mentions(session, found, wanted, now)
    acts.extend(session, acts.DELETED, [customer_id.hex])
    _check_nothing_is_left(session, customer_id, wanted)


def _erase_own(session: Session, customer: Customer, identity: Identity, now: datetime) -> None:
    _erase_undone_merges(session, [customer.id, *old_ids(session, [customer.id])])
    first_names = {customer.first_name, *(name.first_name for name in identity.wanted.names)}
    together.erase_names(session, customer.id, first_names, now=now)
    messages.erase_customer(session, customer.id, numbers=identity.numbers, now=now)
    stopped_numbers.forget_numbers(session, identity.numbers, now=now)
    for table in personal.tables():
        if _is_emptied(table):
            emptied: dict[str, Any] = {column.name: _empty(column) for column in personal.personal_columns(table)}
            emptied |= _as_changed(table, now)
            theirs = personal.rows_of(table, customer.id, identity.numbers)
            update_where(session, personal.entity_of(table), theirs, emptied)
    deletions.note(session, customer, now=now)
    households.dissolve_with(session, customer.id)
    visit_counts.count_again_without(session, customer.id)
    session.delete(customer)
    session.flush()


def _erase_undone_merges(session: Session, ids: Sequence[UUID]) -> None:
    """Erase all that the journal holds of undone merges of theirs into others, of whom it says what was theirs."""
    removed = (
        *(JournalValue.customer_id.in_(ids), JournalValue.table_name == Customer.__tablename__),
        *(JournalValue.before.is_not(None), JournalValue.after.is_(None)),
    )
    merges = select(JournalValue.entry_id).join(JournalEntry, JournalEntry.id == JournalValue.entry_id)
    merged = list(session.scalars(merges.where(*removed, JournalEntry.act == Act.CUSTOMERS_MERGED.value)))
    undos = session.scalars(select(JournalEntry.id).where(JournalEntry.undoes.in_(merged))) if merged else ()
    _erase_positions(session, JournalValue.entry_id.in_([*merged, *undos]))


def _is_emptied(table: Table) -> bool:
    """Whether rows of this table stay without what is personal. What has rules of its own is erased by those."""
    own_rules = ("messages", "message_attempts", "phone_numbers", "journal_values")
    belongs = bool(table.info.get("belongs_by")) and bool(personal.personal_columns(table))
    return belongs and table.name not in own_rules and not personal.is_deleted_with_customer(table)


def _empty(column: Column[Any]) -> str | None:
    return None if column.nullable else ""


# Mentions elsewhere


def _erase_mentions(session: Session, found: Sequence[Hit], wanted: Wanted, now: datetime) -> None:
    mentions = [hit for hit in found if not hit.is_identity and not cannot_be_replaced(session, hit)]
    values = table_of(JournalValue)
    _erase_values(session, [hit for hit in mentions if hit.table == values.name])
    for hit in mentions:
        if hit.table != values.name:
            _replace(session, values.metadata.tables[hit.table], hit, wanted, now)


def _erase_values(session: Session, found: Sequence[Hit]) -> None:
    """Erase values of the journal, without those of the customer, which are erased already."""
    ids = sorted({hit.key[0] for hit in found})
    for start in range(0, len(ids), VALUES_AT_ONCE):
        _erase_positions(session, JournalValue.id.in_(ids[start : start + VALUES_AT_ONCE]))


def _erase_positions(session: Session, which: ColumnElement[bool]) -> None:
    """Erase these values of the journal, and say so in the entry."""
    is_left = or_(JournalValue.before.is_not(None), JournalValue.after.is_not(None))
    values = session.execute(select(JournalValue.entry_id, JournalValue.position).where(which, is_left))
    mentions = [(row.entry_id, row.position) for row in values]
    for start in range(0, len(mentions), VALUES_AT_ONCE):
        journal.erase_values(session, mentions[start : start + VALUES_AT_ONCE])
    acts.extend(session, acts.MENTIONS, mentions)


def _replace(session: Session, table: Table, hit: Hit, wanted: Wanted, now: datetime) -> None:
    column = table.c[hit.column]
    text = session.execute(select(column).where(where_key(table, hit.key))).scalar()
    if not isinstance(text, str) or not wanted.is_in(text):
        return
    if table is table_of(Message) and _is_looked_for(session, hit):
        update_where(session, Message, where_key(table, hit.key), {"erase_when_settled": True})
        return
    if table is table_of(ImportRow):
        # The row is theirs, with whatever else it says about them.
        update_where(session, ImportRow, where_key(table, hit.key), {"value": "", "reason": ERASED, "cells": None})
        return
    replaced: str | None = wanted.replaced(text)
    if replaced == ERASED and column.nullable:
        replaced = None
    if column is table_of(SavedView).c.folded_name:
        # Names that differed only in the person's are the same now, and must not be.
        replaced = f"{ERASED} {hit.key[0]}"
    entity = personal.entity_of(table)
    if entity in RECORDED:
        journal.erase_row(session, table.name, " ".join(map(str, hit.key)))
    values = {column.name: replaced, **_as_changed(table, now)}
    if column is table_of(Request).c.contact and Wanted(numbers=wanted.numbers).is_in(text):
        is_unlinked = session.scalar(select(Request.customer_id).where(where_key(table, hit.key))) is None
        # They asked it themselves, so all of it is about them.
        values |= {each.name: _empty(each) for each in personal.personal_columns(table) if is_unlinked}
    update_where(session, entity, where_key(table, hit.key), values)


def _as_changed(table: Table, now: datetime) -> dict[str, Any]:
    """A new version, so that a form that was opened before does not save the name again."""
    return {"version": table.c.version + 1, "updated_at": now} if "version" in table.c else {}


def _is_looked_for(session: Session, hit: Hit) -> bool:
    """Whether a text may still be on its way: the provider's list is searched for its number and words."""
    text = session.execute(select(Message.state, Message.next_step_at).where(Message.id == hit.key[0])).one()
    return text.state in MAYBE_GONE and text.next_step_at is not None


def _check_nothing_is_left(session: Session, customer_id: UUID, wanted: Wanted) -> None:
    left = _left(session, customer_id, wanted)
    if left:
        raise Invalid(customer_id=_also_here(dict.fromkeys(map(place, left))))


def _also_here(places: Iterable[str]) -> str:
    return f"The name or number is also here: {'; '.join(places)}. Change it there, then try again."


def _left(session: Session, customer_id: UUID, wanted: Wanted) -> list[Hit]:
    """What still mentions them, without the texts that are erased as soon as they are settled, and without what is of a
    person of the same name who was added since."""
    on_their_way = {
        (message_id,) for message_id in session.scalars(select(Message.id).where(Message.erase_when_settled.is_(True)))
    }
    return [
        hit
        for hit in _search_for_theirs(session, customer_id, wanted)
        if not hit.is_identity and not (hit.table == "messages" and hit.key in on_their_way)
    ]


def _search_for_theirs(session: Session, customer_id: UUID, wanted: Wanted) -> list[Hit]:
    found = search(session, wanted)
    # Looked up after the search, so that everyone who was found is known by then.
    theirs = only_theirs(session, customer_id, wanted) if found else wanted
    return found if theirs == wanted else search(session, theirs)
