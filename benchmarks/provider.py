"""A provider that takes every text and answers after a while, and hardly wants the processor for it.

`python -m benchmarks.provider --latency 0.05` prints its address. It shares the machine with what is measured: the fake
of the tests, which can do much more, takes about as long over a text as the sender does.
"""

import argparse
import asyncio
import itertools
import json
from email.utils import format_datetime
from urllib.parse import parse_qs

from venue import clock


class Provider:
    """Takes texts; what it took, each with the words and the number, is at GET /taken."""

    def __init__(self, latency: float):
        self.latency = latency
        self.taken: list[tuple[str, str, str]] = []
        self._numbers = itertools.count(1)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if head.startswith("POST"):
            length = int(
                next(line for line in head.lower().splitlines() if line.startswith("content-length")).split()[1]
            )
            status, said = "201 Created", self._take((await reader.readexactly(length)).decode())
            await asyncio.sleep(self.latency)
        else:
            status, said = "200 OK", json.dumps(self.taken)
        lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(said)}"]
        writer.write("\r\n".join([*lines, f"Date: {_now()}", "Connection: close", "", said]).encode())
        await writer.drain()
        writer.close()

    def _take(self, form: str) -> str:
        fields = {name: value[0] for name, value in parse_qs(form).items()}
        sid = f"SM{next(self._numbers):032x}"
        self.taken.append((sid, fields["To"], fields["Body"]))
        return json.dumps({"sid": sid, "status": "queued", "direction": "outbound-api", "date_created": _now()})


def _now() -> str:
    return format_datetime(clock.now(), usegmt=True)  # as the API writes it


async def serve(latency: float) -> None:
    server = await asyncio.start_server(Provider(latency).answer, "127.0.0.1", 0, backlog=1024, limit=2**20)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.05, help="Seconds until a text is answered.")
    asyncio.run(serve(parser.parse_args().latency))
