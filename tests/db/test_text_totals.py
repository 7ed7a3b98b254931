"""The kept totals of texts equal a recount, whatever is done to texts."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import Delete, Update, delete, func, select, update
from sqlalchemy.orm import Session

from db import text_totals
from db.models import Message, TextTotal
from tests.makers import NOW, a_customer
from venue.insight.texts import OUTCOMES

Totals = dict[tuple[datetime, str, str], tuple[int, int]]


def recount(session: Session) -> Totals:
    found: dict[tuple[datetime, str, str], tuple[int, int]] = {}
    for each in session.scalars(select(Message).execution_options(populate_existing=True)):
        if each.direction != "out" or each.channel != "text" or each.state not in text_totals.STATES:
            continue
        at = (each.sent_at or each.due_at or each.created_at).astimezone(UTC)
        quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
        texts, segments = found.get((quarter, each.kind, each.state), (0, 0))
        paid = each.segments or 0 if each.provider_id else 0
        found[quarter, each.kind, each.state] = texts + 1, segments + paid
    return found


def kept(session: Session) -> Totals:
    key = TextTotal.quarter, TextTotal.kind, TextTotal.state
    query = select(*key, func.sum(TextTotal.texts), func.sum(TextTotal.segments)).group_by(*key)
    return {(each[0], each[1], each[2]): (each[3], each[4]) for each in session.execute(query) if each[3] or each[4]}


class Outbox:
    """Texts that are written, sent, reported, moved and deleted at random."""

    def __init__(self, session: Session, random: Random):
        self.session, self.random = session, random

    def write(self) -> None:
        state = self.random.choice(["planned", "held", "skipped"])
        about = {"kind": self.random.choice(["manual", "confirmation"]), "state": state}
        place = self.random.choice([{}, {}, {}, {"channel": "email"}, {"direction": "in"}])
        due_at = self.random.choice([None, self._some_time()])
        times = {"due_at": due_at, "created_at": NOW, "updated_at": NOW}
        customer = a_customer(self.session)
        self.session.add(Message(dedupe_key=uuid4().hex, customer_id=customer.id, **about, **place, **times))
        self.session.flush()

    def send_some(self) -> None:
        for text in self._in("planned"):
            text.state, text.sent_at, text.provider_id = "sent", self._some_time(), uuid4().hex
            text.segments = self.random.choice([None, 1, 2])
        self.session.flush()

    def report_many(self) -> None:
        state = self.random.choice(["delivered", "undelivered"])
        values = {"state": state, "segments": self.random.randrange(1, 4)}
        self._all("sent", update(Message).values(values))

    def fail_or_not(self) -> None:
        self._all("failed", update(Message).values(state="unsure"))
        self._all("planned", update(Message).values(state="failed"))

    def plan_again(self) -> None:
        self._all("skipped", update(Message).values(state="planned", due_at=self._some_time()))

    def delete_some(self) -> None:
        self._all(self.random.choice(["delivered", "unsure", "sent", "held"]), delete(Message))

    def change_something_else(self) -> None:
        self._all("delivered", update(Message).values(body=None, mobile_number=None))

    def tidy(self) -> None:
        text_totals.tidy(self.session)

    def step(self) -> None:
        often = [self.write] * 6 + [self.send_some] * 2
        acts = [self.report_many, self.fail_or_not, self.plan_again, self.change_something_else, self.tidy]
        self.random.choice([*often, *acts, self.random.choice([self.delete_some, self.tidy])])()

    def _in(self, state: str) -> list[Message]:
        return list(self.session.scalars(select(Message).where(Message.state == state).limit(3)))

    def _all(self, state: str, statement: Update | Delete) -> None:
        self.session.execute(statement.where(Message.state == state))
        self.session.expire_all()

    def _some_time(self) -> datetime:
        return NOW + timedelta(minutes=self.random.randrange(90), seconds=self.random.randrange(60))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_totals_equal_a_recount(session: Session, seed: int) -> None:
    outbox = Outbox(session, Random(seed))
    seen: set[str] = set()
    for number in range(150):
        outbox.step()
        if number % 5 == 4:
            counted = recount(session)
            assert kept(session) == counted
            seen |= {state for _, _, state in counted}
    assert seen >= {"sent", "delivered", "skipped", "failed", "unsure"}


def test_tidying_leaves_one_row_for_each_kind_state_and_quarter(session: Session) -> None:
    outbox = Outbox(session, Random(1))
    for _ in range(30):
        outbox.write()
    outbox.send_some()
    before = kept(session)

    text_totals.tidy(session)
    text_totals.tidy(session)

    assert kept(session) == before == recount(session)
    rows = select(func.count()).select_from(TextTotal).where(TextTotal.texts != 0)
    assert session.scalar(rows) == len(before)


@pytest.mark.plain_sql
def test_what_is_counted_is_what_insight_shows() -> None:
    assert set(OUTCOMES) == set(text_totals.STATES)
