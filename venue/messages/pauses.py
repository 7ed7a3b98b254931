"""Pauses: a fault of the provider's account stops all texts, or those to one country, until a retry succeeds. Those of
the mail account, which stop e-mails, are in `mail_pauses`.

A pause's scope is the prefix of the numbers that it stops: a calling code, or an empty string for all numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from channels.gateway import Fault, Outcome, Refused, Sent
from db.models import Message, Pause
from db.writes import delete_where, insert_once, update_where
from sms import phone
from venue import masking
from venue.messages.states import NOT_YET_GONE, WAIT, State
from venue.roles import Permission, require

EVERYTHING = ""
# How the accounts of mail servers begin.
MAIL = "smtp:"
# A scheduler retries its own pauses at once when they are due. A pause that is overdue for longer belongs to an account
# that is no longer used.
ABANDONED_AFTER = timedelta(minutes=3)


@dataclass(frozen=True)
class Paused:
    """One pause, of texts or of e-mails. `reason` is a sentence for staff: why, and what to do. `since` is in UTC."""

    scope: str
    reason: str
    since: datetime
    of_emails: bool = False

    @property
    def what(self) -> str:
        if self.of_emails:
            return "E-mails are paused"
        if self.scope == EVERYTHING:
            return "Sending is paused"
        return f"Sending to numbers that begin with {self.scope} is paused"

    def stops(self, mobile_number: str, *, by_email: bool = False) -> bool:
        return self.of_emails if by_email else not self.of_emails and mobile_number.startswith(self.scope)


def current(session: Session) -> Sequence[Paused]:
    """All pauses, the one for all numbers first."""
    reason = masking.free_text(Pause.reason, full=masking.sees_numbers(session))
    rows = session.execute(
        select(Pause.account, Pause.scope, reason, Pause.paused_at).order_by(Pause.scope, Pause.account)
    )
    return [Paused(row.scope, row.reason, row.paused_at, is_of_mail(row.account)) for row in rows]


def is_of_mail(account: str) -> bool:
    """Whether this is the account of a mail server."""
    return account.startswith(MAIL)


# For the sender


@dataclass(frozen=True)
class AccountPauses:
    """The pauses of one account, as scopes. No texts are sent to `active` scopes. One text is sent to each scope that
    is `due_for_retry`, to see whether the fault is gone."""

    active: tuple[str, ...] = ()
    due_for_retry: tuple[str, ...] = ()

    @property
    def to_try(self) -> tuple[str, ...]:
        """The scopes to try now with one text each."""
        if EVERYTHING in self.active:
            return ()
        return (EVERYTHING,) if EVERYTHING in self.due_for_retry else self.due_for_retry

    def claims(self) -> list[tuple[ColumnElement[bool], int | None]]:
        """Conditions for the texts that may be claimed, each with the most to claim; None is no limit."""
        claims: list[tuple[ColumnElement[bool], int | None]] = [
            (and_(_to(scope), _to_none_of(self.active)), 1) for scope in self.to_try
        ]
        if EVERYTHING not in (*self.active, *self.due_for_retry):
            claims.append((_to_none_of((*self.active, *self.due_for_retry)), None))
        return claims


def for_account(session: Session, account: str, *, now: datetime, email_account: str = "") -> AccountPauses:
    """The pauses of an account. Deletes the pauses of accounts that are no longer used."""
    require(session, Permission.DELIVERY)
    rows = session.execute(_PAUSES).all()
    in_use = (account, email_account)
    if any(row.account not in in_use and row.try_again_at < now - ABANDONED_AFTER for row in rows):
        unused = and_(Pause.account.not_in(in_use), Pause.try_again_at < now - ABANDONED_AFTER)
        delete_where(session, Pause, unused)
    ours = [row for row in rows if row.account == account]
    return AccountPauses(
        active=tuple(row.scope for row in ours if row.try_again_at > now),
        due_for_retry=tuple(row.scope for row in ours if row.try_again_at <= now),
    )


_PAUSES = select(Pause.account, Pause.scope, Pause.try_again_at).order_by(Pause.scope)


def record_tries(
    session: Session, account: str, pauses: AccountPauses, *, due: Sequence[str], claimed: Sequence[str], now: datetime
) -> None:
    """Postpone the next retry of each scope that a claimed text (to the numbers `claimed`) is trying now.

    `due` are the numbers of all texts that were due. A pause without any text to try it is postponed if texts are
    scheduled for later, and otherwise deleted.
    """
    require(session, Permission.DELIVERY)
    for scope in pauses.due_for_retry:
        pause = and_(Pause.account == account, Pause.scope == scope)
        later = now + _wait(scope)
        if _any_in(scope, claimed):
            update_where(session, Pause, pause, {"try_again_at": later})
        elif scope in pauses.to_try and not _any_in(scope, due):
            if scope == EVERYTHING or _has_messages(session, scope):
                # Not at every tick: the next retry is when the first of those texts may be sent.
                later = min(later, _next_step(session, scope, now) or later)
                update_where(session, Pause, pause, {"try_again_at": later})
            else:
                delete_where(session, Pause, pause)


def record_outcomes(session: Session, account: str, results: Sequence[tuple[str, Outcome]], *, now: datetime) -> None:
    """Pause after faults of the account or of a country, and end the pauses of scopes to which a text was sent.

    `results` are the numbers and outcomes of calls.
    """
    require(session, Permission.DELIVERY)
    faults: dict[str, Refused] = {}
    for number, outcome in results:
        if isinstance(outcome, Refused) and outcome.fault in (Fault.ACCOUNT, Fault.COUNTRY):
            scope = phone.calling_code(number) if outcome.fault is Fault.COUNTRY else EVERYTHING
            faults.setdefault(scope, outcome)
    # Always in the same order, to avoid deadlocks.
    for scope in sorted(faults):
        _pause(session, account, scope, faults[scope], now)
    went = [number for number, outcome in results if isinstance(outcome, Sent)]
    if went:
        _end(session, account, went, spare=set(faults))


def _pause(session: Session, account: str, scope: str, refused: Refused, now: datetime) -> None:
    values = {"reason": refused.reason, "error_code": refused.code, "try_again_at": now + _wait(scope)}
    insert_once(session, Pause, [{"account": account, "scope": scope, "paused_at": now, **values}])
    update_where(session, Pause, and_(Pause.account == account, Pause.scope == scope), values)


def _end(session: Session, account: str, went: Sequence[str], *, spare: set[str]) -> None:
    for scope in session.scalars(select(Pause.scope).where(Pause.account == account).order_by(Pause.scope)).all():
        if scope not in spare and _any_in(scope, went):
            delete_where(session, Pause, and_(Pause.account == account, Pause.scope == scope))


def _any_in(scope: str, numbers: Sequence[str]) -> bool:
    return any(number.startswith(scope) for number in numbers)


def _wait(scope: str) -> timedelta:
    return WAIT[Fault.ACCOUNT if scope == EVERYTHING else Fault.COUNTRY]


def _has_messages(session: Session, scope: str) -> bool:
    waiting = Message.state.in_(NOT_YET_GONE)
    return session.scalar(select(Message.id).where(waiting, _to(scope)).limit(1)) is not None


def _next_step(session: Session, scope: str, now: datetime) -> datetime | None:
    """When the first of the refused texts may be sent again: a little later than the pause's own retry."""
    later = (Message.state == State.PLANNED.value, Message.next_step_at > now)
    return session.scalar(select(func.min(Message.next_step_at)).where(*later, _to(scope)))


def _to(scope: str) -> ColumnElement[bool]:
    return func.substr(Message.mobile_number, 1, len(scope)) == scope


def _to_none_of(scopes: Sequence[str]) -> ColumnElement[bool]:
    return and_(true(), *(~_to(scope) for scope in scopes))
