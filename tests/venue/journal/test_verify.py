"""Sealing entries, and finding every later change."""

import functools

import pytest
from sqlalchemy import select, text

from db.models import JournalEntry, JournalSeal
from db.writes import insert_once
from tests.databases import ON_BOTH
from tests.makers import MANAGER, MANAGER_AND_SCHEDULER, NOW, a_booking, a_customer, an_event
from venue import bookings, privacy
from venue.journal import seals
from venue.journal.verify import Damage, Report, verify
from venue.profile import Venue
from venue.roles import SCHEDULER

pytestmark = pytest.mark.plain_sql


@pytest.fixture
def sealed(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> Venue:
    """A venue with 12 entries, in three seals of five entries at most."""
    monkeypatch.setattr(seals, "AT_ONCE", 5)
    with venue.transaction(MANAGER) as session:
        booking = a_booking(session)
        for seats in range(3, 12):
            bookings.update(session, booking.id, version=booking.version, seats=seats, now=NOW)
    assert seal(venue) == 12
    return venue


def seal(venue: Venue) -> int:
    return seals.seal_all(functools.partial(venue.transaction, SCHEDULER), now=NOW)


def verified(venue: Venue, letters: str = "") -> Report:
    with venue.reading_at_length(MANAGER) as session:
        return verify(session, seal=letters)


def tamper(venue: Venue, *statements: str) -> None:
    with venue.transaction(MANAGER) as session:
        for statement in statements:
            session.execute(text(statement))


def damage(report: Report) -> set[tuple[Damage, int | None]]:
    return {(problem.damage, problem.entry_id) for problem in report.problems}


@ON_BOTH
def test_an_untouched_journal_has_no_problems(sealed: Venue) -> None:
    report = verified(sealed)
    assert (report.entries, report.seals, report.unsealed, report.problems) == (12, 3, 0, [])
    assert len(report.letters) == 9
    assert verified(sealed, report.letters.lower().replace("-", " ")).problems == []


@ON_BOTH
def test_each_entry_is_sealed_once(sealed: Venue) -> None:
    assert seal(sealed) == 0
    with sealed.transaction(MANAGER) as session:
        a_customer(session)
    assert verified(sealed).unsealed == 1
    assert seal(sealed) == 1
    assert verified(sealed).problems == []


EDITS = {
    "who": "UPDATE journal_entries SET actor = 'Another' WHERE id = 7",
    "what": "UPDATE journal_entries SET act = 'event.added' WHERE id = 7",
    "when": "UPDATE journal_entries SET at = '2027-01-15 12:00:01.000000' WHERE id = 7",
    "details": "UPDATE journal_entries SET details = '{}' WHERE id = 7",
    "a value": """UPDATE journal_values SET after = '{"seats" \\:9}' WHERE entry_id = 7 AND position = 0""",
    "a value's hash": f"UPDATE journal_values SET hash = '{'0' * 64}' WHERE entry_id = 7 AND position = 0",
    "whose value": "UPDATE journal_values SET customer_id = NULL WHERE entry_id = 7 AND position = 0",
    "the entry's hash": f"UPDATE journal_entries SET hash = '{'0' * 64}' WHERE id = 7",
    "a value removed": "DELETE FROM journal_values WHERE entry_id = 7 AND position = 0",
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_entry_is_named(sealed: Venue, what: str) -> None:
    tamper(sealed, EDITS[what])
    assert damage(verified(sealed)) == {(Damage.EDITED, 7)}


def test_a_removed_entry_is_named(sealed: Venue) -> None:
    tamper(sealed, "DELETE FROM journal_values WHERE entry_id = 7", "DELETE FROM journal_entries WHERE id = 7")
    assert damage(verified(sealed)) == {(Damage.REMOVED, 7)}


def test_an_inserted_entry_is_named(sealed: Venue) -> None:
    columns = "at, actor, staff_id, act, details, undoes, hash"
    make_room = "DELETE FROM journal_values WHERE entry_id = 7", "DELETE FROM journal_entries WHERE id = 7"
    tamper(sealed, *make_room)
    tamper(
        sealed, f"INSERT INTO journal_entries (id, {columns}) SELECT -5, {columns} FROM journal_entries WHERE id = 8"
    )
    tamper(sealed, "UPDATE journal_entries SET hash = 'abc' WHERE id = -5")
    assert damage(verified(sealed)) == {(Damage.REMOVED, 7), (Damage.INSERTED, -5)}


def test_a_second_copy_of_an_entry_is_named(sealed: Venue) -> None:
    columns = "at, actor, staff_id, act, details, undoes, hash"
    insert = f"INSERT INTO journal_entries (id, {columns}) SELECT -5, {columns} FROM journal_entries WHERE id = 7"
    tamper(sealed, insert)
    assert (Damage.INSERTED, -5) in damage(verified(sealed))


BLANK = "UPDATE journal_values SET before = NULL, after = NULL, salt = NULL"
BLANKED = {
    "of a customer": f"{BLANK} WHERE entry_id = 7",
    "of a customer who is deleted behind the journal": f"{BLANK} WHERE entry_id = 7; DELETE FROM customers",
    "as if of a deleted customer": f"{BLANK}, customer_id = (SELECT customer_id FROM journal_values "
    "WHERE entry_id = 13 LIMIT 1) WHERE entry_id = 7",
    "as if of no one": f"{BLANK}, customer_id = NULL WHERE entry_id = 7",
    "as if of another row": f"{BLANK}, row_id = 'x' WHERE entry_id = 13 AND position = 0",
}


@pytest.mark.parametrize("how", BLANKED)
def test_values_that_were_blanked_without_deleting_their_customer_are_named(sealed: Venue, how: str) -> None:
    with sealed.transaction(MANAGER) as session:
        deleted = a_customer(session)
        privacy.erase(session, deleted.id, now=NOW)
    seal(sealed)
    assert verified(sealed).problems == []
    tamper(sealed, *BLANKED[how].split("; "))
    assert {problem.damage for problem in verified(sealed).problems} & {Damage.ERASED, Damage.EDITED}


def test_reordered_entries_are_named(sealed: Venue) -> None:
    columns = ("at", "actor", "staff_id", "act", "details", "undoes", "hash")
    with sealed.transaction(MANAGER) as session:
        two = session.scalars(select(JournalEntry).where(JournalEntry.id.in_([7, 8])).order_by(JournalEntry.id)).all()
        kept = [{name: getattr(entry, name) for name in columns} for entry in two]
        for entry, other in zip(two, reversed(kept), strict=True):
            for name, value in other.items():
                setattr(entry, name, value)
    tamper(
        sealed,
        "UPDATE journal_values SET entry_id = 1, position = position + 100 WHERE entry_id = 7",
        "UPDATE journal_values SET entry_id = 7 WHERE entry_id = 8",
        "UPDATE journal_values SET entry_id = 8, position = position - 100 WHERE entry_id = 1 AND position >= 100",
    )
    assert damage(verified(sealed)) == {(Damage.REORDERED, 7), (Damage.REORDERED, 8)}


def test_a_changed_or_removed_seal_is_named(sealed: Venue) -> None:
    tamper(sealed, "UPDATE journal_seals SET entries = replace(entries, '7:', '70:') WHERE id = 2")
    assert Damage.EDITED in verified(sealed).counts
    tamper(sealed, "DELETE FROM journal_seals WHERE id = 2")
    assert Damage.REMOVED in verified(sealed).counts


def test_a_cut_tail_is_found_by_the_letters_on_paper(sealed: Venue) -> None:
    letters = verified(sealed).letters
    tamper(
        sealed,
        "DELETE FROM journal_seals WHERE last_id > 10",
        "DELETE FROM journal_values WHERE entry_id > 10",
        "DELETE FROM journal_entries WHERE id > 10",
    )
    assert verified(sealed).problems == []
    assert damage(verified(sealed, letters)) == {(Damage.CUT, None)}


@ON_BOTH
def test_erasing_customers_leaves_the_journal_valid_and_erasing_others_does_not(sealed: Venue) -> None:
    with sealed.transaction(MANAGER_AND_SCHEDULER) as session:
        people = [a_customer(session) for _ in range(20)]
        quiz = an_event(session)
        for person in people:
            a_booking(session, person, quiz)
            privacy.erase(session, person.id, now=NOW)
    seal(sealed)
    assert verified(sealed).problems == []
    tamper(sealed, "UPDATE journal_values SET before = NULL, after = NULL, salt = NULL WHERE entry_id = 3")
    assert Damage.ERASED in verified(sealed).counts


@ON_BOTH
def test_a_seal_that_another_scheduler_made_first_is_not_made_twice(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        a_booking(session)
    assert seal(venue) == 3
    with venue.transaction(MANAGER) as session:
        (row,) = session.execute(select(JournalSeal.__table__))
        columns = {name: value for name, value in row._mapping.items() if name not in ("id", "seal")}
        assert insert_once(session, JournalSeal, [{**columns, "seal": "another"}]) == 0


@ON_BOTH
def test_an_entry_of_a_running_transaction_is_waited_for(database_kind: str, venue: Venue) -> None:
    if database_kind == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    with venue.transaction(MANAGER) as first:
        a_customer(first)
        with venue.transaction(MANAGER) as second:
            a_customer(second)
        assert seal(venue) == 0
    assert seal(venue) == 2
    assert verified(venue).problems == []
