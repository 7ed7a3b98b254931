"""Texts that come in: STOP and START are obeyed, what may be meant otherwise is shown to staff."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Customer, Message, VenueSetting
from db.search import fold
from db.session import Transaction
from db.writes import insert_once, update_where
from sms import phone
from sms.gateway import Gateway, ProviderMessage, ProviderUnreachable
from sms.texts import Kind
from venue.delivery.stop_words import Wish, needs_reading, wish
from venue.messages import blocking, numbers
from venue.messages.new_message import NewMessage
from venue.messages.states import State
from venue.roles import SCHEDULER, Permission, require

# The venue setting that keeps when an account's texts were last listed wholly: its value is the account.
LISTED = "mark.replies_listed"
# How far back to ask an account for the first time, and how much to ask again for what was listed late.
HEARD_OF = timedelta(days=7)
OVERLAP = timedelta(hours=1)


def take(session: Session, text: ProviderMessage, *, now: datetime) -> bool:
    """Keep a text that came in, and obey it. False when it was taken already."""
    require(session, Permission.DELIVERY)
    number = _number(text.from_)
    needs_nobody = number is not None and _needs_nobody(session, number, text.body)
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
        handled_at=now if needs_nobody else None,
        handled_by=SCHEDULER.name if needs_nobody else None,
        now=now,
    )
    if not insert_once(session, Message, [message.columns()]):
        return False
    if number is not None:
        _obey(session, number, text.body, text.created_at, now)
        blocking.record_inbound(session, number, at=text.created_at, now=now)
    return True


def listen(transaction: Transaction, gateway: Gateway, *, now: datetime) -> int:
    """Ask the provider for texts that came in, and take those not taken yet; how many."""
    with transaction() as session:
        require(session, Permission.DELIVERY)
        listed_at = _listed_at(session, gateway.account)
    try:
        texts = gateway.received(since=(listed_at or now - HEARD_OF) - OVERLAP)
    except ProviderUnreachable:
        return 0
    with transaction() as session:
        taken = sum(take(session, text, now=now) for text in texts)
        _note_listed(session, gateway.account, now)
        return taken


def _listed_at(session: Session, account: str) -> datetime | None:
    """Not when the latest text came in: Twilio tells of each by itself too, but of none while the server is down."""
    mark = VenueSetting.name == LISTED, VenueSetting.value == account
    return session.scalar(select(VenueSetting.updated_at).where(*mark))


def _note_listed(session: Session, account: str, now: datetime) -> None:
    insert_once(session, VenueSetting, [{"name": LISTED, "value": account, "updated_at": now}])
    update_where(session, VenueSetting, VenueSetting.name == LISTED, {"value": account, "updated_at": now})


def _needs_nobody(session: Session, mobile_number: str, body: str) -> bool:
    """Whether a text is done with once it is obeyed: STOP and START, but no word that may be meant as an answer."""
    if needs_reading(body):
        return False
    if _is_yes(body):
        return numbers.is_opted_out(session, mobile_number)
    return wish(body) is not Wish.NOTHING


def _is_yes(body: str) -> bool:
    return fold(body) == "yes"


def _obey(session: Session, mobile_number: str, body: str, at: datetime, now: datetime) -> None:
    wanted = wish(body)
    if _is_yes(body) and numbers.is_stopped_by_staff(session, mobile_number):
        # The provider never blocked this number, so "yes" is no answer to it.
        return
    if wanted is Wish.STOP and not _heard_after(session, mobile_number, Wish.START, _second(at) + timedelta(seconds=1)):
        blocking.opt_out(session, mobile_number, now=now)
    if wanted is Wish.START and not _heard_after(session, mobile_number, Wish.STOP, _second(at)):
        blocking.opt_in(session, mobile_number, now=now)


def _heard_after(session: Session, mobile_number: str, wanted: Wish, since: datetime) -> bool:
    """Texts may be heard of in another order than they were sent in: the latest wish stands, within a second STOP."""
    later = session.scalars(
        select(Message.body).where(
            Message.mobile_number == mobile_number, Message.direction == "in", Message.created_at >= since
        )
    )
    return any(wish(body or "") is wanted for body in later)


def _second(instant: datetime) -> datetime:
    """The provider's list tells whole seconds."""
    return instant.replace(microsecond=0)


def _number(from_: str) -> str | None:
    """The sender as E.164; nothing for a short code or a name, which nobody here can be."""
    try:
        return phone.normalise(from_)
    except phone.InvalidPhone:
        return from_ if re.fullmatch(r"\+\d{7,15}", from_) else None


def _customer(session: Session, mobile_number: str | None) -> UUID | None:
    """Whoever has the number; where a family shares it, whoever was texted last."""
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
