"""Every step that a message can take, and every one that it must not."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.gateway import Fault, NotSent, Outcome, Refused, Sent, Unknown
from db.models import NOT_DEALT_WITH, STATES
from tests.makers import NOW, hours, minutes, seconds
from venue.messages.causes import Cause, Reason
from venue.messages.happenings import (
    Answered,
    Claimed,
    Confirmed,
    Happening,
    Looked,
    LookFailed,
    Reported,
    Skipped,
    Waited,
)
from venue.messages.states import MAY_GO_AGAIN, State, decide
from venue.timing import Timing

TIMING = Timing()
OVER = frozenset({State.FAILED, State.UNDELIVERED, State.DELIVERED, State.SKIPPED, State.RECEIVED})
BUSY, LOST = NotSent("Busy"), Unknown("The reply was lost")
SKIPPED = Skipped(Reason(Cause.EVENT_CANCELLED))


@dataclass(frozen=True)
class Plain:
    """A message without a database."""

    state: State = State.PLANNED
    fence: int = 0
    useful_until: datetime | None = NOW + hours(5)
    lease_until: datetime | None = None
    claimed_at: datetime | None = None
    provider_status: str | None = None
    empty_looks: int = 0
    polls: int = 0
    retries: int = 0
    resends: int = 0
    channel: str = "text"


PLANNED = Plain()
SENDING = Plain(State.SENDING, fence=1, claimed_at=NOW, lease_until=NOW + TIMING.lease)
UNSURE = Plain(State.UNSURE, fence=1, claimed_at=NOW)
SENT = Plain(State.SENT, fence=1, claimed_at=NOW, provider_status="queued")
DELIVERED = Plain(State.DELIVERED, provider_status="delivered")
UNDELIVERED = Plain(State.UNDELIVERED, provider_status="undelivered")
AFTER_LEASE = NOW + TIMING.lease
AFTER_SETTLING = NOW + TIMING.settle


def refused(fault: Fault) -> Refused:
    return Refused("12345", "Because", fault)


def after(message: Plain, happening: Happening, *, now: datetime = NOW) -> dict[str, Any] | None:
    transition = decide(message, happening, timing=TIMING, now=now)
    return None if transition is None else transition.changes


def answered(outcome: Outcome, *, fence: int = 1) -> Answered:
    return Answered(fence, outcome)


# Where each happening leads: the state it ends in, or None when nothing at all changes.
TABLE: list[tuple[str, Plain, Happening, datetime, State | None]] = [
    ("a planned text is claimed", PLANNED, Claimed("t"), NOW, State.SENDING),
    ("a text of no more use is not claimed", PLANNED, Claimed("t"), NOW + hours(5), State.SKIPPED),
    ("a text that never expires is claimed", replace(PLANNED, useful_until=None), Claimed("t"), NOW, State.SENDING),
    *((f"{state} is never claimed", Plain(state), Claimed("t"), NOW, None) for state in State if state != "planned"),
    ("the provider has it", SENDING, answered(Sent("SM1")), NOW, State.SENT),
    ("the provider delivered it at once", SENDING, answered(Sent("SM1", "delivered")), NOW, State.DELIVERED),
    ("the provider failed it at once", SENDING, answered(Sent("SM1", "failed")), NOW, State.SENT),
    ("a number is wrong", SENDING, answered(refused(Fault.NUMBER)), NOW, State.FAILED),
    ("a message is wrong", SENDING, answered(refused(Fault.MESSAGE)), NOW, State.FAILED),
    ("its owner opted out", SENDING, answered(refused(Fault.OPTED_OUT)), NOW, State.SKIPPED),
    ("the account is at fault", SENDING, answered(refused(Fault.ACCOUNT)), NOW, State.PLANNED),
    ("it may go the second time", SENDING, answered(refused(Fault.RETRY_ONCE)), NOW, State.PLANNED),
    ("but no third", replace(SENDING, retries=1), answered(refused(Fault.RETRY_ONCE)), NOW, State.FAILED),
    ("it never left", SENDING, answered(BUSY), NOW, State.PLANNED),
    ("the answer is lost", SENDING, answered(LOST), NOW, State.UNSURE),
    ("an answer to another claim", replace(SENDING, fence=2), answered(Sent("SM1")), NOW, None),
    ("a lost answer to another claim", replace(SENDING, fence=2), answered(BUSY), NOW, None),
    ("a late yes", UNSURE, answered(Sent("SM1")), NOW, State.SENT),
    ("a late yes to another claim", replace(UNSURE, fence=2), answered(Sent("SM1")), NOW, None),
    ("a late no", UNSURE, answered(refused(Fault.NUMBER)), NOW, None),
    ("a late busy", UNSURE, answered(BUSY), NOW, None),
    ("a late lost", UNSURE, answered(LOST), NOW, None),
    ("a lease runs out", SENDING, Waited(), AFTER_LEASE, State.UNSURE),
    ("a lease has not run out", SENDING, Waited(), AFTER_LEASE - seconds(1), None),
    ("a planned text is too late", PLANNED, Waited(), NOW + hours(5), State.SKIPPED),
    ("a planned text is in time", PLANNED, Waited(), NOW + hours(5) - seconds(1), None),
    ("an unsure text waits", UNSURE, Waited(), NOW + hours(99), None),
    ("one is found", UNSURE, Looked(("SM1",)), AFTER_SETTLING, State.SENT),
    ("one is found, delivered", UNSURE, Looked(("SM1",), {"SM1": "delivered"}), AFTER_SETTLING, State.DELIVERED),
    ("one is found, undelivered", UNSURE, Looked(("SM1",), {"SM1": "undelivered"}), AFTER_SETTLING, State.SENT),
    ("many are found", UNSURE, Looked(("SM1", "SM2")), AFTER_SETTLING, State.UNSURE),
    ("none is found the second time", replace(UNSURE, empty_looks=1), Looked(()), AFTER_SETTLING, State.PLANNED),
    ("none is found, too late", replace(UNSURE, empty_looks=1), Looked(()), NOW + hours(5), State.UNSURE),
    ("none is found again", replace(UNSURE, empty_looks=1, resends=4), Looked(()), AFTER_SETTLING, State.PLANNED),
    ("none is ever found", replace(UNSURE, empty_looks=1, resends=5), Looked(()), AFTER_SETTLING, State.UNSURE),
    ("none is found again, late", replace(UNSURE, empty_looks=1, resends=2), Looked(()), NOW + hours(5), State.UNSURE),
    ("a look at what is not unsure", SENT, Looked(()), AFTER_SETTLING, None),
    ("no look for too long", UNSURE, LookFailed(), AFTER_SETTLING + TIMING.give_up, State.UNSURE),
    ("a failed look at what is not unsure", SENT, LookFailed(), AFTER_SETTLING, None),
    ("delivered", SENT, Reported("delivered"), NOW, State.DELIVERED),
    ("read", SENT, Reported("read"), NOW, State.DELIVERED),
    ("undelivered", SENT, Reported("undelivered", "30003", "Off"), NOW, State.UNDELIVERED),
    ("failed", SENT, Reported("failed", "30001", "Full"), NOW, State.FAILED),
    ("canceled", SENT, Reported("canceled"), NOW, State.FAILED),
    ("read after delivered", DELIVERED, Reported("read"), NOW, State.DELIVERED),
    ("undelivered after delivered", DELIVERED, Reported("undelivered"), NOW, None),
    ("sent after delivered", DELIVERED, Reported("sent"), NOW, None),
    ("delivered after undelivered", UNDELIVERED, Reported("delivered"), NOW, None),
    ("a report on what is unsure", UNSURE, Reported("delivered"), NOW, None),
    ("a lower report", replace(SENT, provider_status="sent"), Reported("queued"), NOW, None),
    ("an unheard-of report", SENT, Reported("teleported"), NOW, None),
    ("the provider tells of an unsure one", UNSURE, Confirmed("SM1", "sent"), NOW, State.SENT),
    ("the provider tells of one being sent", SENDING, Confirmed("SM1", "sent"), NOW, None),
    ("a planned text is skipped", PLANNED, SKIPPED, NOW, State.SKIPPED),
    ("a held text is skipped", Plain(State.HELD), SKIPPED, NOW, State.SKIPPED),
    *((f"{s} is never skipped", Plain(s), SKIPPED, NOW, None) for s in State if s not in ("planned", "held")),
]  # fmt: skip


@pytest.mark.parametrize(("message", "happening", "now", "state"), [r[1:] for r in TABLE], ids=[r[0] for r in TABLE])
def test_a_happening_leads_to(message: Plain, happening: Happening, now: datetime, state: State | None) -> None:
    changes = after(message, happening, now=now)
    assert (None if changes is None else changes["state"]) == state


@pytest.mark.parametrize("state", sorted(OVER - {State.DELIVERED}))
@pytest.mark.parametrize(
    "happening",
    [Claimed("t"), answered(Sent("SM1")), answered(BUSY), Waited(), Looked(()), LookFailed(), Reported("delivered"),
     Confirmed("SM1", "sent"), SKIPPED],
    ids=lambda happening: type(happening).__name__,
)  # fmt: skip
def test_what_is_over_stays_over(state: State, happening: Happening) -> None:
    message = Plain(state, fence=1, lease_until=NOW, claimed_at=NOW, provider_status="undelivered")
    if state is State.SKIPPED and happening in (answered(Sent("SM1")), Confirmed("SM1", "sent")):
        return
    assert after(message, happening, now=NOW + hours(1)) is None


@pytest.mark.parametrize("state", ["planned", "held", "skipped"])
@pytest.mark.parametrize("happening", [answered(Sent("SM1")), Answered(-3, Sent("SM1")), Confirmed("SM1", "sent")])
def test_what_the_provider_has_is_never_sent_again_whatever_it_waits_for(state: str, happening: Happening) -> None:
    """Not even after a START, or when staff resume it: no other state leads back to a call."""
    changes = after(Plain(State(state), fence=1, claimed_at=NOW), happening)
    assert changes is not None
    assert (changes["state"], changes["provider_id"], changes["final_at"]) == (State.SENT, "SM1", None)


def test_a_claim_is_a_fence_a_lease_and_a_clean_slate() -> None:
    changes = after(replace(PLANNED, fence=3, empty_looks=1), Claimed("t"))
    assert changes == {
        "state": State.SENDING,
        "fence": 4,
        "claim_token": "t",
        "claimed_at": NOW,
        "lease_until": NOW + TIMING.lease,
        "next_step_at": NOW + TIMING.lease,
        "empty_looks": 0,
    }


@pytest.mark.parametrize("outcome", [Sent("SM1"), refused(Fault.NUMBER), refused(Fault.ACCOUNT), BUSY, LOST])
def test_every_answer_ends_the_claim(outcome: Outcome) -> None:
    changes = after(SENDING, answered(outcome))
    assert changes is not None
    assert (changes["claim_token"], changes["lease_until"]) == (None, None)


FOR_GOOD_OR_A_WHILE = [refused(fault) for fault in Fault if fault is not Fault.RETRY_ONCE]


@pytest.mark.parametrize("outcome", [*FOR_GOOD_OR_A_WHILE, BUSY, LOST])
def test_what_did_not_go_says_why(outcome: Outcome) -> None:
    changes = after(SENDING, answered(outcome))
    assert changes is not None
    assert changes["reason"] == getattr(outcome, "reason", None)


def test_what_went_is_asked_about_soon() -> None:
    changes = after(SENDING, answered(Sent("SM1")), now=NOW + seconds(2))
    assert changes is not None
    assert changes["next_step_at"] == NOW + seconds(32)
    assert (changes["provider_id"], changes["sent_at"], changes["reason"]) == ("SM1", NOW + seconds(2), "")


def test_what_was_delivered_at_once_is_final_and_never_asked_about() -> None:
    changes = after(SENDING, answered(Sent("SM1", "delivered")))
    assert changes is not None
    assert (changes["final_at"], changes["next_step_at"]) == (NOW, None)


@pytest.mark.parametrize("status", ["undelivered", "failed", "canceled"])
def test_what_failed_without_saying_why_is_asked_about_at_once(status: str) -> None:
    """And whatever the answer is, it is news."""
    for message, happening in (
        (SENDING, answered(Sent("SM1", status))),
        (UNSURE, Looked(("SM1",), {"SM1": status})),
        (UNSURE, Confirmed("SM1", status)),
    ):
        changes = after(message, happening)
        assert changes is not None
        assert (changes["state"], changes["next_step_at"], changes["provider_status"]) == (State.SENT, NOW, None)


def test_a_failure_callback_without_a_code_is_polled_at_once() -> None:
    assert after(SENT, Reported("failed", is_push=True)) == {"next_step_at": NOW}


def test_what_is_unsure_is_looked_for_once_it_has_settled() -> None:
    for happening, now in ((answered(LOST), NOW + seconds(30)), (Waited(), AFTER_LEASE)):
        changes = after(SENDING, happening, now=now)
        assert changes is not None
        assert changes["next_step_at"] == NOW + TIMING.settle


@pytest.mark.parametrize(("fence", "wait"), [(1, 5), (2, 10), (3, 20), (6, 160), (7, 300), (50, 300)])
def test_what_never_left_is_tried_again_ever_more_patiently(fence: int, wait: float) -> None:
    changes = after(replace(SENDING, fence=fence), answered(BUSY, fence=fence))
    assert changes is not None
    assert changes["next_step_at"] == NOW + seconds(wait)


def test_a_provider_that_says_when_is_obeyed() -> None:
    changes = after(SENDING, answered(NotSent("Busy", retry_after=seconds(42))))
    assert changes is not None
    assert changes["next_step_at"] == NOW + seconds(42)


@pytest.mark.parametrize(
    ("fault", "wait"), [(Fault.ACCOUNT, minutes(1)), (Fault.COUNTRY, minutes(10)), (Fault.NOT_YET, hours(1))]
)
def test_an_accounts_fault_uses_nothing_up(fault: Fault, wait: timedelta) -> None:
    changes = after(SENDING, answered(refused(fault)))
    assert changes is not None
    assert (changes["state"], changes["next_step_at"]) == (State.PLANNED, NOW + wait + seconds(5))
    assert not {"retries", "resends", "final_at"} & set(changes)


@pytest.mark.parametrize("resends", [0, 1, 5])
def test_a_first_empty_look_is_repeated_later(resends: int) -> None:
    assert after(replace(UNSURE, resends=resends), Looked(()), now=AFTER_SETTLING) == {
        "empty_looks": 1,
        "next_step_at": AFTER_SETTLING + TIMING.look_interval,
    }


def test_a_second_empty_look_sends_once_more_and_says_so() -> None:
    changes = after(replace(UNSURE, empty_looks=1), Looked(()), now=AFTER_SETTLING)
    assert changes is not None
    assert (changes["resends"], changes["empty_looks"], changes["next_step_at"]) == (1, 0, AFTER_SETTLING)


def test_a_failed_look_counts_as_none() -> None:
    assert after(UNSURE, LookFailed(), now=AFTER_SETTLING) == {"next_step_at": AFTER_SETTLING + TIMING.look_interval}


@pytest.mark.parametrize(
    ("message", "happening", "now"),
    [
        (UNSURE, Looked(("SM1", "SM2")), AFTER_SETTLING),
        (replace(UNSURE, empty_looks=1, resends=5), Looked(()), AFTER_SETTLING),
        (replace(UNSURE, empty_looks=1), Looked(()), NOW + hours(5)),
        (UNSURE, LookFailed(), AFTER_SETTLING + TIMING.give_up),
    ],
)
def test_what_cannot_be_settled_is_left_to_a_person(message: Plain, happening: Happening, now: datetime) -> None:
    changes = after(message, happening, now=now)
    assert changes is not None
    assert changes["next_step_at"] is None
    assert changes["reason"]


def test_following_ends_without_a_final_word() -> None:
    message = SENT
    asked = []
    for wait in TIMING.polls:
        changes = after(message, Reported("sent"), now=NOW + wait)
        assert changes is not None
        asked.append(changes["next_step_at"])
        message = replace(message, polls=changes["polls"], provider_status="sent")
    assert asked[:-1] == [NOW + wait + after_it for wait, after_it in zip(TIMING.polls, TIMING.polls[1:], strict=False)]
    assert (asked[-1], changes["reason"]) == (None, "No final status from the network")


def test_a_callback_neither_counts_as_a_poll_nor_postpones_one() -> None:
    assert after(SENT, Reported("sent", is_push=True)) == {"provider_status": "sent"}
    for status in ("sent", "sending"):
        assert after(replace(SENT, provider_status="sent"), Reported(status, is_push=True)) is None


def test_what_was_read_is_read_once() -> None:
    assert after(replace(DELIVERED, provider_status="read"), Reported("read", is_push=True)) is None


def test_a_failure_keeps_its_code_and_words() -> None:
    changes = after(SENT, Reported("undelivered", "30003", "The phone was off"))
    assert changes is not None
    assert (changes["error_code"], changes["reason"], changes["final_at"]) == ("30003", "The phone was off", NOW)


# For any message and anything that may happen to it


moments = st.integers(-100, 100_000).map(lambda s: NOW + seconds(s))
messages = st.builds(
    Plain,
    state=st.sampled_from(State),
    fence=st.integers(0, 3),
    useful_until=st.none() | moments,
    lease_until=st.none() | moments,
    claimed_at=st.none() | moments,
    provider_status=st.none() | st.sampled_from(["accepted", "queued", "sent", "delivered", "undelivered"]),
    empty_looks=st.integers(0, 2),
    polls=st.integers(0, 6),
    retries=st.integers(0, 1),
    resends=st.integers(0, 6),
)
outcomes = st.sampled_from([Sent("SM1"), Sent("SM1", "delivered"), *map(refused, Fault), BUSY, LOST])
happenings: st.SearchStrategy[Happening] = st.one_of(
    st.just(Claimed("t")),
    st.builds(Answered, fence=st.integers(0, 3), outcome=outcomes),
    st.just(Waited()),
    st.sampled_from([Looked(()), Looked(("SM1",)), Looked(("SM1", "SM2"))]),
    st.just(LookFailed()),
    st.builds(
        Reported,
        st.sampled_from(["queued", "sent", "delivered", "undelivered", "failed", "read", "nonsense"]),
        is_push=st.booleans(),
    ),
    st.just(Confirmed("SM1", "sent")),
    st.just(SKIPPED),
)


@given(messages, happenings, moments)
def test_what_may_have_gone_is_planned_again_only_after_two_empty_looks(
    message: Plain, happening: Happening, now: datetime
) -> None:
    changes = after(message, happening, now=now)
    if not changes or changes.get("state") != State.PLANNED:
        return
    if message.state == State.SENDING:
        assert isinstance(happening, Answered)
        assert happening.fence == message.fence
        assert isinstance(happening.outcome, Refused | NotSent)
    else:
        assert message.state == State.UNSURE
        assert isinstance(happening, Looked)
        assert happening.found == ()
        assert message.empty_looks >= 1
        assert message.resends < 5


@given(messages, happenings, moments)
def test_a_step_gives_what_its_state_must_have(message: Plain, happening: Happening, now: datetime) -> None:
    changes = after(message, happening, now=now) or {}
    state = changes.get("state")
    assert state is None or state in STATES
    if state in (State.SENT, State.DELIVERED, State.UNDELIVERED) and message.state not in (State.SENT, State.DELIVERED):
        assert changes["provider_id"]
    if state == State.SENDING:
        assert changes["claim_token"]
        assert changes["lease_until"] > now
        assert changes["fence"] == message.fence + 1
    if state in OVER:
        assert changes["final_at"] == now
    if state in (State.SKIPPED, State.FAILED):
        assert changes["next_step_at"] is None


@given(messages, happenings, moments)
def test_a_skipped_message_has_a_cause_and_no_other_has(message: Plain, happening: Happening, now: datetime) -> None:
    changes = after(message, happening, now=now) or {}
    state = changes.get("state")
    if state == State.SKIPPED:
        assert changes["cause"] in Cause
        assert changes["reason"]
    elif message.state == State.SKIPPED and state is not None:
        assert changes["cause"] is None
    else:
        assert changes.get("cause") is None


@given(messages, happenings, moments)
def test_a_reason_is_given_wherever_a_person_must_look(message: Plain, happening: Happening, now: datetime) -> None:
    changes = after(message, happening, now=now) or {}
    if changes.get("state") in (State.UNSURE, State.SKIPPED):
        assert changes["reason"]


# Times that must fit together


@pytest.mark.parametrize(
    ("timing", "words"),
    [
        (Timing(), None),
        (Timing(read_timeout=timedelta(seconds=41)), "SEND_WATCHDOG_SECONDS"),
        (Timing(watchdog=timedelta(seconds=115)), "LEASE_SECONDS"),
        (Timing(lease=timedelta(seconds=50)), "LEASE_SECONDS"),
        (Timing(settle=timedelta(seconds=120)), "SETTLE_SECONDS"),
        (Timing(settle=timedelta(seconds=121)), None),
        (Timing(look_interval=timedelta(seconds=50)), "less than LOOK_INTERVAL_SECONDS"),
        (Timing(look_interval=timedelta(seconds=51)), None),
    ],
)
def test_a_call_is_over_before_its_lease_that_before_looking_and_a_thawed_one_before_looking_again(
    timing: Timing, words: str | None
) -> None:
    problem = timing.problem()
    assert (problem is None) if words is None else (words in (problem or ""))


def test_minutes_pass_between_two_looks() -> None:
    assert Timing().look_interval >= minutes(2)


# The groups of states


def test_the_index_of_what_may_need_a_person_covers_every_state_that_does() -> None:
    """Said in SQL there, as an index is; it is the one list of states outside `states`."""
    listed = set(re.findall(r"'(\w+)'", NOT_DEALT_WITH))
    assert listed == {state.value for state in (*MAY_GO_AGAIN, State.RECEIVED)}


@pytest.mark.parametrize("happening", [Waited(), answered(LOST)], ids=str)
def test_an_e_mail_that_may_have_gone_is_for_a_person_at_once(happening: Happening) -> None:
    changes = after(replace(SENDING, channel="email"), happening, now=AFTER_LEASE)
    assert changes is not None
    assert (changes["state"], changes["next_step_at"]) == (State.UNSURE, None)


@pytest.mark.parametrize("happening", [Looked(()), Looked(("SM1",)), Waited(), answered(BUSY)], ids=str)
def test_nothing_sends_an_e_mail_again_that_may_have_gone(happening: Happening) -> None:
    assert after(replace(UNSURE, channel="email", empty_looks=1), happening, now=AFTER_SETTLING) is None


def test_no_one_is_asked_about_an_e_mail_that_was_sent() -> None:
    changes = after(replace(SENDING, channel="email"), answered(Sent("email 1", status="sent")))
    assert changes is not None
    assert (changes["state"], changes["next_step_at"]) == (State.SENT, None)
