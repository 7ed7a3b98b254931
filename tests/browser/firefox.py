"""Drives Debian's Firefox by its own remote protocol, WebDriver BiDi, which needs no driver beside it.

Playwright only drives a Firefox that it has changed and downloads itself. https://w3c.github.io/webdriver-bidi/
"""

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

PROGRAM = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
SECONDS = 60
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "ArrowDown": "\ue015"}
# What an expression may call: `seek(role, words)`.
SEEK = Path(__file__).with_name("seek.js").read_text()


class Firefox:
    """One tab of a Firefox with a fresh profile."""

    def __init__(self, profile: Path):
        with socket.socket() as free:
            free.bind(("localhost", 0))
            port = free.getsockname()[1]
        command = [str(PROGRAM), "--headless", "--no-remote", "--profile", str(profile)]
        log = (profile / "firefox.log").open("w")
        self._running = subprocess.Popen(
            [*command, "--remote-debugging-port", str(port), "about:blank"], stdout=log, stderr=log
        )
        try:
            self._socket = self._connected(port)
            self._sent = 0
            self._send("session.new", capabilities={})
            self._tab = self._send("browsingContext.getTree")["contexts"][0]["context"]
        except BaseException:
            self._running.kill()
            raise

    def _connected(self, port: int) -> ClientConnection:
        until = time.monotonic() + SECONDS
        while True:
            try:
                return connect(f"ws://localhost:{port}/session", max_size=None, open_timeout=SECONDS)
            except OSError:
                assert self._running.poll() is None, "Firefox ended at once"
                assert time.monotonic() < until, f"Firefox did not answer in {SECONDS} s"
                time.sleep(0.2)

    def close(self) -> None:
        self._socket.close()
        self._running.terminate()
        self._running.wait(SECONDS)

    def resize(self, width: int, height: int) -> None:
        self._send("browsingContext.setViewport", context=self._tab, viewport={"width": width, "height": height})

    def sign_in(self, cookie: dict[str, Any]) -> None:
        """Store a cookie as Playwright describes it."""
        value = {"type": "string", "value": cookie["value"]}
        same = {"name": cookie["name"], "domain": cookie["domain"], "path": cookie["path"], "httpOnly": True}
        self._send("storage.setCookie", cookie={**same, "value": value, "sameSite": "lax"})

    def goto(self, address: str) -> None:
        self._send("browsingContext.navigate", context=self._tab, url=address, wait="interactive")

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, as JSON carries it."""
        return json.loads(self._evaluate(f"JSON.stringify((() => {{ {SEEK}; return {expression} ?? null }})())"))

    def _evaluate(self, script: str) -> str:
        answer = self._send("script.evaluate", expression=script, target={"context": self._tab}, awaitPromise=True)
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        text: str = answer["result"]["value"]
        return text

    def expect(self, expression: str) -> None:
        """Wait until a JavaScript expression is true. A page that is just being replaced counts as not yet."""
        until = time.monotonic() + SECONDS
        while not self._holds(expression):
            assert time.monotonic() < until, f"In Firefox this did not become true in {SECONDS} s: {expression}"
            time.sleep(0.1)

    def _holds(self, expression: str) -> bool:
        try:
            return bool(self.evaluate(f"Boolean({expression})"))
        except Replaced:
            return False

    def click(self, role: str, words: str) -> None:
        """Press the middle of the first element with this role and these words, once it is shown."""
        x, y = self._place_of(f"seek({json.dumps(role)}, {json.dumps(words)})")
        pointer = [
            {"type": "pointerMove", "x": x, "y": y},
            *({"type": f"pointer{way}", "button": 0} for way in ("Down", "Up")),
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": pointer})

    def _place_of(self, sought: str) -> tuple[int, int]:
        """The middle of an element that is shown, once it no longer moves: what is above it may still be drawn."""
        self.expect(sought)
        until = time.monotonic() + SECONDS
        place = None
        while time.monotonic() < until:
            before, place = place, self.evaluate(f"(each => each && middle(each))({sought})")
            if place is not None and place == before:
                x, y = place
                return x, y
            time.sleep(0.2)
        raise AssertionError(f"In Firefox this did not stay where it is for {SECONDS} s: {sought}")

    def type(self, words: str) -> None:
        """Type into what has the focus, letter by letter."""
        self._press([[letter] for letter in words])

    def press(self, key: str) -> None:
        self._press([[KEYS.get(key, key)]])

    def _press(self, keys: list[list[str]]) -> None:
        strokes = [{"type": way, "value": key} for (key,) in keys for way in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": strokes})

    def _act(self, source: dict[str, Any]) -> None:
        self._send("input.performActions", context=self._tab, actions=[source])

    def _send(self, method: str, **params: Any) -> Any:
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(SECONDS))
            if answer.get("id") == self._sent:
                break
        if answer["type"] == "error":
            raise Replaced(f"{method}: {answer['message']}")
        return answer["result"]


class Replaced(Exception):
    """The protocol refused a command: mostly because the page was just replaced by the next one."""
