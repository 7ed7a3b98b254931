"""A server that speaks enough of Twilio's 2010-04-01 API to send, list and fetch, and fails in the ways it is told to.

In a test: `with running() as server:`, then `server.url`, `server.messages`, `server.fault_next("500_after_accept")`.
As a process of its own: `python -m tests.fakes.twilio_server --port 8089 --faults accept_then_drop=0.1,429=0.1`, with
GET /_control/messages, GET /_control/requests, POST /_control/faults, /_control/inbound and /_control/reset (JSON).
"""

import argparse
import base64
import contextlib
import itertools
import json
import random
import re
import socket
import struct
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.fakes import twilio_api

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "a-secret-token"
FROM = "+447700900999"

# What happens to a request: whether the message is taken, then how the reply goes wrong.
FAULTS = {
    "accept_then_drop": (True, "drop"),
    "reset_after_accept": (True, "reset"),
    "500_after_accept": (True, "500"),
    "html_503_after_accept": (True, "html_503"),
    "redirect_after_accept": (True, "redirect"),
    "garbage": (True, "garbage"),
    "truncated": (True, "truncated"),
    "no_sid": (True, "no_sid"),
    "slow_drip": (True, "slow_drip"),
    "slow_headers": (True, "slow_headers"),
    "read_timeout": (True, "silence"),
    "list_lag": (True, "drop"),
    "drop_before_accept": (False, "drop"),
    "reset_before_accept": (False, "reset"),
    "read_timeout_before_accept": (False, "silence"),
    "500_before_accept": (False, "500"),
    "garbage_before_accept": (False, "garbage"),
    "slow_drip_before_accept": (False, "slow_drip"),
    "html_503": (False, "html_503"),
    "html_403": (False, "html_403"),
    "json_403": (False, "json_403"),
    "empty_200": (False, "empty_200"),
    "odd_json": (False, "odd_json"),
    "redirect": (False, "redirect"),
    "429": (False, "429"),
}


@dataclass
class Message:
    """As the API shows it, with the instants it was created and may be listed from."""

    sid: str
    account_sid: str
    to: str
    from_: str
    body: str
    direction: str
    created_at: float
    listed_from: float
    fields: dict[str, str] = field(default_factory=dict)
    fate: tuple[str, int | None] = ("delivered", None)


@dataclass
class Planned:
    """What goes wrong, and when: in turn, by chance, or for a number."""

    in_turn: dict[str, deque[str]] = field(default_factory=lambda: {"POST": deque(), "GET": deque()})
    by_chance: dict[str, float] = field(default_factory=dict)
    by_number: dict[str, str] = field(default_factory=dict)


class TwilioServer(ThreadingHTTPServer):
    """The provider's side: every accepted message is in `messages`, every request is counted in `requests`."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(
        self,
        port: int = 0,
        *,
        account: str = ACCOUNT,
        credentials: tuple[str, str] = (ACCOUNT, TOKEN),
        seed: int = 0,
        latency: float = 0.0,
        list_lag: float = 0.0,
        delivery_seconds: float = 0.0,
        silence: float = 60.0,
        prefix: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.account, self.credentials = account, credentials
        self.latency, self.list_lag, self.silence = latency, list_lag, silence
        self.delivery_seconds, self.prefix, self.clock = delivery_seconds, prefix, clock
        self.seed = seed
        self.lock = threading.Lock()
        self.reset()
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{self.prefix}"

    def reset(self) -> None:
        self.messages: list[Message] = []
        self.requests: list[str] = []
        self.invalid: list[str] = []
        self.faulted: dict[str, int] = defaultdict(int)
        self.fates: dict[str, tuple[str, int | None]] = {}
        self.planned = Planned()
        self.by_sid: dict[str, Message] = {}
        self.by_number: dict[str, list[Message]] = defaultdict(list)
        self.random = random.Random(self.seed)
        self.numbers = itertools.count(1)

    def fault_next(self, *names: str, method: str = "POST") -> None:
        """The next requests of this method fail like this, one after the other; "" lets one pass."""
        self.planned.in_turn[method].extend(map(_known, names))

    def fault_for(self, number: str, name: str) -> None:
        """Every text to this number fails like this."""
        self.planned.by_number[number] = _known(name)

    def fault_by_chance(self, **chances: float) -> None:
        """Share of POST requests that fail like this ("GET html_503": of questions); they must not add up to over 1."""
        self.planned.by_chance = {_known(name): share for name, share in chances.items()}

    def choose_fault(self, method: str, number: str = "") -> str:
        with self.lock:
            name = self._choose_fault(method, number)
            if name:
                self.faulted[name] += 1
            return name

    def _choose_fault(self, method: str, number: str) -> str:
        if self.planned.in_turn[method]:
            return self.planned.in_turn[method].popleft()
        if method == "POST" and number in self.planned.by_number:
            return self.planned.by_number[number]
        throw = self.random.random() if self.planned.by_chance else 1.0
        for name, share in self.planned.by_chance.items():
            if name.startswith("GET ") != (method == "GET"):
                continue
            if throw < share:
                return name.removeprefix("GET ")
            throw -= share
        return ""

    def accept(self, fields: dict[str, str], *, lag: float) -> Message:
        now = self.clock()
        message = Message(
            sid=f"SM{next(self.numbers):032x}",
            account_sid=self.account,
            to=fields["To"],
            from_=fields.get("From", FROM),
            body=fields["Body"],
            direction="outbound-api",
            created_at=now,
            listed_from=now + lag,
            fields=fields,
            fate=self.fates.get(fields["To"], ("delivered", None)),
        )
        self._keep(message)
        return message

    def receive(self, from_: str, body: str, to: str = FROM, *, service: str = "") -> Message:
        """A customer texts a number, which may belong to a messaging service."""
        now = self.clock()
        sid = f"SM{next(self.numbers):032x}"
        fields = {"MessagingServiceSid": service} if service else {}
        message = Message(sid, self.account, to, from_, body, "inbound", now, now, fields, fate=("received", None))
        self._keep(message)
        return message

    def _keep(self, message: Message) -> None:
        with self.lock:
            self.messages.append(message)
            self.by_sid[message.sid] = message
            self.by_number[message.to].append(message)

    def status_of(self, message: Message) -> tuple[str, int | None]:
        age = self.clock() - message.created_at
        if message.direction == "inbound" or age >= self.delivery_seconds:
            return message.fate
        return ("queued", None) if age < self.delivery_seconds / 2 else ("sent", None)

    def as_json(self, message: Message) -> dict[str, Any]:
        status, error_code = self.status_of(message)
        created = format_datetime(datetime.fromtimestamp(int(message.created_at), UTC))
        uri = f"/2010-04-01/Accounts/{self.account}/Messages/{message.sid}"
        return {
            "sid": message.sid,
            "account_sid": message.account_sid,
            "to": message.to,
            "from": message.from_,
            "body": message.body,
            "status": status,
            "direction": message.direction,
            "date_created": created,
            "date_updated": created,
            # What is queued has not been sent, and no filter on DateSent finds it.
            "date_sent": None if status == "queued" else created,
            "error_code": error_code,
            "error_message": None,
            "messaging_service_sid": message.fields.get("MessagingServiceSid"),
            "num_segments": "1",
            "num_media": "0",
            "price": None,
            "price_unit": "GBP",
            "api_version": "2010-04-01",
            "uri": f"{uri}.json",
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that give up, and are killed, are what this is for."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def _known(name: str) -> str:
    plain = name.removeprefix("GET ")
    if plain and plain not in FAULTS and not re.fullmatch(r"refused_\d{5}", plain):
        raise ValueError(f"no fault is called {name}: there are {', '.join(FAULTS)} and refused_<code>")
    return name


class Handler(BaseHTTPRequestHandler):
    """One connection, one request."""

    server: TwilioServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self._path()
        if path.startswith("/_control/"):
            return self._control(path, json.loads(body or b"{}"))
        if self._is_invalid(body.decode()):
            return None
        if path != f"/2010-04-01/Accounts/{self.server.account}/Messages.json":
            return self._refuse(404, 20404, "The requested resource was not found")
        return self._create(body)

    def do_GET(self) -> None:
        path = self._path()
        if path.startswith("/_control/"):
            return self._show(path)
        if self._is_invalid():
            return None
        if not self._signed_in():
            return self._refuse(401, 20003, "Authenticate")
        fault = self.server.choose_fault("GET")
        if fault:
            return self._reply_badly(fault, {})
        base = f"/2010-04-01/Accounts/{self.server.account}/Messages"
        if path == f"{base}.json":
            return self._list()
        if path.startswith(f"{base}/"):
            return self._fetch(path.removeprefix(f"{base}/").removesuffix(".json"))
        return self._refuse(404, 20404, "The requested resource was not found")

    def _path(self) -> str:
        path = urlsplit(self.path).path
        self.server.requests.append(f"{self.command} {path}")
        return path.removeprefix(self.server.prefix)

    def _is_invalid(self, body: str = "") -> bool:
        """Whether Twilio's published description has something against the request, which then is refused and kept."""
        target = self.path.removeprefix(self.server.prefix)
        kind = self.headers.get_content_type() if body else ""
        problem = twilio_api.problem_with(self.command, target, content_type=kind, body=body)
        if problem:
            self.server.invalid.append(f"{self.command} {urlsplit(target).path}: {problem}")
            self._refuse(400, 20001, problem)
        return bool(problem)

    def _create(self, body: bytes) -> None:
        if self.server.latency:
            time.sleep(self.server.latency)
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        fault = self.server.choose_fault("POST", fields.get("To", ""))
        if fault.startswith("refused_"):
            code = int(fault.removeprefix("refused_"))
            return self._refuse(401 if code == 20003 else 400, code, "told to refuse")
        accepts, _ = FAULTS.get(fault, (True, ""))
        if accepts and not self._signed_in():
            return self._refuse(401, 20003, "Authenticate")
        if not accepts:
            return self._reply_badly(fault, {})
        lag = max(self.server.list_lag, 2.0 if fault == "list_lag" else 0.0)
        shown = self.server.as_json(self.server.accept(fields, lag=lag)) | {"status": "queued", "date_sent": None}
        return self._reply_badly(fault, shown) if fault else self._reply(201, shown)

    def _signed_in(self) -> bool:
        expected = base64.b64encode(":".join(self.server.credentials).encode()).decode()
        return self.headers.get("Authorization") == f"Basic {expected}"

    def _list(self) -> None:
        query = dict(parse_qsl(urlsplit(self.path).query))
        size = int(query.get("PageSize", 50))
        found = self._matching(query)
        start = next((i for i, one in enumerate(found) if one["sid"] == query.get("PageToken", "PA")[2:]), 0)
        page = int(query.get("Page", 0))
        rest = {**query, "PageSize": size, "Page": page + 1}
        path = f"/2010-04-01/Accounts/{self.server.account}/Messages.json"
        more = start + size < len(found)
        return self._reply(
            200,
            {
                "messages": found[start : start + size],
                "next_page_uri": f"{path}?{urlencode(rest | {'PageToken': 'PA' + found[start + size]['sid']})}"
                if more
                else None,
                "previous_page_uri": None,
                "first_page_uri": f"{path}?{urlencode({**query, 'PageSize': size, 'Page': 0})}",
                "page": page,
                "page_size": size,
                "start": start,
                "end": start + len(found[start : start + size]),
                "uri": self.path,
            },
        )

    def _matching(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """Newest first, those that are listed by now."""
        with self.server.lock:
            pool = list(self.server.by_number[query["To"]] if "To" in query else self.server.messages)
        now = self.server.clock()
        listed = [one for one in reversed(pool) if one.listed_from <= now and query.get("From", one.from_) == one.from_]
        return [self.server.as_json(one) for one in listed if self._within_dates(one, query)]

    def _within_dates(self, message: Message, query: dict[str, str]) -> bool:
        wanted = {name: value for name, value in query.items() if name.startswith("DateSent")}
        if not wanted:
            return True
        if self.server.status_of(message)[0] == "queued":
            return False
        # Days are what the documentation promises.
        sent = datetime.fromtimestamp(message.created_at, UTC).date().isoformat()
        ways = {"DateSent": sent.__eq__, "DateSent>": sent.__ge__, "DateSent<": sent.__le__}
        return all(ways[name](value[:10]) for name, value in wanted.items())

    def _fetch(self, sid: str) -> None:
        message = self.server.by_sid.get(sid)
        if message is None:
            return self._refuse(404, 20404, f"The requested resource /Messages/{sid}.json was not found")
        return self._reply(200, self.server.as_json(message))

    def _refuse(self, status: int, code: int, words: str) -> None:
        more = f"https://www.twilio.com/docs/errors/{code}"
        self._reply(status, {"code": code, "message": words, "more_info": more, "status": status})

    def _reply(self, status: int, payload: Any) -> None:
        self._write(status, json.dumps(payload).encode(), {"Content-Type": "application/json"})

    def _write(self, status: int, body: bytes, headers: dict[str, str], *, length: int | None = None) -> None:
        self.close_connection = True
        self.send_response_only(status)
        self.send_header("Date", format_datetime(datetime.fromtimestamp(self.server.clock(), UTC), usegmt=True))
        for name, value in {**headers, "Content-Length": str(len(body) if length is None else length)}.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _reply_badly(self, fault: str, shown: dict[str, Any]) -> None:
        self.close_connection = True
        if fault.startswith("refused_"):
            return self._refuse(400, int(fault.removeprefix("refused_")), "told to refuse")
        way = FAULTS[fault][1]
        whole = json.dumps(shown).encode()
        html, plain = {"Content-Type": "text/html"}, {"Content-Type": "application/json"}
        replies: dict[str, tuple[int, bytes, dict[str, str]]] = {
            "500": (500, json.dumps({"code": 20500, "message": "Internal error", "status": 500}).encode(), plain),
            "html_503": (503, b"<html><h1>Service unavailable</h1></html>", html),
            "html_403": (403, b"<html><h1>Forbidden by the firewall</h1></html>", html),
            "json_403": (403, b'{"code": 403, "message": "not Twilio\'s own"}', plain),
            "garbage": (201, b"\x00\xff<%garbage", plain),
            "no_sid": (201, b'{"status": "queued"}', plain),
            "empty_200": (200, b"", plain),
            "odd_json": (200, b'{"errors": []}', plain),
            "redirect": (307, b"", {"Location": self.path}),
            "429": (429, b'{"code": 20429, "message": "Too many requests", "status": 429}', {"Retry-After": "1"}),
        }
        if way in replies:
            return self._write(*replies[way])
        if way == "truncated":
            return self._write(201, whole[: len(whole) // 2], plain, length=len(whole))
        return self._break_off(way, whole)

    def _break_off(self, way: str, whole: bytes) -> None:
        if way == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif way == "silence":
            time.sleep(self.server.silence)
        elif way == "slow_drip":
            self._drip(b"HTTP/1.1 201 Created\r\nContent-Length: 100000\r\n\r\n", whole + b" " * 100_000)
        elif way == "slow_headers":
            self._drip(b"HTTP/1.1 201 Created\r\nX-Slow: ", b"." * 60_000)
        # "drop": the connection ends without a word.

    def _drip(self, at_once: bytes, slowly: bytes) -> None:
        with contextlib.suppress(OSError):
            self.connection.sendall(at_once)
            for byte in slowly:
                self.connection.sendall(bytes([byte]))
                time.sleep(0.05)

    def _show(self, path: str) -> None:
        if path == "/_control/requests":
            server = self.server
            shown = {"requests": len(server.requests), "faulted": server.faulted, "invalid": server.invalid}
            return self._reply(200, shown)
        return self._reply(200, [asdict(message) for message in list(self.server.messages)])

    def _control(self, path: str, told: dict[str, Any]) -> None:
        server = self.server
        if path == "/_control/reset":
            server.reset()
        elif path == "/_control/inbound":
            server.receive(told["from"], told["body"])
        elif path == "/_control/faults":
            _tell(server, told)
        self._reply(200, {})

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def _tell(server: TwilioServer, told: dict[str, Any]) -> None:
    """{"chance": {name: share}, "next": [name], "number": {number: name}, "latency": s, "list_lag": s, "fates": {…}}"""
    if "chance" in told:
        server.fault_by_chance(**told["chance"])
    server.fault_next(*told.get("next", []))
    server.fault_next(*told.get("next_get", []), method="GET")
    for number, name in told.get("number", {}).items():
        server.fault_for(number, name)
    for number, (status, code) in told.get("fates", {}).items():
        server.fates[number] = (status, code)
    for setting in ("latency", "list_lag", "delivery_seconds", "silence"):
        if setting in told:
            setattr(server, setting, float(told[setting]))


@contextlib.contextmanager
def running(port: int = 0, **settings: Any) -> Iterator[TwilioServer]:
    """A server in a thread of this process. A request that Twilio's document does not describe fails the test."""
    server = TwilioServer(port, **settings)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        # Not server_close(): it would wait for threads that are told to be silent.
        server.socket.close()
        thread.join()
    assert not server.invalid, server.invalid


def main() -> None:
    """A server in a process of its own, until it is ended."""
    parser = argparse.ArgumentParser(description="A server that speaks Twilio's API, and fails when told to.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--faults", default="", help="name=share,name=share")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--list-lag", type=float, default=0.0)
    parser.add_argument("--delivery-seconds", type=float, default=0.0)
    parser.add_argument("--silence", type=float, default=60.0)
    parser.add_argument("--prefix", default="")
    told = vars(parser.parse_args())
    faults = dict(pair.split("=") for pair in told.pop("faults").split(",") if pair)
    server = TwilioServer(**told)
    server.fault_by_chance(**{name: float(share) for name, share in faults.items()})
    print(f"listening on {server.url}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
