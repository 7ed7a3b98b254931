"""Guessing is slow, locks no one out of their own browser, and tells nothing about which accounts there are.

150 guesses in three processes here, a few hundred a second; `SOAK=full` (make soak) takes 10,000.
"""

import multiprocessing
import os
import time
from statistics import median
from typing import Any

import pytest

from tests.databases import ON_BOTH
from tests.makers import MANAGER, NOW, minutes
from tests.patience import times_busier
from tests.venue.staff import guesser
from tests.venue.staff.people import PASSWORD, Browser, a_person, an_account
from venue.profile import Venue
from venue.staff import accounts, codes, passwords
from venue.staff.codes import Purpose
from venue.staff.sign_in import SignInRefused
from venue.staff.throttle import MOST_ATTEMPTS, MOST_FOR_ALL_NAMES, WINDOW

pytestmark = pytest.mark.plain_sql

PROCESSES = 3
GUESSES = 10_002 if os.environ.get("SOAK") == "full" else 150
WRONG = "four little teapots"


class Hashes:
    """How often argon2 has checked a password."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.number = 0
        real = passwords.matches

        def matches(secret: str, stored: str | None) -> bool:
            self.number += 1
            return real(secret, stored)

        monkeypatch.setattr(passwords, "matches", matches)


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Hashes:
    return Hashes(monkeypatch)


def refusal(browser: Browser, name: str = "Sam", password: str = WRONG) -> str:
    with pytest.raises(SignInRefused) as refused:
        browser.password(name, password)
    return str(refused.value)


@ON_BOTH
@pytest.mark.soak
def test_of_many_guesses_in_several_processes_ten_are_hashed_while_the_person_signs_in(
    venue: Venue, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "HASHER", guesser.CountingHasher())
    a_person(venue)
    at_home = Browser(venue)
    at_home.password()
    spawn: Any = multiprocessing.get_context("spawn")
    start, results = spawn.Barrier(PROCESSES + 1), spawn.Queue()
    arguments = [(database_url, number, GUESSES // PROCESSES, start, results) for number in range(PROCESSES)]
    processes = [spawn.Process(target=guesser.guess, args=each) for each in arguments]
    for process in processes:
        process.start()
    start.wait(timeout=120)

    seconds = []
    while any(process.is_alive() for process in processes):
        seconds.append(seconds_to_sign_in(at_home))

    counted = [results.get(timeout=10) for _ in processes]
    assert sum(refused for refused, _ in counted) == GUESSES
    assert sum(hashed for _, hashed in counted) == MOST_ATTEMPTS
    assert max(seconds) < times_busier(), seconds


def seconds_to_sign_in(browser: Browser) -> float:
    began = time.monotonic()
    browser.password()
    return time.monotonic() - began


@ON_BOTH
def test_ten_attempts_from_elsewhere_are_hashed_in_fifteen_minutes(venue: Venue, hashes: Hashes) -> None:
    a_person(venue)
    for _ in range(12):
        refusal(Browser(venue))
    assert hashes.number == MOST_ATTEMPTS

    # The right password is refused as well, or guessing would go on.
    refusal(Browser(venue), password=PASSWORD)
    refusal(Browser(venue, now=NOW + WINDOW - minutes(1)), password=PASSWORD)
    Browser(venue, now=NOW + WINDOW).password()


def test_no_fifteen_minutes_have_more_than_ten(venue: Venue, hashes: Hashes) -> None:
    """Not even when guesses gather around the end of the time of the first one."""
    a_person(venue)
    at_home = Browser(venue)
    at_home.password()
    for browser in (at_home, Browser(venue)):
        hashed_at = []
        for minute in (0, 14, 15, 16, 28, 29, 30, 31, 45, 60):
            for _ in range(MOST_ATTEMPTS - 1):
                before = hashes.number
                browser.now = NOW + minutes(minute)
                refusal(browser)
                hashed_at += [minute] * (hashes.number - before)
        assert len(hashed_at) >= 2 * MOST_ATTEMPTS
        for first in hashed_at:
            assert len([minute for minute in hashed_at if first <= minute < first + 15]) <= MOST_ATTEMPTS


def test_right_passwords_from_elsewhere_are_no_guesses(venue: Venue) -> None:
    a_person(venue)
    for _ in range(MOST_ATTEMPTS + 2):
        Browser(venue).password()


def test_a_browser_that_a_person_uses_counts_on_its_own(venue: Venue, hashes: Hashes) -> None:
    a_person(venue)
    a_person(venue, "Max")
    at_home = Browser(venue)
    at_home.password()
    for _ in range(MOST_ATTEMPTS):
        refusal(Browser(venue))
    at_home.password()

    # It is known for Sam only: guesses at Max from it are guesses from elsewhere.
    hashes.number = 0
    for _ in range(MOST_ATTEMPTS + 1):
        refusal(at_home)
        refusal(at_home, "Max")
    assert hashes.number == 2 * MOST_ATTEMPTS
    refusal(Browser(venue), "Max", PASSWORD)
    at_home.now = NOW + WINDOW
    at_home.password()


def test_a_right_password_forgets_the_wrong_ones_before_it(venue: Venue) -> None:
    a_person(venue)
    at_home = Browser(venue)
    at_home.password()
    for _ in range(3):
        for _ in range(MOST_ATTEMPTS - 1):
            refusal(at_home)
        at_home.password()


def test_a_new_link_lets_a_person_in_while_others_guess(venue: Venue) -> None:
    staff_id = a_person(venue)
    for _ in range(MOST_ATTEMPTS + 1):
        refusal(Browser(venue))
    with venue.transaction(MANAGER) as session:
        code = codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=NOW)
    browser = Browser(venue)
    browser.choose_password(code)
    assert browser.actor()
    Browser(venue).password()


def test_guessing_at_many_names_does_not_keep_the_processor_busy(venue: Venue, hashes: Hashes) -> None:
    a_person(venue)
    at_home = Browser(venue)
    at_home.password()
    hashes.number = 0
    for number in range(MOST_FOR_ALL_NAMES + 20):
        refusal(Browser(venue), f"Name {number}")
    assert hashes.number == MOST_FOR_ALL_NAMES
    at_home.password()


@pytest.mark.parametrize("clock", [NOW - minutes(600), NOW - minutes(5)])
def test_a_clock_that_is_set_back_neither_locks_nor_opens(venue: Venue, hashes: Hashes, clock: Any) -> None:
    """Ten more guesses at most, and never locked for longer than usual."""
    a_person(venue)
    for now in (NOW, clock, clock):
        for _ in range(MOST_ATTEMPTS + 1):
            refusal(Browser(venue, now=now))
    assert hashes.number <= 2 * MOST_ATTEMPTS
    Browser(venue, now=clock + 2 * WINDOW).password()


def accounts_to_try(venue: Venue) -> dict[str, str]:
    """A name of each kind: what the account has, and the name."""
    a_person(venue, "Enabled")
    disabled = a_person(venue, "Disabled")
    with venue.transaction(MANAGER) as session:
        accounts.disable(session, disabled, now=NOW)
        an_account(session, "Invited")
    return {
        "enabled": "Enabled",
        "disabled": "Disabled",
        "no password": "Invited",
        "none": "Unknown",
        "odd": "\x00\ud800",
    }


def test_all_names_are_answered_in_the_same_words_by_the_same_work(venue: Venue, hashes: Hashes) -> None:
    work: dict[str, list[tuple[str, int]]] = {}
    for kind, name in accounts_to_try(venue).items():
        work[kind] = []
        for _ in range(MOST_ATTEMPTS + 2):
            before = hashes.number
            sentence = refusal(Browser(venue), name)
            work[kind].append((sentence, hashes.number - before))
    assert all(each == work["none"] for each in work.values()), work
    assert [number for _, number in work["none"]] == [1] * MOST_ATTEMPTS + [0, 0]


def test_all_names_take_as_long(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", guesser.CountingHasher())
    names = accounts_to_try(venue)
    seconds: dict[str, list[float]] = {kind: [] for kind in names}
    for _ in range(MOST_ATTEMPTS - 1):
        for kind, name in names.items():
            began = time.process_time()
            refusal(Browser(venue), name)
            seconds[kind].append(time.process_time() - began)
    medians = {kind: median(each) for kind, each in seconds.items()}
    assert max(medians.values()) < 1.5 * min(medians.values()), medians
