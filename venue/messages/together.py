"""One reminder for all of a household who have the same number and are booked on the same event.

It is decided when it is sent, by the transaction that claims it: the reminder that is claimed is addressed to all of
them, and the others are skipped, with `sent_with_id` set to it. Whenever it turns out not to have gone, those are
scheduled again. docs/decisions/0044 says why.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from db import journal
from db.lists import one_of
from db.models import Booking, Customer, HouseholdMember, Message
from db.types import AnyRow, AnySelect
from db.writes import update_where
from sms import segments, texts
from sms.texts import Facts, Kind
from venue.messages import facts
from venue.messages.causes import Cause
from venue.messages.outbox import render_template
from venue.messages.states import LOST, MAYBE_GONE, NOT_YET_GONE, REMINDERS, State, Transition
from venue.profile import Venue, venue_of
from venue.roles import Permission, require
from venue.wording import ERASED, in_words

# What staff read of a reminder that was sent together with one that did not arrive.
DID_NOT_ARRIVE = "Sent together with another reminder, which did not arrive"


@dataclass(frozen=True)
class Together:
    """The scheduled reminders that share a phone and an event, rows of `facts.with_facts`, by what they share. The
    groups with a row that another transaction has locked are `locked_elsewhere`."""

    groups: Mapping[tuple[Any, ...], Sequence[AnyRow]]
    locked_elsewhere: frozenset[tuple[Any, ...]] = frozenset()

    def others(self, text: AnyRow, *, at: datetime) -> list[AnyRow]:
        """Those that go in one text with this one, if it is sent at this time."""
        group = self.groups.get(_key(text), ())
        return [other for other in group if other.id != text.id and _may_go(other, at)]

    def waits(self, text: AnyRow) -> bool:
        """Whether it must wait for another transaction, which is changing a reminder that belongs with this one."""
        return _is_shared(text) and _key(text) in self.locked_elsewhere


def scheduled(session: Session, rows: Sequence[AnyRow], *, full: bool) -> Together:
    """The scheduled reminders that may go together with some of these rows of `facts.with_facts`."""
    known = facts.with_facts(full=full, emails=venue_of(session).sends_email)
    more = [] if _none_shared(rows) else session.execute(_others(session, rows, known)).all()
    return Together(_grouped([*rows, *more]))


def lock_scheduled(session: Session, rows: Sequence[AnyRow], *, emails: bool = False) -> Together:
    """As `scheduled`, for rows that are locked: the others are locked too."""
    require(session, Permission.DELIVERY)
    if _none_shared(rows):
        return Together({})
    known = facts.with_facts(full=True, emails=emails)
    found = session.execute(_others(session, rows, known)).all()
    if not found:
        return Together(_grouped(rows))
    these = one_of(session, Message.id, [row.id for row in found])
    still = and_(these, Message.state == State.PLANNED.value)
    more = session.execute(known.where(still).with_for_update(skip_locked=True, of=Message)).all()
    missing = {row.id for row in found} - {row.id for row in more}
    return Together(_grouped([*rows, *more]), frozenset(_key(row) for row in found if row.id in missing))


def words(venue: Venue, template: str, group: Sequence[AnyRow], *, now: datetime) -> str | None:
    """The text that is addressed to all of them; None if it is longer than a text may be."""
    body = render_template(venue, Kind(group[0].kind), template, to_say(venue, group), now=now)
    return body if segments.count(body).segments <= texts.MOST_SEGMENTS else None


def to_say(venue: Venue, group: Sequence[AnyRow]) -> Facts:
    """What a text to all of them may say: all first names, the last name that all have, all seats."""
    by_name = sorted(group, key=lambda text: (text.first_name.casefold(), text.id))
    last_names = {text.last_name for text in group}
    return replace(
        facts.to_say(venue, by_name[0]),
        first_name=in_words([text.first_name for text in by_name], "&"),
        last_name=last_names.pop() if len(last_names) == 1 else "",
        seats=sum(text.seats for text in group),
    )


def what_becomes_of_others(before: State, after: State | None) -> State | None:
    """The new state of those that were skipped for the sake of a reminder, when its own state changes; None if theirs
    does not. They are scheduled again only if it is certain that it did not go. If it went and did not arrive, or staff
    say that it did not, they fail too, where staff see them."""
    if after in (*NOT_YET_GONE, State.SKIPPED):
        return State.PLANNED
    if after in LOST:
        return State.PLANNED if before == State.SENDING else State.FAILED
    return None


def follow(
    session: Session, message: Message | AnyRow, before: State | str, transition: Transition | None, *, now: datetime
) -> None:
    """Change the reminders that were skipped for the sake of this message, whose state was `before`."""
    require(session, Permission.DELIVERY, Permission.TEXTS)
    if transition is None or message.kind not in REMINDERS:
        return
    becomes = what_becomes_of_others(State(before), transition.state)
    if becomes == State.PLANNED:
        next_step_at = transition.changes.get("next_step_at") if transition.state == State.PLANNED else None
        _schedule_again(session, message.id, next_step_at, now)
    elif becomes == State.FAILED:
        failed = {"state": becomes.value, "cause": None, "reason": DID_NOT_ARRIVE, "final_at": now, "updated_at": now}
        update_where(session, Message, _skipped_for(message.id), failed)


def erase_names(session: Session, customer_id: UUID, first_names: Collection[str], *, now: datetime) -> None:
    """Erase a customer's first names from the reminders to others that were addressed to them as well. One whose
    delivery is still being checked loses its words once that ends."""
    require(session, Permission.DELETE)
    said_in = select(Message.sent_with_id).where(Message.customer_id == customer_id, Message.sent_with_id.is_not(None))
    columns = (Message.id, Message.body, Message.state, Message.next_step_at)
    rows = session.execute(select(*columns).where(Message.id.in_(said_in), Message.customer_id != customer_id)).all()
    name = re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in first_names))
    for row in rows:
        is_looked_for = row.state in MAYBE_GONE and row.next_step_at is not None
        if is_looked_for:
            erased: dict[str, Any] = {"erase_when_settled": True}
        else:
            erased = {"body": row.body and name.sub(ERASED, row.body), "updated_at": now}
            # The journal must not hold the words of before.
            journal.erase_row(session, Message.__tablename__, str(row.id))
        update_where(session, Message, Message.id == row.id, erased)


def _schedule_again(session: Session, message_id: UUID, next_step_at: datetime | None, now: datetime) -> None:
    again = aliased(Message)
    not_resent = ~exists().where(again.again_of_id == Message.id)
    # Their booking may have been moved to another customer since.
    booked_by = select(Booking.customer_id).where(Booking.id == Message.booking_id).correlate(Message)
    number = select(Customer.mobile_number).join(Booking, Booking.customer_id == Customer.id)
    number = number.where(Booking.id == Message.booking_id).correlate(Message)
    scheduled = {
        "customer_id": func.coalesce(booked_by.scalar_subquery(), Message.customer_id),
        "mobile_number": func.coalesce(number.scalar_subquery(), Message.mobile_number),
        "state": State.PLANNED.value,
        "cause": None,
        "reason": "",
        "sent_with_id": None,
        "final_at": None,
        "handled_at": None,
        "handled_by": None,
        "next_step_at": next_step_at,
        "updated_at": now,
    }
    update_where(session, Message, and_(_skipped_for(message_id), not_resent), scheduled)


def _skipped_for(message_id: UUID) -> Any:
    return and_(
        Message.sent_with_id == message_id,
        Message.state == State.SKIPPED.value,
        Message.cause == Cause.SENT_TOGETHER.value,
    )


# Groups


def _others(session: Session, rows: Sequence[AnyRow], known: AnySelect) -> AnySelect:
    shared = [row for row in rows if _is_shared(row)]
    mine = select(HouseholdMember.household_id).where(
        one_of(session, HouseholdMember.customer_id, [row.customer_id for row in shared])
    )
    household = select(HouseholdMember.customer_id).where(HouseholdMember.household_id.in_(mine))
    return known.where(
        Message.state == State.PLANNED.value,
        Message.customer_id.in_(household),
        Message.event_id.in_({row.event_id for row in shared}),
        Message.kind.in_({row.kind for row in shared}),
        Message.id.not_in([row.id for row in rows]),
    )


def _none_shared(rows: Sequence[AnyRow]) -> bool:
    return not any(map(_is_shared, rows))


def _is_shared(text: AnyRow) -> bool:
    return text.kind in REMINDERS and not text.by_email and text.shared_by is not None and text.event_id is not None


def _grouped(rows: Iterable[AnyRow]) -> dict[tuple[Any, ...], list[AnyRow]]:
    groups: dict[tuple[Any, ...], list[AnyRow]] = defaultdict(list)
    for row in rows:
        if _is_shared(row):
            groups[_key(row)].append(row)
    return groups


def _key(text: AnyRow) -> tuple[Any, ...]:
    return text.kind, text.event_id, text.shared_by, text.number_now


def _may_go(text: AnyRow, at: datetime) -> bool:
    is_useful = text.useful_until is None or at < text.useful_until
    return text.state == State.PLANNED and is_useful and facts.why_not(text) is None
