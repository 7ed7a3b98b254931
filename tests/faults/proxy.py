"""A stretch of network between two processes, which can be slow, cut, or away."""

import contextlib
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator

# Where to connect: host and port, or the path of a Unix socket.
Target = tuple[str, int] | str


class Proxy:
    """Passes bytes on both ways, as long as it is told to.

    `away = True` cuts what is connected and takes nothing new; `delay` seconds pass before each piece goes on;
    `resets` is the share of pieces at which the connection is torn instead.
    """

    def __init__(self, target: Target, *, seed: int = 0):
        self.target = target
        self.delay = 0.0
        self.resets = 0.0
        self.torn = 0
        self._away = False
        self._random = random.Random(seed)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def away(self) -> bool:
        return self._away

    @away.setter
    def away(self, away: bool) -> None:
        self._away = away
        if away:
            self.cut()

    def cut(self) -> None:
        """Tear every connection there is."""
        with self._lock:
            torn, self._open = self._open, set()
        for sock in torn:
            _reset(sock)

    def close(self) -> None:
        self.away = True
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._away:
                _reset(near)
                continue
            try:
                far = self._reach()
            except OSError:
                _reset(near)
                continue
            with self._lock:
                self._open |= {near, far}
            for source, to in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, to), daemon=True).start()

    def _reach(self) -> socket.socket:
        if not isinstance(self.target, str):
            return socket.create_connection(self.target, timeout=5)
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(self.target)
        return sock

    def _pass_on(self, source: socket.socket, to: socket.socket) -> None:
        with contextlib.suppress(OSError):
            source.settimeout(None)
            while piece := source.recv(64 * 1024):
                time.sleep(self.delay)
                if self._random.random() < self.resets:
                    self.torn += 1
                    _reset(source)
                    _reset(to)
                    break
                to.sendall(piece)
            with contextlib.suppress(OSError):
                to.shutdown(socket.SHUT_WR)
        with self._lock:
            self._open -= {source}


def _reset(sock: socket.socket) -> None:
    """Not a polite end but a torn one."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()


@contextlib.contextmanager
def between(target: Target, *, seed: int = 0) -> Iterator[Proxy]:
    proxy = Proxy(target, seed=seed)
    try:
        yield proxy
    finally:
        proxy.close()
