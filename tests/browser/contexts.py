"""Contexts of Chromium that are used again: what one has loaded of Streamlit need not be loaded for the next test.

A context has a page of ours left open, so that its process goes on; each test has new pages, no cookies but its own,
and nothing in local storage.
"""

import json
from collections import defaultdict
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from tests import signed_in

PATIENCE_MS = 60_000


class Contexts:
    """Those of one browser, by their options."""

    def __init__(self, browser: Browser):
        self._browser = browser
        self._idle: dict[str, list[Lent]] = defaultdict(list)
        self._lent: list[Lent] = []

    def lend(self, token: str, **options: Any) -> "Lent":
        """One that is signed in, until it is closed or all are taken back."""
        idle = self._idle[json.dumps(options, sort_keys=True)]
        lent = idle.pop() if idle else Lent(self._browser.new_context(**options), idle)
        lent.begin(token)
        self._lent.append(lent)
        return lent

    def take_back(self) -> None:
        while self._lent:
            self._lent.pop().close()


class Lent:
    """A context, which a test closes as any other."""

    def __init__(self, context: BrowserContext, idle: "list[Lent]"):
        self._context, self._idle = context, idle
        self._context.set_default_timeout(PATIENCE_MS)
        self._left_open: Page | None = None
        self._is_lent = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def begin(self, token: str) -> None:
        self._context.add_cookies(signed_in.storage(token)["cookies"])
        self._is_lent = True

    def close(self) -> None:
        if not self._is_lent:
            return
        self._is_lent = False
        used = [page for page in self._context.pages if page != self._left_open]
        address = next((page.url for page in used if page.url.startswith("http")), "")
        if not address or self._context.browser is None:
            self._context.close()
            return
        left_open = self._on_the_site_of(address)
        for page in used:
            page.close()
        left_open.evaluate("localStorage.clear()")
        self._context.clear_cookies()
        self._idle.append(self)

    def _on_the_site_of(self, address: str) -> Page:
        page = self._left_open or self._context.new_page()
        if urlsplit(page.url).netloc != urlsplit(address).netloc:
            page.goto(urljoin(address, "/healthz"))
        self._left_open = page
        return page
