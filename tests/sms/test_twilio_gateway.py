"""Every way a call to Twilio can end, over a real socket."""

import json
import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from channels.gateway import (
    Fault,
    Gateway,
    NotFoundAtProvider,
    NotSent,
    Outgoing,
    ProviderUnreachable,
    Refused,
    Sent,
    Unknown,
)
from sms.twilio_gateway import TwilioGateway
from tests.fakes.twilio_server import ACCOUNT, FROM, TOKEN, TwilioServer, running
from tests.makers import NOW
from tests.patience import PATIENCE, times_busier
from venue import clock

JO = "+447700900123"
SAM = "+447700900456"
HELLO = Outgoing(message_id="1", to=JO, body="The Anchor: Hi Jo {seats} ✓ &=+", valid_for=timedelta(hours=3))
# A machine that is busy answers late; where nothing ever answers, little patience is enough.
PATIENT = {"connect_timeout": 10, "read_timeout": 10}
HASTY = {"connect_timeout": 0.5, "read_timeout": 0.5}
SILENT = ("slow_drip", "slow_drip_before_accept", "slow_headers", "read_timeout", "read_timeout_before_accept")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[TwilioServer]:
    with running(silence=1.5) as server:
        yield server


def gateway_at(url: str, **changed: object) -> TwilioGateway:
    settings: dict[str, object] = {
        "account_sid": ACCOUNT,
        "username": ACCOUNT,
        "password": TOKEN,
        "from_": FROM,
        "base_url": url,
        "clock": clock.now,
        **PATIENT,
    }
    return TwilioGateway(**(settings | changed))  # type: ignore[arg-type]


@pytest.fixture
def gateway(server: TwilioServer) -> TwilioGateway:
    return gateway_at(server.url)


def test_a_text_is_sent_once_with_exactly_what_was_asked(server: TwilioServer, gateway: Gateway) -> None:
    outgoing = Outgoing(
        "1", JO, HELLO.body, valid_for=timedelta(hours=3), status_callback="https://pub.example/cb?id=1"
    )

    outcome = gateway.send(outgoing)

    [message] = server.messages
    assert outcome == Sent(message.sid, "queued")
    assert message.fields == {
        "To": JO,
        "From": FROM,
        "Body": HELLO.body,
        "ValidityPeriod": "10800",
        "StatusCallback": "https://pub.example/cb?id=1",
    }
    assert gateway.account == f"{ACCOUNT} {FROM}"
    assert not gateway.simulated


def test_a_messaging_service_leaves_the_words_as_they_are(server: TwilioServer) -> None:
    service = "MG" + "0" * 32
    gateway = gateway_at(server.url, from_=None, messaging_service_sid=service)
    assert isinstance(gateway.send(HELLO), Sent)
    assert server.messages[0].fields["MessagingServiceSid"] == service
    assert server.messages[0].fields["SmartEncoded"] == "false"
    assert "From" not in server.messages[0].fields
    assert gateway.account == f"{ACCOUNT} {service}"


@pytest.mark.parametrize(("given", "sent"), [(0, "1"), (-60, "1"), (59.9, "59"), (36_000, "36000"), (10**7, "36000")])
def test_validity_stays_within_what_twilio_accepts(
    server: TwilioServer, gateway: Gateway, given: float, sent: str
) -> None:
    gateway.send(Outgoing("1", JO, "Hi", valid_for=timedelta(seconds=given)))
    assert server.messages[0].fields["ValidityPeriod"] == sent


def test_without_a_validity_none_is_sent(server: TwilioServer, gateway: Gateway) -> None:
    gateway.send(Outgoing("1", JO, "Hi"))
    assert "ValidityPeriod" not in server.messages[0].fields


TAKEN_BUT_UNKNOWN = (
    "accept_then_drop",
    "reset_after_accept",
    "500_after_accept",
    "html_503_after_accept",
    "redirect_after_accept",
    "garbage",
    "truncated",
    "no_sid",
    "slow_drip",
    "slow_headers",
    "read_timeout",
    "list_lag",
)
NOT_TAKEN_BUT_UNKNOWN = (
    "drop_before_accept",
    "reset_before_accept",
    "read_timeout_before_accept",
    "500_before_accept",
    "garbage_before_accept",
    "slow_drip_before_accept",
    "html_503",
    "html_403",
    "json_403",
    "empty_200",
    "odd_json",
    "redirect",
)


@pytest.mark.parametrize("fault", TAKEN_BUT_UNKNOWN + NOT_TAKEN_BUT_UNKNOWN)
def test_an_answer_that_does_not_tell_is_unknown_and_nothing_is_tried_twice(server: TwilioServer, fault: str) -> None:
    server.fault_next(fault)
    started = time.monotonic()

    outcome = gateway_at(server.url, **(HASTY if fault in SILENT else PATIENT)).send(HELLO)

    assert isinstance(outcome, Unknown), outcome
    assert time.monotonic() - started < 5 * times_busier()
    assert len(server.messages) == (fault in TAKEN_BUT_UNKNOWN)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (21211, Fault.NUMBER),
        (21614, Fault.NUMBER),
        (21610, Fault.OPTED_OUT),
        (20003, Fault.ACCOUNT),
        (21408, Fault.COUNTRY),
        (21608, Fault.NOT_YET),
        (30001, Fault.RETRY_ONCE),
        (29999, Fault.MESSAGE),
    ],
)
def test_twilios_own_no_is_final(server: TwilioServer, gateway: Gateway, code: int, fault: Fault) -> None:
    server.fault_next(f"refused_{code}")
    outcome = gateway.send(HELLO)
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.fault) == (str(code), fault)
    assert server.messages == []


def test_wrong_credentials_are_the_accounts_fault(server: TwilioServer) -> None:
    outcome = gateway_at(server.url, password="wrong").send(HELLO)
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.fault) == ("20003", Fault.ACCOUNT)
    with pytest.raises(ProviderUnreachable, match="did not accept our account's credentials"):
        gateway_at(server.url, password="wrong").sent_since(NOW)


def test_an_api_key_signs_in_for_the_account(server: TwilioServer) -> None:
    server.credentials = ("SK1", "secret")
    assert isinstance(gateway_at(server.url, username="SK1", password="secret").send(HELLO), Sent)


def test_busy_is_not_sent_and_says_how_long_to_wait(server: TwilioServer, gateway: Gateway) -> None:
    server.fault_next("429")
    assert gateway.send(HELLO) == NotSent("Twilio is busy", retry_after=timedelta(seconds=1))
    assert server.messages == []


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        (b"", None, None),
        (b"Retry-After: soon\r\n", None, None),
        (b"Retry-After: 99999999999\r\n", 86_400, 86_400),
        (b"Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", 0, 0),
        (b"Retry-After: Fri, 15 Jan 2027 12:01:30 GMT\r\n", 90, 90),
        (b"Retry-After: Fri, 15 Jan 2027 13:01:30 +0100\r\n", 90, 90),
        (b"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", 86_400, 86_400),
        (b"Retry-After: Fri, 31 Dec 9999 23:59:59 -2359\r\n", None, None),
    ],
)
def test_any_wish_to_wait_is_read_calmly(header: bytes, least: int | None, most: int | None) -> None:
    with raw_server(b"HTTP/1.1 429 Too Many\r\n" + header + b"Content-Length: 0\r\n\r\n") as url:
        outcome = gateway_at(url, clock=lambda: NOW).send(HELLO)
    assert isinstance(outcome, NotSent)
    if least is None:
        assert outcome.retry_after is None
    else:
        assert outcome.retry_after is not None
        assert least <= outcome.retry_after.total_seconds() <= (most or 0)


# The provider's clock


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=90), timedelta(hours=-3), timedelta(days=2)])
def test_our_clock_is_compared_with_twilios(server: TwilioServer, ahead: timedelta) -> None:
    gateway = gateway_at(server.url, clock=lambda: clock.now() + ahead)
    assert gateway.ahead is None
    gateway.send(HELLO)
    assert gateway.ahead is not None
    assert abs(gateway.ahead - ahead) < timedelta(seconds=3)
    assert (clock.drift_warning(gateway.ahead) == "") == (ahead == timedelta(0))


def test_a_slow_answer_is_no_wrong_clock(server: TwilioServer) -> None:
    times = iter([NOW, NOW + timedelta(seconds=30)])
    server.clock = (NOW + timedelta(seconds=20)).timestamp
    gateway = gateway_at(server.url, clock=lambda: next(times))
    gateway.send(HELLO)
    assert gateway.ahead == timedelta(0)


@pytest.mark.parametrize("date", [b"", b"Date: soon\r\n"])
def test_an_answer_without_a_date_says_nothing_of_the_clock(date: bytes) -> None:
    with raw_server(b"HTTP/1.1 201 Created\r\n" + date + b"Content-Length: 2\r\n\r\n{}") as url:
        gateway = gateway_at(url)
        gateway.send(HELLO)
    assert gateway.ahead is None


@pytest.mark.parametrize("ahead", [timedelta(hours=-1), timedelta(minutes=3), timedelta(hours=1)])
def test_a_text_that_may_have_gone_is_found_although_our_clock_is_wrong(server: TwilioServer, ahead: timedelta) -> None:
    """Else it would be sent again."""
    gateway = gateway_at(server.url, clock=lambda: clock.now() + ahead)
    claimed_at = clock.now() + ahead
    server.fault_next("accept_then_drop")
    assert isinstance(gateway.send(HELLO), Unknown)
    server.receive(SAM, "Hello")

    assert len(gateway.sent_to(JO, since=claimed_at)) == 1
    assert len(gateway.sent_since(claimed_at)) == 1
    assert len(gateway.received(since=claimed_at)) == 1


def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_a_refused_connection_is_not_sent() -> None:
    assert isinstance(gateway_at(f"http://127.0.0.1:{closed_port()}").send(HELLO), NotSent)


def test_a_name_that_is_not_found_is_not_sent() -> None:
    assert isinstance(gateway_at("http://no-such-host.invalid").send(HELLO), NotSent)


def test_a_name_whose_look_up_takes_too_long_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()

    def slow(*_: object, **__: object) -> object:
        stop.wait(PATIENCE)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    started = time.monotonic()
    outcome = gateway_at("http://slow.invalid", **HASTY).send(HELLO)
    took = time.monotonic() - started
    stop.set()
    assert isinstance(outcome, NotSent), outcome
    assert took < 5 * times_busier()


def test_a_connection_that_never_completes_is_not_sent() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        address = deaf.getsockname()
        # Linux lets one more in than asked for, then overlooks the rest.
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(address)
        started = time.monotonic()
        outcome = gateway_at(f"http://127.0.0.1:{address[1]}", **HASTY).send(HELLO)
        for sock in waiting:
            sock.close()
    assert isinstance(outcome, NotSent), outcome
    assert time.monotonic() - started < 5 * times_busier()


def test_a_tls_handshake_that_fails_or_hangs_is_not_sent(server: TwilioServer) -> None:
    port = server.server_address[1]
    assert isinstance(gateway_at(f"https://127.0.0.1:{port}").send(HELLO), NotSent)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        assert isinstance(gateway_at(f"https://127.0.0.1:{silent.getsockname()[1]}", **HASTY).send(HELLO), NotSent)
        assert time.monotonic() - started < 5 * times_busier()
    assert server.messages == []


def test_a_bad_address_in_the_settings_is_not_sent() -> None:
    for url in ("http://", "http://" + "a" * 300, "http://[::1]:1"):
        assert isinstance(gateway_at(url).send(HELLO), NotSent | Unknown)


class raw_server:  # noqa: N801
    """Answers the first connection with these bytes, and closes it."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply
        self.listening = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> str:
        self.thread = threading.Thread(target=self.answer, daemon=True)
        self.thread.start()
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def answer(self) -> None:
        connection, _ = self.listening.accept()
        with connection:
            got = b""
            while b"Body=" not in got and b"GET " not in got:
                got += connection.recv(65536)
            connection.sendall(self.reply)

    def __exit__(self, *_: object) -> None:
        self.thread.join(PATIENCE)
        self.listening.close()


def http(status: str, body: bytes, *, length: int | None = None) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {length or len(body)}\r\n\r\n".encode() + body


SENT = json.dumps({"sid": "SM1", "status": "queued"}).encode()


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 201 Created\r\n",
        b"HTTP/1.1 banana\r\n\r\n",
        http("201 Created", SENT, length=len(SENT) + 1),
        http("201 Created", SENT, length=10**12),
        b'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"sid',
        http("201 Created", b"[]"),
        http("201 Created", b"null"),
        http("201 Created", b"17"),
        http("201 Created", b'"SM1"'),
        http("201 Created", b'{"sid": null}'),
        http("201 Created", b'{"sid": ""}'),
        http("201 Created", b"[" * 100_000),
        http("201 Created", b"\xff\xfe"),
        http("204 No Content", b""),
        http("302 Found", SENT),
        http("400 Bad Request", b"[" * 100_000),
        http("400 Bad Request", b'{"code": true}'),
        http("400 Bad Request", b'{"code": "21211"}'),
        http("400 Bad Request", b'{"code": 400, "message": "no"}'),
        http("400 Bad Request", b"[21211]"),
        http("400 Bad Request", b'{"code": 21211}', length=99),
        http("408 Request Timeout", b""),
        http("500 Oops", b'{"code": 21211, "message": "no"}'),
        http("503 Busy", b'{"code": 20429, "message": "busy"}'),
        http("999 Odd", SENT),
    ],
)
def test_any_other_bytes_are_unknown(reply: bytes) -> None:
    with raw_server(reply) as url:
        outcome = gateway_at(url).send(HELLO)
    assert isinstance(outcome, Unknown), outcome


def test_an_early_hint_does_not_hide_the_answer() -> None:
    with raw_server(b"HTTP/1.1 100 Continue\r\n\r\n" + http("201 Created", SENT)) as url:
        assert gateway_at(url).send(HELLO) == Sent("SM1", "queued")


def test_every_call_goes_to_the_other_address_with_its_path(server: TwilioServer) -> None:
    server.prefix = "/relay/twilio"
    gateway = gateway_at(server.url + "/")
    sent = [gateway.send(HELLO) for _ in range(3)]
    assert all(isinstance(outcome, Sent) for outcome in sent)
    assert len(gateway.sent_to(JO, since=LONG_AGO)) == 3
    assert gateway.status(server.messages[0].sid).status == "delivered"
    assert gateway.received(since=LONG_AGO) == []
    assert all("/relay/twilio/2010-04-01/" in request for request in server.requests)


def test_the_environment_changes_neither_address_nor_way(server: TwilioServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")
    assert isinstance(gateway_at(server.url).send(HELLO), Sent)


def test_without_another_address_calls_go_to_twilio(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def no_network(host: str, port: int, **_: object) -> list[object]:
        asked.append((host, port))
        raise socket.gaierror("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    assert isinstance(gateway_at("", base_url=None).send(HELLO), NotSent)
    assert asked == [("api.twilio.com", 443)]


def test_looking_pages_through_all_texts_to_one_number(
    server: TwilioServer, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sms.twilio_gateway.LARGEST_PAGE", 2)
    sent = [gateway.send(Outgoing(str(n), JO, f"Text {n}")) for n in range(5)]
    gateway.send(Outgoing("6", SAM, "Text 6"))

    found = gateway.sent_to(JO, since=datetime.now(UTC) - timedelta(seconds=5))

    assert [one.body for one in found] == ["Text 4", "Text 3", "Text 2", "Text 1", "Text 0"]
    assert {one.provider_id for one in found} == {one.provider_id for one in sent if isinstance(one, Sent)}
    assert {(one.to, one.from_, one.is_inbound, one.error_code) for one in found} == {(JO, FROM, False, None)}


def test_a_text_that_is_still_queued_is_found_too(server: TwilioServer, gateway: Gateway) -> None:
    server.delivery_seconds = 3600
    server.fault_next("accept_then_drop")
    gateway.send(HELLO)
    [found] = gateway.sent_to(JO, since=datetime.now(UTC) - timedelta(seconds=2))
    assert (found.status, found.body) == ("queued", HELLO.body)


def test_looking_counts_the_second_in_which_it_was_sent(server: TwilioServer) -> None:
    now = datetime(2026, 3, 6, 19, 0, 0, 100_000, tzinfo=UTC)
    server.clock = now.timestamp
    gateway = gateway_at(server.url, clock=lambda: now)
    gateway.send(HELLO)
    assert len(gateway.sent_to(JO, since=datetime(2026, 3, 6, 19, 0, 0, 900_000, tzinfo=UTC))) == 1
    assert gateway.sent_to(JO, since=datetime(2026, 3, 6, 19, 0, 1, tzinfo=UTC)) == []


def test_what_the_customer_texted_is_not_among_what_was_sent(server: TwilioServer, gateway: Gateway) -> None:
    server.receive(JO, "Ours?", to=JO)
    assert gateway.sent_to(JO, since=LONG_AGO) == []


def test_a_trial_accounts_addition_does_not_hide_our_words(server: TwilioServer, gateway: Gateway) -> None:
    gateway.send(Outgoing("1", JO, "Hi"))
    server.messages[0].body = "Sent from your Twilio trial account - Hi"
    assert gateway.sent_to(JO, since=LONG_AGO)[0].body == "Hi"


def test_all_that_went_since_pages_through_everything_oldest_first(
    server: TwilioServer, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sms.twilio_gateway.LARGEST_PAGE", 2)
    for n, number in enumerate((JO, SAM, JO, SAM, JO)):
        gateway.send(Outgoing(str(n), number, f"Text {n}"))
    server.receive(JO, "Not ours")

    found = gateway.sent_since(datetime.now(UTC) - timedelta(seconds=5))

    assert [one.body for one in found] == ["Text 0", "Text 1", "Text 2", "Text 3", "Text 4"]
    assert gateway.sent_since(datetime.now(UTC) + timedelta(seconds=5)) == []


def test_what_went_since_includes_what_is_still_queued(server: TwilioServer, gateway: Gateway) -> None:
    server.delivery_seconds = 3600
    gateway.send(HELLO)
    assert [one.status for one in gateway.sent_since(LONG_AGO)] == ["queued"]


def test_what_another_sender_of_the_account_sent_is_not_ours(server: TwilioServer, gateway: Gateway) -> None:
    service = gateway_at(server.url, from_=None, messaging_service_sid="MG" + "0" * 32)
    service.send(HELLO)
    gateway.send(Outgoing("2", JO, "By the number"))
    assert [one.body for one in service.sent_since(LONG_AGO)] == [HELLO.body]


def test_what_was_sent_since_is_listed_in_full_or_not_at_all(server: TwilioServer, gateway: Gateway) -> None:
    gateway.send(HELLO)
    server.fault_next("", "html_503", method="GET")
    with pytest.raises(ProviderUnreachable):
        gateway.sent_since(LONG_AGO)


QUESTION_FAULTS = (
    "drop_before_accept",
    "reset_before_accept",
    "read_timeout",
    "500_before_accept",
    "garbage",
    "truncated",
    "slow_drip",
    "html_503",
    "html_403",
    "empty_200",
    "odd_json",
    "no_sid",
    "redirect",
    "429",
    "refused_20003",
)


@pytest.mark.parametrize("fault", QUESTION_FAULTS)
def test_a_look_that_is_not_whole_concludes_nothing(
    server: TwilioServer, gateway: Gateway, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sms.twilio_gateway.LARGEST_PAGE", 1)
    gateway.send(HELLO)
    gateway.send(HELLO)
    if fault in SILENT:
        gateway = gateway_at(server.url, **HASTY)
    for before in ([], [""]):
        server.fault_next(*before, fault, method="GET")
        with pytest.raises(ProviderUnreachable):
            gateway.sent_to(JO, since=LONG_AGO)
    server.fault_next(fault, method="GET")
    with pytest.raises(ProviderUnreachable):
        gateway.status(server.messages[0].sid)


@pytest.mark.parametrize(
    "page",
    [
        b"{}",
        b"[]",
        b'{"next_page_uri": null}',
        b'{"messages": null, "next_page_uri": null}',
        b'{"messages": [{}], "next_page_uri": null}',
        b'{"messages": ["SM1"], "next_page_uri": null}',
        b'{"calls": [], "next_page_uri": null}',
    ],
)
def test_a_page_that_is_not_a_list_of_messages_is_not_an_empty_one(page: bytes) -> None:
    with raw_server(http("200 OK", page)) as url, pytest.raises(ProviderUnreachable):
        gateway_at(url).sent_to(JO, since=LONG_AGO)


def test_a_status_is_asked_with_its_error(server: TwilioServer, gateway: Gateway) -> None:
    server.fates[JO] = ("undelivered", 30005)
    sent = gateway.send(HELLO)
    assert isinstance(sent, Sent)
    found = gateway.status(sent.provider_id)
    assert (found.status, found.error_code, found.created_at.tzinfo) == ("undelivered", "30005", UTC)


def test_a_message_twilio_does_not_have_is_not_found(gateway: Gateway) -> None:
    with pytest.raises(NotFoundAtProvider):
        gateway.status("SM" + "f" * 32)


@pytest.mark.parametrize(
    "ask",
    [
        lambda gateway: gateway.sent_to(JO, since=LONG_AGO),
        lambda gateway: gateway.sent_since(LONG_AGO),
        lambda gateway: gateway.received(since=LONG_AGO),
    ],
    ids=["sent to", "sent since", "received"],
)
def test_an_account_twilio_does_not_have_answers_nothing_and_is_said_in_words(ask: Callable[[Gateway], object]) -> None:
    unknown = b'{"code": 20404, "message": "The requested resource was not found", "status": 404}'
    with (
        raw_server(http("404 Not Found", unknown)) as url,
        pytest.raises(ProviderUnreachable, match="does not know our account"),
    ):
        ask(gateway_at(url))


def test_replies_come_oldest_first_and_only_those_since(server: TwilioServer, gateway: Gateway) -> None:
    gateway.send(HELLO)
    now = time.time()
    for ago, words in [(3600, "4 please"), (60, "STOP"), (0, "Cancel my table Saturday")]:
        server.clock = float(now - ago).__float__
        server.receive(JO, words)
    server.clock = time.time
    found = gateway.received(since=datetime.fromtimestamp(now - 60, UTC))
    assert [(one.from_, one.body) for one in found] == [(JO, "STOP"), (JO, "Cancel my table Saturday")]


def test_replies_of_one_second_come_in_their_order(server: TwilioServer, gateway: Gateway) -> None:
    server.clock = float(int(time.time())).__float__
    for words in ("START", "STOP", "4 please"):
        server.receive(JO, words)
    assert [one.body for one in gateway.received(since=LONG_AGO)] == ["START", "STOP", "4 please"]


def test_replies_to_another_service_of_the_account_are_not_ours(server: TwilioServer) -> None:
    ours, another = "MG" + "0" * 32, "MG" + "1" * 32
    for words, service in (("STOP", ours), ("Is my parcel there?", another), ("4 please", "")):
        server.receive(JO, words, service=service)
    gateway = gateway_at(server.url, from_=None, messaging_service_sid=ours)
    assert [one.body for one in gateway.received(since=LONG_AGO)] == ["STOP", "4 please"]


def test_neither_logs_nor_errors_hold_a_number_or_words(
    server: TwilioServer, gateway: Gateway, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    said = []
    for fault in ("", *TAKEN_BUT_UNKNOWN[:8], "refused_21211", "429"):
        server.fault_next(fault)
        said.append(repr(gateway.send(HELLO)))
    for fault in ("garbage", "truncated", "html_503"):
        server.fault_next(fault, method="GET")
        try:
            gateway.sent_to(JO, since=LONG_AGO)
        except ProviderUnreachable:
            said.append(traceback.format_exc())
    everything = caplog.text + " ".join(said)
    for secret in ("900123", "Hi Jo", TOKEN, "%2B44"):
        assert secret not in everything


def test_many_threads_may_send_at_once(server: TwilioServer) -> None:
    gateway = gateway_at(server.url)
    outcomes: list[object] = []
    threads = [
        threading.Thread(target=lambda: outcomes.extend(gateway.send(HELLO) for _ in range(10))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.messages) == 160
    assert {one.provider_id for one in outcomes if isinstance(one, Sent)} == {one.sid for one in server.messages}


@pytest.mark.parametrize("both", [{"from_": None}, {"messaging_service_sid": "MG1"}])
def test_a_sender_is_either_a_number_or_a_service(both: dict[str, str | None]) -> None:
    with pytest.raises(ValueError):
        gateway_at("http://127.0.0.1:1", **both)
