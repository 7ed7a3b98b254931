"""Texts by Twilio: one call each, and a verdict that never guesses."""

import base64
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from twilio.base import values  # type: ignore[import-untyped]
from twilio.http import HttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from sms.error_codes import MEANINGS, explain, fault_of
from sms.gateway import (
    NotFoundAtProvider,
    NotSent,
    Outcome,
    Outgoing,
    ProviderMessage,
    ProviderUnreachable,
    Refused,
    Sent,
    Unknown,
)
from sms.http_once import NeverConnected, Reply, ReplyLost, call

# https://www.twilio.com/docs/messaging/api/message-resource: ValidityPeriod is 1 to 36000 seconds.
SHORTEST_VALIDITY = 1
LONGEST_VALIDITY = 36_000
LARGEST_PAGE = 1000

# A trial account's texts come back with this before them, and would match nothing we sent.
TRIAL_PREFIX = "Sent from your Twilio trial account - "

# It logs numbers at INFO.
logging.getLogger("twilio").setLevel(logging.WARNING)


def is_signed(url: str, parameters: dict[str, str], signature: str, *, auth_token: str) -> bool:
    """Whether Twilio itself sent this form to this address.

    https://www.twilio.com/docs/usage/security#validating-requests
    """
    return bool(RequestValidator(auth_token).validate(url, parameters, signature))


class TwilioGateway:
    """One Twilio account, sending from a number or through a messaging service."""

    simulated = False

    def __init__(
        self,
        *,
        account_sid: str,
        username: str,
        password: str,
        from_: str | None = None,
        messaging_service_sid: str | None = None,
        base_url: str | None = None,
        connect_timeout: float,
        read_timeout: float,
        clock: Callable[[], datetime],
    ) -> None:
        if bool(from_) == bool(messaging_service_sid):
            raise ValueError("a number to send from, or a messaging service: one of the two")
        self.account = f"{account_sid} {from_ or messaging_service_sid}"
        self._from = from_
        self._service = messaging_service_sid
        self._clock = clock
        self._calls = _OneCall(connect_timeout, read_timeout, clock)
        self._client = Client(username, password, account_sid, http_client=self._calls)
        # The client would take these from the environment and change the host: TWILIO_BASE_URL alone decides.
        self._client.edge = self._client.region = None
        if base_url:
            self._client.api.base_url = base_url

    @property
    def ahead(self) -> timedelta | None:
        """How far our clock is ahead of Twilio's (behind: negative) by its last whole answer; None before the first."""
        return self._calls.ahead

    def send(self, outgoing: Outgoing) -> Outcome:
        """Make one call and say how it ended; never raises, never tries twice."""
        try:
            created = self._client.messages.create(**self._parameters(outgoing))
            if created.sid:
                return Sent(created.sid, status=str(created.status or "queued"))
            return Unknown("Twilio's answer names no message")
        except NeverConnected as problem:
            return NotSent(f"Twilio could not be reached ({problem})")
        except _Declined as declined:
            return _verdict(declined.reply, self._clock())
        except ReplyLost as problem:
            return Unknown(f"Twilio's answer was lost ({problem})")
        except Exception as problem:  # whatever it was, the request may have left
            return Unknown(f"Twilio's answer could not be read ({type(problem).__name__})")

    def sent_to(self, number: str, *, since: datetime) -> list[ProviderMessage]:
        """Every outbound message to the number created since (to the second), or ProviderUnreachable: never a part."""
        # Not by DateSent: a message that is still queued has none, and just that one may be looked for.
        found = self._listed(to=number)
        start = self._at_twilio(since)
        return [message for message in found if not message.is_inbound and message.created_at >= start]

    def sent_since(self, since: datetime) -> list[ProviderMessage]:
        """Every message that this sender of this account sent since, oldest first, or ProviderUnreachable."""
        sender = {"from_": self._from} if self._from else {}
        with _asking():
            dated = list(self._every_page({"date_sent_after": since.astimezone(UTC) - timedelta(days=1), **sender}))
            # What still waits there has no date yet, and is among the newest.
            newest = self._client.messages.page(page_size=LARGEST_PAGE, **sender)
            _require_list(newest)
            ours = [one for one in [*dated, *newest] if self._service in (None, one.messaging_service_sid)]
            found = {message.provider_id: message for message in map(_as_ours, ours)}
        start = self._at_twilio(since)
        return _oldest_first([one for one in found.values() if not one.is_inbound and one.created_at >= start])

    def received(self, *, since: datetime) -> list[ProviderMessage]:
        """Every inbound message since, oldest first, or ProviderUnreachable."""
        # An inbound message is "sent" when it arrives. A day of margin, since filters may count whole days.
        sender = {"to": self._from} if self._from else {}
        with _asking():
            listed = self._every_page({"date_sent_after": since.astimezone(UTC) - timedelta(days=1), **sender})
            found = [_as_ours(one) for one in listed if self._may_be_to_us(one)]
        start = self._at_twilio(since)
        inbound = [message for message in found if message.is_inbound and message.created_at >= start]
        return _oldest_first(inbound)

    def status(self, provider_id: str) -> ProviderMessage:
        """The message as it stands, ProviderUnreachable or NotFoundAtProvider."""
        with _asking():
            try:
                return _as_ours(self._client.messages(provider_id).fetch())
            except _Declined as declined:
                if declined.reply.status == 404 and _twilio_code(declined.reply) == "20404":
                    raise NotFoundAtProvider("Twilio has no such message") from None
                raise

    def _at_twilio(self, since: datetime) -> datetime:
        """An instant of ours by Twilio's clock, as far as it is known; never a later one, which could hide a text."""
        return _second(since - max(self.ahead or timedelta(0), timedelta(0)))

    def _may_be_to_us(self, listed: Any) -> bool:
        """Unless it is to another messaging service; one without a service is heard, lest a STOP be missed."""
        return self._service is None or listed.messaging_service_sid in (None, "", self._service)

    def _parameters(self, outgoing: Outgoing) -> dict[str, Any]:
        parameters: dict[str, Any] = {"to": outgoing.to, "body": outgoing.body}
        if self._service:
            # Without this the service may replace characters, and the body would not match ours when we look for it.
            parameters |= {"messaging_service_sid": self._service, "smart_encoded": False}
        else:
            parameters["from_"] = self._from
        if outgoing.status_callback:
            parameters["status_callback"] = outgoing.status_callback
        if outgoing.valid_for is not None:
            seconds = int(outgoing.valid_for.total_seconds())
            parameters["validity_period"] = min(max(seconds, SHORTEST_VALIDITY), LONGEST_VALIDITY)
        return parameters

    def _listed(self, **filters: Any) -> list[ProviderMessage]:
        with _asking():
            return [_as_ours(found) for found in self._every_page(filters)]

    def _every_page(self, filters: dict[str, Any]) -> Iterator[Any]:
        seen = set()
        page = self._client.messages.page(page_size=LARGEST_PAGE, **filters)
        while True:
            _require_list(page)
            yield from page
            if not page.next_page_url:
                return
            if page.next_page_url in seen:
                raise ProviderUnreachable("Twilio's list goes round in a circle")
            seen.add(page.next_page_url)
            page = self._client.messages.get_page(page.next_page_url)


@dataclass
class _Declined(Exception):
    """Any reply but a 2xx."""

    reply: Reply


class _OneCall(HttpClient):  # type: ignore[misc]
    """Twilio's client makes its calls through this."""

    def __init__(self, connect_timeout: float, read_timeout: float, clock: Callable[[], datetime]) -> None:
        super().__init__(logging.getLogger("twilio"), is_async=False)
        self.ahead: timedelta | None = None
        self._clock = clock
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Neither `timeout` nor `allow_redirects` of a single request is heeded: ours hold for all."""
        asked_at = self._clock()
        reply = call(
            method,
            f"{uri}?{_form(params)}" if params else uri,
            headers={**(headers or {}), "Host": urlsplit(uri).netloc.rpartition("@")[2], **_basic(auth)},
            body=_form(data).encode() if method == "POST" else None,
            connect_timeout=self._connect_timeout,
            read_timeout=self._read_timeout,
        )
        if not 200 <= reply.status < 300:
            raise _Declined(reply)
        # Not by a refusal, which may be that of something between Twilio and us.
        self.ahead = _ahead(reply, asked_at, self._clock())
        return Response(reply.status, reply.text, reply.headers)


def _form(fields: dict[str, object] | None) -> str:
    given = {name: value for name, value in (fields or {}).items() if value is not values.unset and value is not None}
    return urlencode(given, doseq=True)


def _basic(auth: tuple[str, str] | None) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(":".join(auth).encode()).decode()} if auth else {}


def _ahead(reply: Reply, asked_at: datetime, answered_at: datetime) -> timedelta | None:
    """How far our clock is ahead, by the date of a reply, which was made while we waited for it."""
    dated = _http_date(reply.headers.get("date", ""))
    if dated is None:
        return None
    # It tells whole seconds.
    if dated < _second(asked_at):
        return asked_at - dated
    return min(answered_at - dated, timedelta(0))


def _http_date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _verdict(reply: Reply, now: datetime) -> Outcome:
    """What a reply that is not a 2xx means for the message."""
    # "A request that receives 429 is never processed and always safe to retry": https://www.twilio.com/docs/api/errors/20429
    if reply.status == 429:
        return NotSent("Twilio is busy", retry_after=_retry_after(reply, now))
    code = _twilio_code(reply)
    if code is None:
        return Unknown(f"Twilio answered with HTTP {reply.status}")
    return Refused(code, explain(code), fault_of(code))


def _twilio_code(reply: Reply) -> str | None:
    """Twilio's own code, if this is Twilio's own refusal and not that of something between it and us."""
    if not 400 <= reply.status < 500:
        return None
    try:
        refusal = json.loads(reply.text)
    except (ValueError, RecursionError):
        return None
    code = refusal.get("code") if isinstance(refusal, dict) else None
    # Its codes have five digits and more; others put the HTTP status there.
    return str(code) if type(code) is int and code >= 10_000 else None


def _retry_after(reply: Reply, now: datetime) -> timedelta | None:
    """Seconds or an HTTP date."""
    value = reply.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value), 86_400))
    until = _http_date(value)
    return None if until is None else min(max(until - now, timedelta(0)), timedelta(days=1))


@contextmanager
def _asking() -> Iterator[None]:
    """A question that is not answered wholly is not answered."""
    try:
        yield
    except (ProviderUnreachable, NotFoundAtProvider):
        raise
    except _Declined as declined:
        code = _twilio_code(declined.reply)
        why = explain(code) if code in MEANINGS else ""
        raise ProviderUnreachable(why or f"Twilio answered with HTTP {declined.reply.status}.") from None
    except (NeverConnected, ReplyLost) as problem:
        raise ProviderUnreachable(f"Twilio could not be reached ({problem})") from None
    except Exception as problem:
        # The problem's own words may quote the reply, which holds numbers and bodies.
        raise ProviderUnreachable(f"Twilio's answer could not be read ({type(problem).__name__})") from None


def _require_list(page: Any) -> None:
    """The client takes any JSON with one list in it for a page. One without a next one is the last, as with it."""
    payload = page._payload
    if not isinstance(payload.get("messages"), list):
        raise ProviderUnreachable("Twilio's answer is not a list of messages")


def _as_ours(found: Any) -> ProviderMessage:
    return ProviderMessage(
        provider_id=_required(found.sid),
        to=_required(found.to),
        body=(found.body or "").removeprefix(TRIAL_PREFIX),
        status=_required(found.status),
        direction=_required(found.direction),
        created_at=_utc(found.date_created),
        error_code=str(found.error_code) if found.error_code else None,
        from_=found.from_ or "",
    )


def _oldest_first(listed: list[ProviderMessage]) -> list[ProviderMessage]:
    """They are listed newest first, also those of one second."""
    # Turned round before it is sorted, which leaves those of one second as they stand.
    turned = listed[::-1]
    return sorted(turned, key=lambda message: message.created_at)


def _required(value: Any) -> str:
    if not value or not isinstance(value, str):
        raise ProviderUnreachable("Twilio's answer is not whole")
    return value


def _utc(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise ProviderUnreachable("Twilio's answer is not whole")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _second(instant: datetime) -> datetime:
    """Twilio keeps whole seconds: what was created within this one counts."""
    return instant.astimezone(UTC).replace(microsecond=0)
