"""Codes have an owner and words, and statuses only move up."""

import itertools

import pytest

from channels.gateway import Fault, is_final, rank
from sms.error_codes import MEANINGS, explain, fault_of


@pytest.mark.parametrize(
    ("codes", "fault"),
    [
        ((21211, 21614, 30004, 30005, 30006), Fault.NUMBER),
        ((21610,), Fault.OPTED_OUT),
        ((20003, 21606, 63038, 21603, 21212), Fault.ACCOUNT),
        ((21408, 30032, 30034), Fault.COUNTRY),
        ((21608,), Fault.NOT_YET),
        ((30001, 30002, 30036), Fault.RETRY_ONCE),
        ((21612, 30003, 30007, 30008, 12345, "odd"), Fault.MESSAGE),
    ],
)
def test_each_code_has_its_fault(codes: tuple[int | str, ...], fault: Fault) -> None:
    assert {fault_of(code) for code in codes} == {fault}


@pytest.mark.parametrize("code", MEANINGS)
def test_each_code_says_what_happened_and_what_to_do(code: str) -> None:
    meaning = MEANINGS[code]
    assert meaning.happened.endswith(".")
    assert meaning.next_step.endswith(".")
    assert explain(int(code)) == explain(code)


def test_an_unknown_code_is_named() -> None:
    assert "99999" in explain("99999")
    assert explain("") == "The text was not delivered, and Twilio does not say why. Call the customer."


def test_a_status_moves_up_only() -> None:
    ways = [
        ("accepted", "queued", "sending", "sent", "delivered", "read"),
        ("queued", "sent", "undelivered"),
        ("queued", "failed"),
        ("scheduled", "canceled"),
        ("receiving", "received"),
    ]
    for way in ways:
        assert all(rank(earlier) < rank(later) for earlier, later in itertools.pairwise(way))
    assert rank("delivered") == rank("undelivered") == rank("failed")
    assert rank("partially_delivered") == -1


def test_final_statuses_are_final() -> None:
    assert [is_final(status) for status in ("queued", "sent", "delivered", "failed", "odd")] == [
        False,
        False,
        True,
        True,
        False,
    ]
