"""Incoming texts: STOP and START are carried out, anything that may mean something else is shown to staff."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels.gateway import Gateway, ProviderMessage, ProviderUnreachable
from db.models import Customer, Message, VenueSetting
from db.search import fold
from db.session import Transaction
from db.writes import insert_once, update_where
from sms import phone
from sms.texts import Kind
from venue.delivery import outages
from venue.delivery.stop_words import StopRequest, needs_reading, stop_request
from venue.messages import blocking, numbers
from venue.messages.new_message import NewMessage
from venue.messages.states import State
from venue.roles import SCHEDULER, Permission, require

# The venue setting for the last complete listing of an account's texts: its value is the account.
LISTED = "mark.replies_listed"
# How far back the first listing of an account goes, and the overlap between listings, for texts that are listed late.
FIRST_LISTING = timedelta(days=7)
OVERLAP = timedelta(hours=1)


def store(session: Session, text: ProviderMessage, *, now: datetime) -> bool:
    """Store an incoming text, and carry out STOP or START. False if it was already stored."""
    require(session, Permission.DELIVERY)
    number = _number(text.from_)
    is_handled = number is not None and _needs_no_reading(session, number, text.body)
    message = NewMessage(
        kind=Kind.INBOUND,
        dedupe_key=f"{Kind.INBOUND}:{text.provider_id}",
        direction="in",
        state=State.RECEIVED,
        customer_id=_customer(session, number),
        mobile_number=number,
        body=text.body,
        provider_id=text.provider_id,
        provider_status=text.status,
        created_at=text.created_at,
        final_at=now,
        handled_at=now if is_handled else None,
        handled_by=SCHEDULER.name if is_handled else None,
        now=now,
    )
    if not insert_once(session, Message, [message.columns()]):
        return False
    if number is not None:
        _carry_out(session, number, text.body, text.created_at, now)
        blocking.record_inbound(session, number, at=text.created_at, now=now)
    return True


def listen(transaction: Transaction, gateway: Gateway, *, now: datetime) -> int:
    """Ask the provider for incoming texts, store the new ones, and return how many there were. Notes whether it
    answered."""
    with transaction() as session:
        require(session, Permission.DELIVERY)
        listed_at = _listed_at(session, gateway.account)
    try:
        texts = gateway.received(since=(listed_at or now - FIRST_LISTING) - OVERLAP)
    except ProviderUnreachable as problem:
        with transaction() as session:
            outages.note(session, str(problem), now=now)
        return 0
    with transaction() as session:
        outages.note_answer(session)
        new = sum(store(session, text, now=now) for text in texts)
        _note_listed(session, gateway.account, now)
        return new


def _listed_at(session: Session, account: str) -> datetime | None:
    """When the account was last listed. The time of the latest text would not do: after a server outage, a callback may
    deliver a new text before the texts missed during the outage have been listed."""
    mark = VenueSetting.name == LISTED, VenueSetting.value == account
    return session.scalar(select(VenueSetting.updated_at).where(*mark))


def _note_listed(session: Session, account: str, now: datetime) -> None:
    insert_once(session, VenueSetting, [{"name": LISTED, "value": account, "updated_at": now}])
    update_where(session, VenueSetting, VenueSetting.name == LISTED, {"value": account, "updated_at": now})


def _needs_no_reading(session: Session, mobile_number: str, body: str) -> bool:
    """Whether staff need not read a text: it is STOP or START, and cannot also be meant as an answer."""
    if needs_reading(body):
        return False
    if _is_yes(body):
        return numbers.is_opted_out(session, mobile_number)
    return stop_request(body) is not StopRequest.NOTHING


def _is_yes(body: str) -> bool:
    return fold(body) == "yes"


def _carry_out(session: Session, mobile_number: str, body: str, at: datetime, now: datetime) -> None:
    wanted = stop_request(body)
    if _is_yes(body) and numbers.is_stopped_by_staff(session, mobile_number):
        # The provider did not block this number, so "yes" does not mean START.
        return
    if wanted is StopRequest.STOP and not _heard_after(
        session, mobile_number, StopRequest.START, _second(at) + timedelta(seconds=1)
    ):
        blocking.opt_out(session, mobile_number, now=now)
    if wanted is StopRequest.START and not _heard_after(session, mobile_number, StopRequest.STOP, _second(at)):
        blocking.opt_in(session, mobile_number, now=now)


def _heard_after(session: Session, mobile_number: str, wanted: StopRequest, since: datetime) -> bool:
    """Whether a later text of this number asked for this. Texts can arrive out of order: the latest request counts, and
    of two in the same second, STOP."""
    later = session.scalars(
        select(Message.body).where(
            Message.mobile_number == mobile_number, Message.direction == "in", Message.created_at >= since
        )
    )
    return any(stop_request(body or "") is wanted for body in later)


def _second(instant: datetime) -> datetime:
    """The instant as it is in the provider's list, in whole seconds."""
    return instant.replace(microsecond=0)


def _number(from_: str) -> str | None:
    """The sender as E.164, or None for a short code or a name."""
    try:
        return phone.normalise(from_)
    except phone.InvalidPhone:
        return from_ if re.fullmatch(r"\+\d{7,15}", from_) else None


def _customer(session: Session, mobile_number: str | None) -> UUID | None:
    """The customer with this number. If several share it, the one who was texted last."""
    if mobile_number is None:
        return None
    texted = (
        select(func.max(Message.sent_at))
        .where(Message.customer_id == Customer.id)
        .correlate(Customer)
        .scalar_subquery()
    )
    return session.scalar(
        select(Customer.id)
        .where(Customer.mobile_number == mobile_number)
        .order_by(func.coalesce(texted, Customer.created_at).desc(), Customer.id)
        .limit(1)
    )
