"""Every order of events for one text and two workers, walked through: the provider never takes it twice, and it never
gets lost from sight.

The walk drives the real `decide`. What is assumed of the world, and holds as long as these hold:
- a call leaves at most LATEST_CALL ticks after its claim, though its lease is over by then (a frozen worker);
- what the provider took is in its list LONGEST_LAG ticks later, and a list that was read to its end is true;
- "refused" and "not sent" are never said of a text that was taken.
Answers and looks may be recorded at any later time, or never; the provider's callback may come at any time.
Staff hold and release texts and settle those of unknown delivery, STOP and START arrive, and events are cancelled, at
any time too. What staff say is true when they say it; only a frozen worker can make it untrue afterwards.
The text may speak to others of a household as well, whose own texts are skipped for its sake as it is claimed.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from channels.gateway import Fault, NotSent, Outcome, Refused, Sent, Unknown
from tests.databases import SOAK_IS_FULL
from tests.faults import mutants
from tests.faults.mutants import Decide
from venue.messages import states, together
from venue.messages.causes import Cause, Reason
from venue.messages.happenings import (
    Answered,
    Claimed,
    Confirmed,
    Happening,
    Held,
    Looked,
    LookFailed,
    Released,
    Reported,
    SettledByHand,
    Skipped,
    Waited,
)
from venue.messages.states import State, Timing

BecomesOfOthers = Callable[[State, State], State | None]

NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
TICK = timedelta(minutes=10)
TIMING = Timing(
    send_deadline=TICK / 4,
    connect_timeout=TICK / 8,
    read_timeout=TICK / 8,
    watchdog=TICK / 4,
    lease=2 * TICK,
    settle=4 * TICK,
    look_interval=3 * TICK,
    give_up=2 * TICK,
    polls=(),
)
LATEST_CALL = 3
LONGEST_LAG = 4
# After this many ticks it makes no difference how many more they are.
LONG = 7
FENCE = 10
# Two are as good as five here, and walked through far sooner; SOAK=full (make soak) has all of them.
RESENDS = states.MOST_RESENDS if SOAK_IS_FULL else 2
RESENDS_OF_BROKEN = 2

NOT_TAKEN: tuple[tuple[str, Outcome], ...] = (
    ("is refused", Refused("21211", "", Fault.NUMBER)),
    ("is refused for the account", Refused("20003", "", Fault.ACCOUNT)),
    ("is refused for now", Refused("30001", "", Fault.RETRY_ONCE)),
    ("is not sent", NotSent("")),
    ("is not taken, and the answer lost", Unknown("")),
)
TAKEN: tuple[tuple[str, Outcome], ...] = (
    ("is taken", Sent("SM1")),
    ("is taken, and the answer lost or a 500", Unknown("")),
)
OUTCOMES = dict(NOT_TAKEN + TAKEN)
HAPPENINGS: dict[str, Happening] = {
    "claimed": Claimed("token"),
    "waited": Waited(),
    "confirmed": Confirmed("SM1", "sent"),
    "the list shows it": Looked(("SM1",)),
    "the list shows nothing": Looked(()),
    "the list cannot be read": LookFailed(),
    "held": Held("Held by Sam"),
    "released": Released(),
    "skipped": Skipped(Reason(Cause.OPTED_OUT)),
    "it went, a person says": SettledByHand(True, ""),
    "it did not go, a person says": SettledByHand(False, ""),
    "it is on its way": Reported("sending"),
    "it arrived": Reported("delivered"),
    "it was read": Reported("read"),
    "it did not arrive": Reported("undelivered", "30005"),
    "it failed": Reported("failed", "30008", is_push=True),
    "it failed, says a callback without a code": Reported("failed", is_push=True),
}
# While it is in one of these, the others have been told, or it is not known yet.
SPEAKS_TO_OTHERS = frozenset({"sending", "unsure", "sent", "delivered"})
BY_STAFF = ("held", "released", "skipped")
REPORTS = tuple(words for words, happening in HAPPENINGS.items() if isinstance(happening, Reported))


class Row(NamedTuple):
    """The stored message; its instants are counted in ticks from now."""

    # Plain strings: they are looked up far faster than members of an Enum.
    state: str = "planned"
    claimed: int | None = None
    lease: int | None = None
    next_step: int | None = None
    empty_looks: int = 0
    resends: int = 0
    retries: int = 0
    known: bool = False
    status: str | None = None
    too_late: bool = False
    by_hand: bool = False


class Worker(NamedTuple):
    """What one has in hand: nothing, a claim, an answer, or a look. `fence` counts back from the message's own."""

    doing: str = "nothing"
    fence: int = 0
    age: int = 0
    answer: str = ""


class World(NamedTuple):
    row: Row = Row()
    workers: tuple[Worker, ...] = (Worker(), Worker())
    # For each text the provider took: in how many ticks its list shows it.
    taken: tuple[int, ...] = ()
    resends: int = 0
    # The texts of others of the household: "planned" on their own, "skipped" as part of this one, or "failed".
    others: str = "planned"


@dataclass(frozen=True)
class Walk:
    """What the walk met: every world, or the steps that lead to one that must not be."""

    worlds: frozenset[World]
    steps: tuple[str, ...] = ()
    wrong: str = ""


def walk(
    decide: Decide = states.decide,
    becomes_of_others: BecomesOfOthers = together.what_becomes_of_others,
    *,
    until: str = "",
) -> Walk:
    """Breadth first through everything that can happen, up to the first world that breaks a promise (or this one)."""
    happens = Happens(decide, becomes_of_others)
    came_from: dict[World, tuple[World | None, str]] = {World(): (None, "it is planned")}
    ahead = deque([World()])
    while ahead:
        world = ahead.popleft()
        for step, following in happens.next(world):
            if following in came_from:
                continue
            came_from[following] = (world, step)
            wrong = broken_promise(following)
            if wrong and until in ("", wrong):
                return Walk(frozenset(came_from), tuple(_steps_to(following, came_from)), wrong)
            ahead.append(following)
    return Walk(frozenset(came_from))


def _steps_to(world: World, came_from: dict[World, tuple[World | None, str]]) -> list[str]:
    steps: list[str] = []
    at: World | None = world
    while at is not None:
        at, step = came_from[at]
        steps.insert(0, step)
    return steps


def broken_promise(world: World) -> str:
    row = world.row
    if len(world.taken) > 1:
        return "the provider took it twice"
    if world.resends > states.MOST_RESENDS:
        return "it was sent again after doubt too often"
    if row.state == State.SENT and not (row.known and world.taken):
        return "it counts as sent, and the provider never had it"
    if row.state in (State.FAILED, State.SKIPPED) and world.taken and not (row.known or row.by_hand):
        return "it counts as not sent, and the provider has it"
    if row.state in (State.DELIVERED, State.UNDELIVERED) and not (row.known and world.taken):
        return "the provider is said to have reported what it never had"
    if row.state == State.SENDING and row.lease is None:
        return "it is being sent for ever"
    if world.others == "planned" and world.taken:
        return "the others are told twice"
    if world.others == "skipped" and row.state not in SPEAKS_TO_OTHERS:
        return "the others are lost from sight"
    return ""


class Happens:
    """All that can happen next in a world."""

    def __init__(self, decide: Decide, becomes_of_others: BecomesOfOthers):
        self.decide = decide
        self.becomes_of_others = becomes_of_others
        self.remembered: dict[tuple[Row, str, int], Row] = {}

    def next(self, world: World) -> Iterator[tuple[str, World]]:
        yield "time goes by", _later(world)
        yield "it grows too late", world._replace(row=world.row._replace(too_late=True))
        yield "the lease is looked at", self._becomes(world, "waited")
        if world.taken and not world.row.known:
            yield "the provider reports it", self._becomes(world, "confirmed")
        if world.row.known:
            for words in REPORTS:
                yield words, self._becomes(world, words)
        for words in BY_STAFF:
            yield f"it is {words}", self._becomes(world, words)
        if world.row.state == State.SKIPPED:
            yield "it is planned again, after a START", world._replace(row=_planned_again(world.row))
        if world.row.state == State.UNSURE:
            words = "it went, a person says" if world.taken else "it did not go, a person says"
            yield words, self._settled_by_hand(world, words)
        for place, worker in enumerate(world.workers):
            yield from self._work(world, place, worker)

    def _work(self, world: World, place: int, worker: Worker) -> Iterator[tuple[str, World]]:
        if worker.doing == "nothing":
            yield from self._claim(world, place)
            yield from self._look(world, place)
            return
        yield "a worker is killed", _hands(world, place, Worker())
        if worker.doing == "claim":
            yield from self._call(world, place, worker)
        elif worker.doing == "answer":
            yield "an answer is recorded", self._record(world, place, worker)
        else:
            yield "a look is recorded", self._record_look(world, place, worker)

    def _claim(self, world: World, place: int) -> Iterator[tuple[str, World]]:
        if world.row.state != State.PLANNED:
            return
        claimed = self._becomes(world, "claimed")
        if claimed.row.state != State.SENDING:
            yield "it is skipped", claimed
            return
        claimed = _under_another_fence(claimed)._replace(others="skipped")
        yield "it is claimed", _hands(claimed, place, Worker("claim"))

    def _call(self, world: World, place: int, worker: Worker) -> Iterator[tuple[str, World]]:
        if worker.age > 0:
            yield "the deadline is over", _hands(world, place, _answer(worker, "is not sent"))
        if worker.age > LATEST_CALL:
            return
        for words, _ in NOT_TAKEN:
            yield f"the call {words}", _hands(world, place, _answer(worker, words))
        for lag in (0, LONGEST_LAG):
            taken = world._replace(taken=(*world.taken, lag))
            yield "the call is taken, and the worker killed", _hands(taken, place, Worker())
            for words, _ in TAKEN:
                yield f"the call {words}", _hands(taken, place, _answer(worker, words))

    def _record(self, world: World, place: int, worker: Worker) -> World:
        return _hands(self._becomes(world, worker.answer, worker.fence), place, Worker())

    def _look(self, world: World, place: int) -> Iterator[tuple[str, World]]:
        """As venue/delivery/status_checks.py does it: first put the next look off, then read the list."""
        row = world.row
        if row.state != State.UNSURE or row.next_step is None or row.next_step > 0:
            return
        put_off = world._replace(row=row._replace(next_step=TIMING.look_interval // TICK))
        listed = "the list shows it" if 0 in world.taken else "the list shows nothing"
        for words in (listed, "the list cannot be read"):
            yield words, _hands(put_off, place, Worker("look", answer=words))

    def _record_look(self, world: World, place: int, worker: Worker) -> World:
        looked = self._becomes(world, worker.answer) if worker.fence == 0 else world
        return _hands(looked, place, Worker())

    def _settled_by_hand(self, world: World, words: str) -> World:
        settled = self._becomes(world, words)
        return _under_another_fence(settled._replace(row=settled.row._replace(by_hand=True)))

    def _becomes(self, world: World, what: str, fence: int = 0) -> World:
        key = (world.row, what, fence)
        if key not in self.remembered:
            happening = Answered(FENCE + fence, OUTCOMES[what]) if what in OUTCOMES else HAPPENINGS[what]
            self.remembered[key] = _after(self.decide, world.row, happening)
        row = self.remembered[key]
        again = world.row.state == State.UNSURE and row.state == State.PLANNED
        others = world.others
        if row.state != world.row.state and others == "skipped":
            others = str(self.becomes_of_others(State(world.row.state), State(row.state)) or others)
        return world._replace(row=row, resends=world.resends + again, others=others)


def _planned_again(row: Row) -> Row:
    """As venue/messages/outbox.py does it for many at once, while they are useful."""
    return row if row.too_late else row._replace(state="planned")


def _under_another_fence(world: World) -> World:
    """Whatever a worker has in hand is now of one fence before."""
    return world._replace(workers=tuple(one._replace(fence=max(-2, one.fence - 1)) for one in world.workers))


def _answer(worker: Worker, words: str) -> Worker:
    return Worker("answer", worker.fence, answer=words)


def _hands(world: World, place: int, worker: Worker) -> World:
    """One worker now has this in hand. Which of the two it is makes no difference."""
    workers = (*world.workers[:place], worker, *world.workers[place + 1 :])
    return world._replace(workers=tuple(sorted(workers)))


def _later(world: World) -> World:
    row = world.row._replace(
        claimed=None if world.row.claimed is None else max(-LONG, world.row.claimed - 1),
        lease=None if world.row.lease is None else max(0, world.row.lease - 1),
        next_step=None if world.row.next_step is None else max(0, world.row.next_step - 1),
    )
    workers = [worker._replace(age=min(worker.age + 1, LATEST_CALL + 1)) for worker in world.workers]
    aged = tuple(sorted(new if new.doing == "claim" else old for new, old in zip(workers, world.workers, strict=True)))
    return world._replace(row=row, workers=aged, taken=tuple(max(0, left - 1) for left in world.taken))


def _after(decide: Decide, row: Row, happening: Happening) -> Row:
    message = SimpleNamespace(
        **{name: getattr(row, name) for name in ("state", "empty_looks", "resends", "retries")},
        fence=FENCE,
        useful_until=NOW if row.too_late else NOW + 100 * TICK,
        lease_until=_instant(row.lease),
        claimed_at=_instant(row.claimed),
        provider_status=row.status,
        provider_id="SM1" if row.known else None,
        polls=0,
        channel="text",
    )
    transition = decide(message, happening, timing=TIMING, now=NOW)
    if transition is None:
        return row
    vars(message).update({"next_step_at": _instant(row.next_step), **transition.changes})
    settled = message.state not in (State.SENDING, State.UNSURE)
    return row._replace(
        state=str(message.state),
        claimed=None if settled else _ticks(message.claimed_at),
        lease=_ticks(message.lease_until) if message.state == State.SENDING else None,
        # How long a planned text waits makes no difference to what may happen: any worker may claim it at any time.
        next_step=_ticks(message.next_step_at) if message.state == State.UNSURE else None,
        empty_looks=message.empty_looks,
        resends=message.resends,
        retries=message.retries,
        known=message.provider_id is not None,
        status=message.provider_status,
    )


def _instant(ticks: int | None) -> datetime | None:
    return None if ticks is None else NOW + ticks * TICK


def _ticks(instant: datetime | None) -> int | None:
    return None if instant is None else -((NOW - instant) // TICK)


@pytest.fixture(scope="module")
def walked() -> Walk:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(states, "MOST_RESENDS", RESENDS)
        return walk()


@pytest.mark.soak
def test_whatever_happens_the_provider_takes_a_text_at_most_once_and_none_is_lost(walked: Walk) -> None:
    assert not walked.wrong, "\n".join(walked.steps)
    assert len(walked.worlds) > 1_000


def test_the_assumed_world_is_the_one_that_is_checked_at_start() -> None:
    assert TIMING.problem() is None
    assert TIMING.lease < LATEST_CALL * TICK < TIMING.settle, "the frozen worker must be in it"


def test_every_final_state_is_reached_and_only_staff_settle_unknown_delivery(walked: Walk) -> None:
    at_rest = [world for world in walked.worlds if world.workers == World().workers]
    ends = {world.row.state for world in at_rest}
    for_a_person = [world for world in at_rest if world.row.state == State.UNSURE and world.row.next_step is None]

    assert ends == set(State) - {State.RECEIVED}
    assert {len(world.taken) for world in for_a_person} == {0, 1}
    assert any(world.resends == RESENDS and world.row.state == State.SENT for world in at_rest)


@pytest.mark.parametrize(
    ("mutant", "wrong"),
    [
        (mutants.lease_to_planned, "the provider took it twice"),
        (mutants.timeout_to_planned, "the provider took it twice"),
        (mutants.unfenced_record, "the provider took it twice"),
        (mutants.one_look, "the provider took it twice"),
        (mutants.one_look_after_resending, "the provider took it twice"),
        (mutants.look_before_settle, "the provider took it twice"),
        (mutants.resend_without_limit, "it was sent again after doubt too often"),
        (mutants.hold_in_hand, "the provider took it twice"),
        (mutants.skip_in_hand, "it counts as not sent, and the provider has it"),
        (mutants.failure_to_planned, "the provider took it twice"),
        (mutants.settled_in_vain, "the provider took it twice"),
    ],
)
def test_a_rule_that_is_broken_is_caught(mutant: Decide, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "MOST_RESENDS", RESENDS_OF_BROKEN)
    caught = walk(mutant, until=wrong)

    assert caught.wrong == wrong
    assert caught.steps[0] == "it is planned"


def others_are_always_planned_again(before: State, after: State) -> State | None:
    becomes = together.what_becomes_of_others(before, after)
    return State.PLANNED if becomes == State.FAILED else becomes


def others_stay_skipped(_before: State, _after: State) -> State | None:
    return None


@pytest.mark.parametrize(
    ("mutant", "wrong"),
    [
        (others_are_always_planned_again, "the others are told twice"),
        (others_stay_skipped, "the others are lost from sight"),
    ],
)
def test_a_rule_about_the_others_that_is_broken_is_caught(
    mutant: BecomesOfOthers, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "MOST_RESENDS", RESENDS_OF_BROKEN)
    assert walk(becomes_of_others=mutant, until=wrong).wrong == wrong
