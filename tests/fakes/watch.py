"""The watch of an owner: a real HTTP server on this machine that counts the calls and answers as told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Watch:
    """`calls` are the paths it was called at. It answers with `status`, or while `silent` not at all."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.status = 200
        self.silent = False
        self.closing = threading.Event()
        self.url = ""


@contextmanager
def watching() -> Iterator[Watch]:
    watch = Watch()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            watch.calls.append(self.path)
            if watch.silent:
                watch.closing.wait(60)
            self.send_response(watch.status)
            self.end_headers()

        def log_message(self, *_about: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    watch.url = f"http://127.0.0.1:{server.server_port}/secret-id"
    try:
        yield watch
    finally:
        watch.closing.set()
        server.shutdown()
        server.server_close()
