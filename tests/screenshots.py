"""Take the screenshots of the README: start the demo in a database of its own, and photograph it in Chromium.

`make screenshots` runs it. Each picture has few colours, so that it stays small.
"""

import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, PHONE, QUIET, ROOT

FOLDER = ROOT / "docs" / "screenshots"
MOST_BYTES = 150_000
COLOURS = 96
# What a screen still draws after its heading: rows, charts, the first counts of the scheduler.
SETTLED = 4_000
DEVICES: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "user_agent": PHONE, "has_touch": True, "is_mobile": True},
}


class Shot(NamedTuple):
    """A picture: its name, the address, the device, light or dark, and the text of a link to follow first."""

    name: str
    address: str
    device: str = "desk"
    scheme: str = "light"
    follow: str = ""


SHOTS = (
    Shot("today", "/"),
    Shot("today-dark", "/", scheme="dark"),
    Shot("customers", "/customers"),
    Shot("replies", "/messages?texts=Replies"),
    Shot("replies-phone-dark", "/messages?texts=Replies", device="phone", scheme="dark"),
    Shot("event", "/events", follow="Board Games Night"),
    Shot("event-phone", "/events", device="phone", follow="Board Games Night"),
    Shot("insight-dark", "/insight", scheme="dark"),
)


def main() -> None:
    with demo() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for shot in SHOTS:
            content = small(taken(browser, base, shot))
            assert len(content) <= MOST_BYTES, f"{shot.name} has {len(content):,} bytes"
            (FOLDER / f"{shot.name}.png").write_bytes(content)
            print(f"{shot.name}.png: {len(content) // 1000} kB")
        browser.close()


@contextmanager
def demo() -> Iterator[str]:
    """The demo's address, while it runs."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "SMTP_"))}
        environment = {
            **kept,
            "DATABASE_URL": f"sqlite:///{folder}/demo.db",
            "SIGN_IN": "demo",
            "STREAMLIT_SERVER_PORT": str(port),
        }
        for command in (["manage.py", "migrate"], ["manage.py", "demo"]):
            subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)
        started = subprocess.Popen([sys.executable, "run_both.py"], cwd=ROOT, env=environment)
        try:
            wait_for(f"http://localhost:{port}/readyz")
            yield f"http://localhost:{port}"
        finally:
            started.send_signal(signal.SIGTERM)
            started.wait()


def wait_for(address: str) -> None:
    """Wait until the address answers."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(address):
                return
        except urllib.error.URLError:
            time.sleep(1)
    raise TimeoutError(address)


def taken(browser: Browser, base: str, shot: Shot) -> bytes:
    context = browser.new_context(base_url=base, color_scheme=shot.scheme, **DEVICES[shot.device])  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(shot.address)
    settle(page)
    if shot.follow:
        page.get_by_text(shot.follow).first.click()
        page.wait_for_url("**/event*")
        settle(page)
    content = page.screenshot()
    context.close()
    return content


def settle(page: Page) -> None:
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_timeout(SETTLED)


def small(content: bytes) -> bytes:
    """The picture with few colours."""
    stream = io.BytesIO()
    image = Image.open(io.BytesIO(content)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


if __name__ == "__main__":
    main()
