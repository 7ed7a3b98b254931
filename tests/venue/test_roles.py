"""What is required of an actor: a permission, and for sensitive acts the password or PIN again."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests.makers import MANAGER, NOW, STAFF, VIEWER, a_customer
from venue import customers, privacy
from venue.errors import ConfirmFirst, NotAllowed
from venue.journal import entries, sentences
from venue.profile import Venue
from venue.roles import COMMAND_LINE, SCHEDULER, SENSITIVE, Actor, Permission, require

UNCONFIRMED = replace(MANAGER, recently_confirmed=False)


def session_of(actor: Actor | None) -> Session:
    return Session(info={"actor": actor})


def test_no_actor_may_do_nothing() -> None:
    with pytest.raises(NotAllowed, match="You are not signed in"):
        require(session_of(None), Permission.READ)


def test_a_refusal_says_who_may_not_do_what() -> None:
    with pytest.raises(NotAllowed, match="Vic may not change customers: ask a manager"):
        require(session_of(VIEWER), Permission.CUSTOMERS)


@pytest.mark.parametrize("permission", sorted(SENSITIVE))
def test_sensitive_acts_ask_again_after_a_while(permission: Permission) -> None:
    with pytest.raises(ConfirmFirst, match=f"To {permission}, enter your password or PIN again"):
        require(session_of(UNCONFIRMED), permission)
    assert require(session_of(MANAGER), permission) is MANAGER


@pytest.mark.parametrize("permission", sorted(MANAGER.permissions - SENSITIVE))
def test_other_acts_do_not_ask_again(permission: Permission) -> None:
    assert require(session_of(UNCONFIRMED), permission) is UNCONFIRMED


def test_one_permission_that_is_not_sensitive_is_enough() -> None:
    assert require(session_of(UNCONFIRMED), Permission.IMPORT, Permission.BOOKINGS) is UNCONFIRMED


def test_a_list_does_not_ask_again() -> None:
    assert require(session_of(UNCONFIRMED), Permission.ACCOUNTS, ask_again=False) is UNCONFIRMED


def test_a_missing_permission_is_not_a_question() -> None:
    with pytest.raises(NotAllowed):
        require(session_of(replace(STAFF, recently_confirmed=False)), Permission.DELETE)


def test_programs_are_never_asked() -> None:
    assert SCHEDULER.recently_confirmed
    assert COMMAND_LINE.recently_confirmed


def refusals(venue: Venue) -> list[str]:
    with venue.reading(MANAGER) as session:
        return [sentences.of(entry) for entry in entries.page(session).rows]


def test_a_refusal_is_in_the_journal(venue: Venue) -> None:
    asked = (Permission.CUSTOMERS, Permission.DELETE, Permission.EXPORT)
    for begin, permission in zip((venue.transaction, venue.reading, venue.reading_at_length), asked, strict=True):
        with pytest.raises(NotAllowed), begin(VIEWER) as session:
            require(session, permission)
    assert refusals(venue) == [f"Vic was not allowed to {permission}" for permission in reversed(asked)]


def test_the_same_refusal_again_within_a_minute_is_not_noted(venue: Venue) -> None:
    seconds = [0.0]
    venue.choices.monotonic = lambda: seconds[0]
    for who in (VIEWER, VIEWER, STAFF, VIEWER):
        with pytest.raises(NotAllowed), venue.reading(who) as session:
            require(session, Permission.EXPORT)
    assert refusals(venue) == ["Sam was not allowed to export data", "Vic was not allowed to export data"]
    seconds[0] = 60
    with pytest.raises(NotAllowed), venue.reading(VIEWER) as session:
        require(session, Permission.EXPORT)
    assert len(refusals(venue)) == 3


def test_what_a_refused_command_had_written_is_undone(venue: Venue) -> None:
    def add_and_delete() -> None:
        with venue.transaction(STAFF) as session:
            privacy.erase(session, a_customer(session).id, now=NOW)

    with pytest.raises(NotAllowed):
        add_and_delete()
    with venue.reading(MANAGER) as session:
        assert customers.search(session).total == 0
        assert len(entries.page(session).rows) == 1
