"""Pauses of e-mails: while the mail server refuses our account or is out of reach, one e-mail now and then tries it.

So a mail server that is down takes no time from texts, and staff see why nothing goes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from channels.gateway import Fault, NotSent, Outcome, Refused, Sent
from db.models import Pause
from db.writes import delete_where, insert_once, update_where
from venue.messages.pauses import EVERYTHING
from venue.roles import Permission, require

# A little less than the one whose fault it was waits: another is tried first.
TRY_AGAIN = timedelta(seconds=30)
# A server that is out of reach for less is not worth a notice.
NOTICED_AFTER = timedelta(seconds=25)


def room(session: Session, account: str, most: int, *, now: datetime) -> int:
    """How many of up to `most` e-mails may be claimed now: one if a pause is to be tried, none during a pause. A pause
    to be tried is postponed by this."""
    require(session, Permission.DELIVERY)
    if not account or most <= 0:
        return 0
    ours = _of(account)
    try_again_at = session.scalar(select(Pause.try_again_at).where(ours))
    if try_again_at is None:
        return most
    if try_again_at > now:
        return 0
    update_where(session, Pause, ours, {"try_again_at": now + TRY_AGAIN})
    return 1


def record_outcomes(session: Session, account: str, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Pause after a fault of the account or of its server, and end the pause once the server took or read an e-mail."""
    require(session, Permission.DELIVERY)
    if not account or not outcomes:
        return
    if any(_was_reached(outcome) for outcome in outcomes):
        delete_where(session, Pause, _of(account))
        return
    fault = next(filter(None, map(_fault, outcomes)), None)
    if fault is not None:
        reason, code = fault
        values = {"reason": reason, "error_code": code, "try_again_at": now + TRY_AGAIN}
        insert_once(session, Pause, [{"account": account, "scope": EVERYTHING, "paused_at": now, **values}])
        update_where(session, Pause, _of(account), values)


def is_noticed(since: datetime, code: str | None, *, now: datetime) -> bool:
    """Whether staff are shown a pause: at once if the server refused us, and if it is out of reach after a moment."""
    return code is not None or since <= now - NOTICED_AFTER


def _of(account: str) -> ColumnElement[bool]:
    return and_(Pause.account == account, Pause.scope == EVERYTHING)


def _was_reached(outcome: Outcome) -> bool:
    if isinstance(outcome, Refused):
        return outcome.fault is not Fault.ACCOUNT and outcome.code.isdigit()
    return isinstance(outcome, Sent)


def _fault(outcome: Outcome) -> tuple[str, str | None] | None:
    """Why the account cannot be used, and the server's code if it gave one."""
    if isinstance(outcome, Refused) and outcome.fault is Fault.ACCOUNT:
        return f"{outcome.reason}. Check SMTP_USER, SMTP_PASSWORD and SMTP_FROM.", outcome.code
    if isinstance(outcome, NotSent) and outcome.for_all:
        return f"{outcome.reason}. They go once it answers. If it does not, check SMTP_HOST and SMTP_PORT.", None
    return None
