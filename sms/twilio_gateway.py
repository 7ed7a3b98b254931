"""Sending texts through Twilio: one call each, and an outcome that never guesses."""

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

from channels.gateway import (
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
from sms.error_codes import MEANINGS, explain, fault_of
from sms.http_once import NeverConnected, Reply, ReplyLost, call

# https://www.twilio.com/docs/messaging/api/message-resource: ValidityPeriod is 1 to 36000 seconds.
SHORTEST_VALIDITY = 1
LONGEST_VALIDITY = 36_000
LARGEST_PAGE = 1000

# Twilio puts this in front of a trial account's texts. It must be removed before they are compared with ours.
TRIAL_PREFIX = "Sent from your Twilio trial account - "

# At INFO the client logs phone numbers.
logging.getLogger("twilio").setLevel(logging.WARNING)


def is_signed(url: str, parameters: dict[str, str], signature: str, *, auth_token: str) -> bool:
    """Whether the signature proves that Twilio sent this form to this address.

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
            raise ValueError("give either a number to send from or a messaging service")
        self.account = f"{account_sid} {from_ or messaging_service_sid}"
        self._from = from_
        self._service = messaging_service_sid
        self._clock = clock
        self._calls = _HttpOnce(connect_timeout, read_timeout, clock)
        self._client = Client(username, password, account_sid, http_client=self._calls)
        # The client would read these from the environment and change the host. Only TWILIO_BASE_URL may do that.
        self._client.edge = self._client.region = None
        if base_url:
            self._client.api.base_url = base_url

    @property
    def ahead(self) -> timedelta | None:
        """How far our clock is ahead of Twilio's (negative: behind), by its last complete answer; None before that."""
        return self._calls.ahead

    def send(self, outgoing: Outgoing) -> Outcome:
        """Make one call and return how it ended. Never raises, never retries."""
        try:
            created = self._client.messages.create(**self._parameters(outgoing))
            if created.sid:
                return Sent(created.sid, status=str(created.status or "queued"))
            return Unknown("Twilio's answer names no message")
        except NeverConnected as problem:
            return NotSent(f"Twilio could not be reached ({problem})")
        except _Declined as declined:
            return _outcome(declined.reply, self._clock())
        except ReplyLost as problem:
            return Unknown(f"Twilio's answer was lost ({problem})")
        except Exception as problem:  # the request may have been sent
            return Unknown(f"Twilio's answer could not be read ({type(problem).__name__})")

    def sent_to(self, number: str, *, since: datetime) -> list[ProviderMessage]:
        """All outbound messages to the number created since then (whole seconds). Raises ProviderUnreachable."""
        # Not filtered by DateSent at Twilio: a message that is still queued has none.
        with _query_errors():
            messages = [_provider_message(each) for each in self._every_page({"to": number})]
        start = self._at_twilio(since)
        return [message for message in messages if not message.is_inbound and message.created_at >= start]

    def sent_since(self, since: datetime) -> list[ProviderMessage]:
        """All messages that this sender of this account sent since then, oldest first. Raises ProviderUnreachable."""
        sender = {"from_": self._from} if self._from else {}
        with _query_errors():
            dated = list(self._every_page({"date_sent_after": since.astimezone(UTC) - timedelta(days=1), **sender}))
            # Queued messages have no date yet. They are among the newest.
            newest = self._client.messages.page(page_size=LARGEST_PAGE, **sender)
            _require_list(newest)
            ours = [one for one in [*dated, *newest] if self._service in (None, one.messaging_service_sid)]
            by_id = {message.provider_id: message for message in map(_provider_message, ours)}
        start = self._at_twilio(since)
        return _oldest_first([one for one in by_id.values() if not one.is_inbound and one.created_at >= start])

    def received(self, *, since: datetime) -> list[ProviderMessage]:
        """All inbound messages since then, oldest first. Raises ProviderUnreachable."""
        # An inbound message is "sent" when it arrives. A day of margin, since filters may count whole days.
        sender = {"to": self._from} if self._from else {}
        with _query_errors():
            listed = self._every_page({"date_sent_after": since.astimezone(UTC) - timedelta(days=1), **sender})
            messages = [_provider_message(one) for one in listed if self._may_be_to_us(one)]
        start = self._at_twilio(since)
        inbound = [message for message in messages if message.is_inbound and message.created_at >= start]
        return _oldest_first(inbound)

    def status(self, provider_id: str) -> ProviderMessage:
        """The message with its present status. Raises ProviderUnreachable or NotFoundAtProvider."""
        with _query_errors():
            try:
                return _provider_message(self._client.messages(provider_id).fetch())
            except _Declined as declined:
                if declined.reply.status == 404 and _twilio_code(declined.reply) == "20404":
                    raise NotFoundAtProvider("Twilio has no such message") from None
                raise

    def _at_twilio(self, since: datetime) -> datetime:
        """An instant of our clock by Twilio's clock, if known. Never a later one, which could hide a message."""
        return _second(since - max(self.ahead or timedelta(0), timedelta(0)))

    def _may_be_to_us(self, listed: Any) -> bool:
        """Whether an inbound message is for us. One without a messaging service is, so that no STOP is missed."""
        return self._service is None or listed.messaging_service_sid in (None, "", self._service)

    def _parameters(self, outgoing: Outgoing) -> dict[str, Any]:
        parameters: dict[str, Any] = {"to": outgoing.to, "body": outgoing.body}
        if self._service:
            # Otherwise the service may replace characters, and the body would not match ours when we look it up.
            parameters |= {"messaging_service_sid": self._service, "smart_encoded": False}
        else:
            parameters["from_"] = self._from
        if outgoing.status_callback:
            parameters["status_callback"] = outgoing.status_callback
        if outgoing.valid_for is not None:
            seconds = int(outgoing.valid_for.total_seconds())
            parameters["validity_period"] = min(max(seconds, SHORTEST_VALIDITY), LONGEST_VALIDITY)
        return parameters

    def _every_page(self, filters: dict[str, Any]) -> Iterator[Any]:
        seen = set()
        page = self._client.messages.page(page_size=LARGEST_PAGE, **filters)
        while True:
            _require_list(page)
            yield from page
            if not page.next_page_url:
                return
            if page.next_page_url in seen:
                raise ProviderUnreachable("Twilio's list of messages repeats a page")
            seen.add(page.next_page_url)
            page = self._client.messages.get_page(page.next_page_url)


@dataclass
class _Declined(Exception):
    """A reply with a status other than 2xx."""

    reply: Reply


class _HttpOnce(HttpClient):  # type: ignore[misc]
    """Makes the calls of Twilio's client through sms/http_once.py."""

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
        """The reply to one call. Raises _Declined, NeverConnected or ReplyLost.

        `timeout` and `allow_redirects` are ignored: all calls have the gateway's own timeouts, and follow no redirect.
        """
        called_at = self._clock()
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
        # Not taken from a refusal, which may come from something between Twilio and us.
        self.ahead = _ahead(reply, called_at, self._clock())
        return Response(reply.status, reply.text, reply.headers)


def _form(fields: dict[str, object] | None) -> str:
    present = {name: value for name, value in (fields or {}).items() if value is not values.unset and value is not None}
    return urlencode(present, doseq=True)


def _basic(auth: tuple[str, str] | None) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(":".join(auth).encode()).decode()} if auth else {}


def _ahead(reply: Reply, called_at: datetime, answered_at: datetime) -> timedelta | None:
    """How far our clock is ahead by the reply's Date, which lies between the call and the answer; None without one."""
    dated = _http_date(reply.headers.get("date", ""))
    if dated is None:
        return None
    # The header has whole seconds only.
    if dated < _second(called_at):
        return called_at - dated
    return min(answered_at - dated, timedelta(0))


def _http_date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _outcome(reply: Reply, now: datetime) -> Outcome:
    """What a reply with a status other than 2xx means for the message."""
    # "A request that receives 429 is never processed and always safe to retry": https://www.twilio.com/docs/api/errors/20429
    if reply.status == 429:
        return NotSent("Twilio is busy", retry_after=_retry_after(reply, now))
    code = _twilio_code(reply)
    if code is None:
        return Unknown(f"Twilio answered with HTTP {reply.status}")
    return Refused(code, explain(code), fault_of(code))


def _twilio_code(reply: Reply) -> str | None:
    """Twilio's error code; None when the refusal comes from something between Twilio and us."""
    if not 400 <= reply.status < 500:
        return None
    try:
        refusal = json.loads(reply.text)
    except (ValueError, RecursionError):
        return None
    code = refusal.get("code") if isinstance(refusal, dict) else None
    # Twilio's codes have five digits or more. Proxies put the HTTP status there.
    return str(code) if type(code) is int and code >= 10_000 else None


def _retry_after(reply: Reply, now: datetime) -> timedelta | None:
    """The wait that the header Retry-After asks for, in seconds or as an HTTP date, at most a day; None without one."""
    value = reply.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value), 86_400))
    until = _http_date(value)
    return None if until is None else min(max(until - now, timedelta(0)), timedelta(days=1))


@contextmanager
def _query_errors() -> Iterator[None]:
    """Raise ProviderUnreachable for any failure of a query, also for an incomplete answer."""
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
        # The error's message may quote the reply, which contains phone numbers and bodies.
        raise ProviderUnreachable(f"Twilio's answer could not be read ({type(problem).__name__})") from None


def _require_list(page: Any) -> None:
    """Raise ProviderUnreachable unless a page is a list of messages. Twilio's client accepts any JSON with a list."""
    payload = page._payload
    if not isinstance(payload.get("messages"), list):
        raise ProviderUnreachable("Twilio's answer is not a list of messages")


def _provider_message(message: Any) -> ProviderMessage:
    return ProviderMessage(
        provider_id=_required(message.sid),
        to=_required(message.to),
        body=(message.body or "").removeprefix(TRIAL_PREFIX),
        status=_required(message.status),
        direction=_required(message.direction),
        created_at=_utc(message.date_created),
        error_code=str(message.error_code) if message.error_code else None,
        from_=message.from_ or "",
    )


def _oldest_first(newest_first: list[ProviderMessage]) -> list[ProviderMessage]:
    """Those of the same second keep Twilio's order too: it is turned round first, and sorting is stable."""
    oldest_first = newest_first[::-1]
    return sorted(oldest_first, key=lambda message: message.created_at)


def _required(value: Any) -> str:
    if not value or not isinstance(value, str):
        raise ProviderUnreachable("Twilio's answer is incomplete")
    return value


def _utc(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise ProviderUnreachable("Twilio's answer is incomplete")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _second(instant: datetime) -> datetime:
    """The instant in whole seconds, as Twilio stores it."""
    return instant.astimezone(UTC).replace(microsecond=0)
