"""One HTTP call that reports whether its request can have reached the server.

Exactly-once sending depends on this. The usual clients raise one error for "never connected" and "dropped after
sending", follow redirects, retry, and time out each read instead of the whole reply.
"""

import functools
import http.client
import io
import queue
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import certifi

LARGEST_REPLY = 32 * 1024 * 1024


@dataclass(frozen=True)
class Reply:
    """A complete reply: its length was as announced. Header names are in lower case."""

    status: int
    text: str
    headers: Mapping[str, str]


class NeverConnected(Exception):
    """Not one byte of the request was sent: it is safe to call again."""


class ReplyLost(Exception):
    """The request, or a part of it, was sent, and no complete reply came back."""


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
    connect_timeout: float,
    read_timeout: float,
) -> Reply:
    """Call once and return the reply. Raises NeverConnected or ReplyLost.

    `connect_timeout` bounds name look-up, connection and TLS together, `read_timeout` everything after, in seconds.
    Redirects are not followed, and proxies set in the environment are not used: either could repeat a request.
    """
    address = urlsplit(url)
    target = f"{address.path or '/'}?{address.query}" if address.query else address.path or "/"
    sock = _connect(address.scheme, address.hostname or "", address.port, connect_timeout)
    try:
        return _exchange(sock, method, target, headers=headers, body=body, seconds=read_timeout)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        # The error's message may quote the request, which contains a phone number: pass on only the error's type.
        raise ReplyLost(type(problem).__name__) from None
    finally:
        sock.close()


def _connect(scheme: str, host: str, port: int | None, timeout: float) -> socket.socket:
    deadline = time.monotonic() + timeout
    try:
        sock = _first_to_answer(host, port or (443 if scheme == "https" else 80), deadline)
        return _secured(sock, host, deadline) if scheme == "https" else sock
    except (OSError, UnicodeError) as problem:
        raise NeverConnected(f"{type(problem).__name__}: {host}") from None


def _first_to_answer(host: str, port: int, deadline: float) -> socket.socket:
    """A socket connected to the first address of the host that accepts. The addresses share the time evenly."""
    addresses = _addresses(host, port, deadline)
    problem: OSError = TimeoutError()
    for position, (family, kind, protocol, _, address) in enumerate(addresses):
        try:
            sock = socket.socket(family, kind, protocol)
            return _connected(sock, address, timeout=_left(deadline) / (len(addresses) - position))
        except OSError as refused:
            problem = refused
    raise problem


def _addresses(host: str, port: int, deadline: float) -> list[Any]:
    """The addresses of a host. A look-up cannot be cancelled, so it runs in a thread that may outlive the deadline."""
    answers: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as problem:
            answers.put(problem)

    threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=_left(deadline))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _connected(sock: socket.socket, address: Any, *, timeout: float) -> socket.socket:
    try:
        sock.settimeout(timeout)
        sock.connect(address)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        sock.close()
        raise
    return sock


def _secured(sock: socket.socket, host: str, deadline: float) -> socket.socket:
    try:
        sock.settimeout(_left(deadline))
        return _tls().wrap_socket(sock, server_hostname=host)
    except OSError:
        sock.close()
        raise


@functools.cache
def _tls() -> ssl.SSLContext:
    """TLS that trusts the machine's certificate authorities, and certifi's for machines that have none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _exchange(
    sock: socket.socket, method: str, target: str, *, headers: Mapping[str, str], body: bytes | None, seconds: float
) -> Reply:
    deadline = time.monotonic() + seconds
    sock.settimeout(seconds)
    sock.sendall(_request(method, target, headers={**headers, "Connection": "close"}, body=body))
    response = http.client.HTTPResponse(_Timed(sock, deadline), method=method)  # type: ignore[arg-type]
    response.begin()
    text = response.read().decode("utf-8")
    return Reply(response.status, text, {name.lower(): value for name, value in response.getheaders()})


def _request(method: str, target: str, *, headers: Mapping[str, str], body: bytes | None) -> bytes:
    """The whole request as bytes, so that it is sent in one piece."""
    recorder = _Recorder()
    # With `auto_open` off, http.client only writes the request. The caller's headers include Host.
    connection = http.client.HTTPConnection("")
    connection.auto_open = 0
    connection.sock = recorder
    connection.request(method, target, body=body, headers=headers)
    return b"".join(recorder.parts)


class _Recorder:
    """Stands in for a socket and records what is written to it."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.parts.append(data)


class _Timed(io.RawIOBase):
    """Reads from a socket until a deadline, so that a slow trickle of bytes times out like silence."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline
        self._bytes_left = LARGEST_REPLY

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self, 64 * 1024)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        self._sock.settimeout(_left(self._deadline))
        count = self._sock.recv_into(buffer)
        self._bytes_left -= count
        if self._bytes_left < 0:
            raise OSError("too large")
        return count


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
