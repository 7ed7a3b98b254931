"""What becomes of messages that are due: which are sent now and what each says, which are skipped or put on hold."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from channels.gateway import Outgoing, OutgoingEmail
from db.types import AnyRow
from sms import segments
from sms.texts import BadTemplate, Kind
from venue.delivery import bulk_texts, emails
from venue.messages import facts, together
from venue.messages.causes import Cause, Reason
from venue.messages.channels import Channel, Why
from venue.messages.happenings import Claimed, Happening, Held, Skipped
from venue.messages.outbox import render_template
from venue.messages.states import State, Transition, decide
from venue.messages.together import Together
from venue.profile import Venue
from venue.timing import Timing
from venue.wording import full_name


@dataclass(frozen=True)
class Claim:
    """One message to send now. Everything in it is already committed."""

    message_id: UUID
    fence: int
    claimed_at: datetime
    outgoing: Outgoing | OutgoingEmail
    is_bulk: bool = False

    @property
    def is_email(self) -> bool:
        return isinstance(self.outgoing, OutgoingEmail)


@dataclass
class Claiming:
    """What becomes of due messages: the transition of each, by its id, and the claims of those to send now."""

    venue: Venue
    bodies: dict[str, str]
    account: str
    email_account: str
    timing: Timing
    now: datetime
    together: Together
    changed: dict[UUID, tuple[AnyRow, Transition | None]] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)

    def take(self, text: AnyRow) -> None:
        """Decide about one due message, unless it goes together with one that was decided about before."""
        if text.id in self.changed or self.together.waits(text):
            return
        if facts.is_moved(text) and text.kind in facts.ABOUT_THE_EVENT:
            # It is due still, and claimed with the rest of what is theirs.
            self.changed[text.id] = text, Transition({"customer_id": text.booked_by})
            return
        reason = facts.why_not(text) or bulk_texts.why_not(text)
        transition = self._decide(text, Skipped(reason) if reason else Claimed(uuid4().hex))
        if transition is None or transition.state != State.SENDING:
            self.changed[text.id] = text, transition
            return
        others = [other for other in self.together.others(text, at=self.now) if other.id not in self.changed]
        try:
            body, others = self._words(text, others)
        except BadTemplate:
            # Put on hold, where staff see it, so that it does not block the other messages.
            self.changed[text.id] = text, self._decide(text, Held(facts.TEMPLATE_ERROR))
            return
        changes = {**transition.changes, **self._frozen(text, body)}
        self.changed[text.id] = text, Transition(changes)
        outgoing, is_bulk = self._outgoing(text, changes), text.kind == Kind.CAMPAIGN
        self.claims.append(Claim(text.id, changes["fence"], self.now, outgoing, is_bulk))
        for other in others:
            self._skip(other, text)

    def _frozen(self, text: AnyRow, body: str) -> dict[str, Any]:
        if text.by_email:
            return _frozen_email(text, emails.subject(self.venue, text, now=self.now), body, self.email_account)
        return _frozen(text, body, self.account)

    def _outgoing(self, text: AnyRow, changes: dict[str, Any]) -> Outgoing | OutgoingEmail:
        if text.by_email:
            return emails.outgoing(self.venue, text, changes["subject"], changes["body"], now=self.now)
        return _outgoing(self.venue, text, changes, self.now)

    def _words(self, text: AnyRow, others: list[AnyRow]) -> tuple[str, list[AnyRow]]:
        """The text, and those that it is addressed to as well. Raises BadTemplate."""
        if facts.has_fixed_body(text):
            return text.body, []
        template = self.bodies[text.kind]
        body = together.words(self.venue, template, [text, *others], now=self.now) if others else None
        if body is not None:
            return body, others
        # Each goes on its own, rather than in a text that is too long.
        alone = facts.to_say(self.venue, text)
        return render_template(self.venue, Kind(text.kind), template, alone, now=self.now), []

    def _skip(self, other: AnyRow, text: AnyRow) -> None:
        skipped = self._decide(other, Skipped(Reason(Cause.SENT_TOGETHER, full_name(text))))
        if skipped is not None:
            self.changed[other.id] = other, Transition({**skipped.changes, "sent_with_id": text.id})

    def _decide(self, text: AnyRow, happening: Happening) -> Transition | None:
        return decide(text, happening, timing=self.timing, now=self.now)


def _frozen(text: AnyRow, body: str, account: str) -> dict[str, Any]:
    """The current number, text and account. They are stored, so that the provider can later be searched for exactly
    these."""
    counted = segments.count(body)
    return {
        "mobile_number": text.number_now,
        "body": body,
        "encoding": counted.encoding,
        "segments": counted.segments,
        "account": account,
        "channel": Channel.TEXT,
        "channel_cause": None,
        "email": None,
        "subject": None,
    }


def _frozen_email(text: AnyRow, subject: str, body: str, account: str) -> dict[str, Any]:
    """The current address, words and account of an e-mail, and why it is one."""
    return {
        "mobile_number": text.number_now,
        "body": body,
        "encoding": None,
        "segments": None,
        "account": account,
        "channel": Channel.EMAIL,
        "channel_cause": Why.PREFERRED if text.prefers_email else Why.NO_TEXTS,
        "email": text.email_now,
        "subject": subject,
    }


def _outgoing(venue: Venue, text: AnyRow, frozen: dict[str, Any], now: datetime) -> Outgoing:
    valid_for = text.useful_until - now if text.useful_until else None
    callback = f"{venue.public_url}/twilio/status/{text.id}" if venue.public_url else None
    return Outgoing(str(text.id), frozen["mobile_number"], frozen["body"], valid_for, callback)
