"""A provider that accepts every text and answers after a delay, with little processor time.

`python -m benchmarks.provider --latency 0.05` prints its address. It shares the machine with what is measured, and the
fake of the tests, which can do much more, needs about as much time for a text as the sender does.
"""

import argparse
import asyncio
import itertools
import json
import re
import time
from email.utils import format_datetime
from typing import cast
from urllib.parse import parse_qsl

from venue import clock

CONTENT_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class Provider:
    """Accepts texts. GET /accepted lists them with id, number and body, GET /times when each request came, in seconds
    since 1970. To Twilio's own questions it answers that each text was delivered, and that none came in."""

    def __init__(self, latency: float):
        self.latency = latency
        self.accepted: list[tuple[str, str, str]] = []
        self.times: list[float] = []
        self._numbers = itertools.count(1)

    def accept(self, form: str) -> str:
        self.times.append(time.time())
        fields = dict(parse_qsl(form))
        sid = f"SM{next(self._numbers):032x}"
        self.accepted.append((sid, fields["To"], fields["Body"]))
        return json.dumps({"sid": sid, "status": "queued", "direction": "outbound-api", "date_created": _now()})

    def show(self, path: str) -> str:
        if path in ("/accepted", "/times"):
            return json.dumps(getattr(self, path[1:]))
        text = re.search(r"/Messages/(SM\w+)\.json", path)
        if text:
            return json.dumps({"sid": text[1], "status": "delivered", "error_code": None})
        return json.dumps({"messages": [], "next_page_uri": None})


class Call(asyncio.Protocol):
    """One connection, for one request. An asyncio stream with a task would take twice as long."""

    def __init__(self, provider: Provider):
        self.provider = provider
        self.request = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.request += data
        head, blank, form = self.request.partition(b"\r\n\r\n")
        if not blank:
            return
        if head.startswith(b"GET"):
            self.answer("200 OK", self.provider.show(head.split()[1].decode()))
        elif len(form) == int(CONTENT_LENGTH.findall(head)[0]):
            body = self.provider.accept(form.decode())
            asyncio.get_running_loop().call_later(self.provider.latency, self.answer, "201 Created", body)

    def answer(self, status: str, body: str) -> None:
        lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        self.transport.write("\r\n".join([*lines, f"Date: {_now()}", "Connection: close", "", body]).encode())
        self.transport.close()


def _now() -> str:
    return format_datetime(clock.now(), usegmt=True)  # the format of Twilio's API


async def serve(latency: float) -> None:
    provider = Provider(latency)
    server = await asyncio.get_running_loop().create_server(lambda: Call(provider), "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.05, help="Seconds until a text is answered.")
    asyncio.run(serve(parser.parse_args().latency))
