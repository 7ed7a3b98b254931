"""Fifty users at once (ACCEPTANCE P5), compared with fifty on an empty Streamlit app: `python -m benchmarks.visitors`.

Each session is a real websocket with Streamlit's protocol (benchmarks/visitor.py) and acts every 2 seconds, as staff
do: searches, turns the page, opens a customer and goes back, opens Today and the events. Each action is checked: the
right screen came, with its rows and without an error. It is timed from when it was due until the script has finished,
so that a late start counts as waiting. Users of the empty app do the same as far as possible: search, the next page,
one record, back, another screen.

`--minutes 60` runs for an hour. Sessions come and go, as phones do. The memory of both servers is measured every
minute, and its growth after the first five minutes is fitted by a line.
"""

import asyncio
import os
import platform
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from random import Random
from statistics import linear_regression, quantiles
from time import perf_counter
from typing import Any

import click

from benchmarks import measure, served, venues, visitor_actions
from benchmarks.served import Server
from benchmarks.visitor import Visitor

EVERY = 2.0
MOST_TIMES, MOST_MB = 3, 1
ACTS_BEFORE_WEIGHING = 9
# How long a session lasts before it ends and another begins, in seconds.
STAYS = (120, 360)
SETTLING_MINUTES = 5

Act = Callable[[Visitor, Random], Awaitable[None]]

# Many sessions


@dataclass
class Crowd:
    """Sessions on one server, and the times of their actions, in milliseconds."""

    server: Server
    acts: Sequence[Act]
    took: list[float] = field(default_factory=list)
    due_count: int = 0
    came: int = 0

    def forget(self) -> None:
        self.took.clear()
        self.due_count = 0

    async def arrive(self) -> Visitor:
        self.came += 1
        return await Visitor.arrive(self.server.port, "", self.server.token)

    async def act(self, visitor: Visitor, number: int, random: Random, due: float) -> None:
        try:
            await self.acts[number % len(self.acts)](visitor, random)
        except Exception as error:
            raise RuntimeError(f"{self.acts[number % len(self.acts)].__name__}: {error}") from error
        self.took.append((perf_counter() - due) * 1000)

    async def stay(self, visitor: Visitor, random: Random, until: float, number: int = 0) -> None:
        """Act every two seconds until then, from a random moment on; action `number` is the first.

        A session acts only when its screen is complete. When that makes it late for the next action, the delay counts
        as waiting. An action that is late by its whole interval is left out, and counted in `due_count`.
        """
        due = perf_counter() + random.uniform(0, EVERY)
        while due < until:
            await asyncio.sleep(due - perf_counter())
            await self.act(visitor, number, random, due)
            number += 1
            self.due_count += 1
            while (due := due + EVERY) < min(perf_counter() - EVERY, until):
                self.due_count += 1

    async def come_and_go(self, random: Random, until: float) -> None:
        while perf_counter() < until - EVERY:  # A later session would have no time to act.
            visitor = await self.arrive()
            await self.stay(visitor, random, min(until, perf_counter() + random.uniform(*STAYS)))
            await visitor.leave()

    @asynccontextmanager
    async def present(self, how_many: int) -> AsyncIterator[list[Visitor]]:
        visitors = [await self.arrive() for _ in range(how_many)]
        try:
            yield visitors
        finally:
            for visitor in visitors:
                await visitor.leave()


async def busy(crowd: Crowd, sessions: int, seconds: float) -> None:
    """This many sessions at once for `seconds`, each beginning with another action."""
    async with crowd.present(sessions) as visitors, asyncio.TaskGroup() as group:
        for number, visitor in enumerate(visitors):
            for act in crowd.acts[: number % len(crowd.acts)]:
                await act(visitor, Random(number))
        until = perf_counter() + seconds
        for number, visitor in enumerate(visitors):
            group.create_task(crowd.stay(visitor, Random(number), until, number % len(crowd.acts)))


async def in_turns(crowds: Sequence[Crowd], sessions: int, seconds: float, turns: int) -> list[float]:
    """Run both crowds A B A B …, and return each server's processor time of an action, in milliseconds."""
    spent = [0.0] * len(crowds)
    for turn in range(turns + 1):
        for place, crowd in enumerate(crowds):
            before = cpu_seconds(crowd.server)
            await busy(crowd, sessions, seconds if turn else 2 * len(visitor_actions.PUB))
            spent[place] += cpu_seconds(crowd.server) - before
        if turn == 0:  # Only a warm-up: every screen has been shown once.
            spent = [0.0] * len(crowds)
            for crowd in crowds:
                crowd.forget()
    return [each / len(crowd.took) * 1000 for each, crowd in zip(spent, crowds, strict=True)]


async def weigh(crowd: Crowd, sessions: Sequence[int]) -> list[float]:
    """The server's memory with each of these numbers of active sessions, in MB."""
    weighed = []
    visitors: list[Visitor] = []
    for how_many in sessions:
        visitors += [await crowd.arrive() for _ in range(len(visitors), how_many)]
        # All at once, so that all their threads and database connections exist.
        for act in range(ACTS_BEFORE_WEIGHING):
            acting = enumerate(visitors)
            await asyncio.gather(*(crowd.act(each, act, Random(number), perf_counter()) for number, each in acting))
        weighed.append(crowd.server.memory())
    for visitor in visitors:
        await visitor.leave()
    return weighed


def cpu_seconds(server: Server) -> float:
    times = server.process.cpu_times()
    return float(times.user + times.system)


# An hour of it


async def long_run(crowds: Sequence[Crowd], sessions: int, minutes: int) -> list[list[dict[str, Any]]]:
    """Figures of each server after each minute, and after all sessions have ended."""
    samples: list[list[dict[str, Any]]] = [[] for _ in crowds]
    began = perf_counter()
    async with asyncio.TaskGroup() as group:
        for place, crowd in enumerate(crowds):
            for number in range(sessions):
                group.create_task(crowd.come_and_go(Random(f"{place}.{number}"), began + minutes * 60))
        for minute in range(1, minutes + 1):
            await asyncio.sleep(began + minute * 60 - perf_counter())
            for place, crowd in enumerate(crowds):
                samples[place].append(await look(crowd, minute))
    # Streamlit keeps a disconnected session for two minutes, in case it reconnects.
    await asyncio.sleep(180 if minutes > SETTLING_MINUTES else 1)
    for place, crowd in enumerate(crowds):
        samples[place].append(await look(crowd, minutes + 3))
    return samples


async def look(crowd: Crowd, minute: int) -> dict[str, Any]:
    figures = await asyncio.to_thread(crowd.server.look)
    acts = len(crowd.took)
    slow = quantiles(crowd.took, n=20)[-1] if acts > 1 else 0.0
    crowd.forget()
    figures |= {"minute": minute, "memory": crowd.server.memory(), "came": crowd.came, "acts": acts, "p95": slow}
    print(figures, flush=True)
    return figures


def slope(samples: Sequence[dict[str, Any]]) -> float:
    """The growth in MB an hour, by least squares, without the first minutes and the last sample."""
    counted = [each for each in samples[:-1] if each["minute"] > SETTLING_MINUTES] or samples[:-1]
    if len(counted) < 2:
        return 0.0
    return linear_regression([each["minute"] for each in counted], [each["memory"] for each in counted]).slope * 60


# Tables


def busy_table(crowds: Sequence[Crowd], cpu: Sequence[float]) -> str:
    lines = ["| | actions | due | p50, ms | p95, ms | processor time of each, ms |", "|---|---:|---:|---:|---:|---:|"]
    p95 = []
    for name, crowd, spent in zip(("ours", "the empty app"), crowds, cpu, strict=True):
        cuts = quantiles(crowd.took, n=20)
        p95.append(cuts[-1])
        lines.append(
            f"| {name} | {len(crowd.took):,} | {crowd.due_count:,} | {cuts[9]:,.1f} | {cuts[-1]:,.1f} | {spent:,.1f} |"
        )
    lines.append(f"\nThe p95 is {p95[0] / p95[1]:.2f} times the empty app's (at most {MOST_TIMES}).")
    return "\n".join(lines)


def memory_table(sessions: Sequence[int], weighed: Sequence[Sequence[float]]) -> str:
    heads = " | ".join(f"{each} sessions, MB" for each in sessions)
    lines = [f"| | {heads} | MB for each of the last {sessions[-1] - sessions[-2]} (at most {MOST_MB}) |"]
    lines.append("|---|" + "---:|" * (len(sessions) + 1))
    for name, values in zip(("ours", "the empty app"), weighed, strict=True):
        each = (values[-1] - values[-2]) / (sessions[-1] - sessions[-2])
        lines.append(f"| {name} | {' | '.join(f'{value:,.1f}' for value in values)} | {each:.2f} |")
    return "\n".join(lines)


def hour_table(samples: Sequence[Sequence[dict[str, Any]]]) -> str:
    ours, plain = samples
    lines = ["| minute | ours, MB | sessions, disconnected | Python objects | p95, ms | the empty app, MB |"]
    lines.append("|---:|---:|---:|---:|---:|---:|")
    step = max(1, min(10, len(ours) // 6))
    for mine, theirs in zip(ours, plain, strict=True):
        if mine["minute"] % step == 0 or mine is ours[-1] or mine["minute"] == SETTLING_MINUTES:
            minute = f"{mine['minute']}, all ended" if mine is ours[-1] else mine["minute"]
            lines.append(
                f"| {minute} | {mine['memory']:,.1f} | {mine['active']}, {mine['kept']} | {mine['objects']:,} "
                f"| {mine['p95']:,.0f} | {theirs['memory']:,.1f} |"
            )
    lines.append(
        f"\nAfter the first {SETTLING_MINUTES} minutes ours grows by {slope(ours):+.1f} MB an hour and the empty app "
        f"by {slope(plain):+.1f}, by least squares. There were {ours[-1]['came']:,} sessions; "
        f"{ours[-1]['uncollectable']} objects were uncollectable."
    )
    return "\n".join(lines)


def versions() -> str:
    load = f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
    return f"Python {platform.python_version()}, Streamlit {version('streamlit')}; {load}"


async def short(crowds: Sequence[Crowd], sessions: int, seconds: float, turns: int) -> str:
    for crowd in crowds:  # Warm-up, so that imports are not counted as a session's memory.
        await weigh(crowd, [3])
    counts = (0, max(1, sessions // 5), sessions)
    weighed = [await weigh(crowd, counts) for crowd in crowds]
    print(memory_table(counts, weighed), flush=True)
    for crowd in crowds:
        crowd.forget()
    cpu = await in_turns(crowds, sessions, seconds, turns)
    return f"{busy_table(crowds, cpu)}\n\n{memory_table(counts, weighed)}"


@click.command()
@click.option("--kind", "kinds", multiple=True, type=click.Choice(["sqlite", "postgresql"]), help="The database.")
@click.option("--customers", default=100_000, show_default=True)
@click.option("--sessions", default=50, show_default=True)
@click.option("--seconds", default=60.0, show_default=True, help="How long a turn lasts.")
@click.option("--turns", default=2, show_default=True, help="How many turns ours and the empty app have.")
@click.option("--minutes", default=0, help="A long run instead, with the memory measured every minute.")
@click.option("--quick", is_flag=True, help="A trial run on a small venue; nothing is saved.")
def main(
    kinds: Sequence[str], customers: int, sessions: int, seconds: float, turns: int, minutes: int, quick: bool
) -> None:
    """Measure, and save the tables."""
    if quick:
        customers, sessions, seconds, turns = 15_000, min(sessions, 10), 10.0, 1
    for kind in kinds or (("postgresql",) if minutes else ("sqlite", "postgresql")):
        what = f"{'an hour' if minutes == 60 else f'{minutes} min'} of {sessions} sessions"
        heading = f"Visitors: {what if minutes else f'{sessions} sessions'}, {customers:,} customers on {kind}"
        print(f"\n{heading}", flush=True)
        with served.both(venues.full(kind, customers)) as (our_server, plain_server):
            crowds = [Crowd(our_server, visitor_actions.PUB), Crowd(plain_server, visitor_actions.PLAIN)]
            if minutes:
                body = hour_table(asyncio.run(long_run(crowds, sessions, minutes)))
            else:
                body = asyncio.run(short(crowds, sessions, seconds, turns))
        print(body, flush=True)
        if not quick:
            options = f"--minutes {minutes}" if minutes else f"--sessions {sessions} --seconds {seconds:g}"
            command = f"python -m benchmarks.visitors --kind {kind} {options}"
            measure.save(heading, body, command=command, versions=versions())


if __name__ == "__main__":
    main()
