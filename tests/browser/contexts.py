"""Contexts of Chromium that are used again: what one has loaded of Streamlit need not be loaded for the next test.

A context has a page of ours left open, so that its process goes on; each test has new pages, no cookies but its own,
and nothing in local storage. Tests share a context as far as they can: the size and the theme are those of a page.
"""

import json
from collections import defaultdict
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests import signed_in

ColourScheme = Literal["dark", "light"]

PATIENCE_MS = 60_000
# In each page, `refused` is what the content security policy did not allow.
REPORTS = """
window.refused = []
document.addEventListener("securitypolicyviolation", event => {
  window.refused.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`)
})
"""


class Contexts:
    """Those of one browser, by the options that a page cannot have for itself."""

    def __init__(self, browser: Browser):
        self._browser = browser
        self._idle: dict[str, list[Lent]] = defaultdict(list)
        self._lent: list[Lent] = []

    def lend(
        self,
        token: str | None,
        *,
        viewport: ViewportSize | None = None,
        color_scheme: ColourScheme | None = None,
        **options: Any,
    ) -> "Lent":
        """One that is signed in if there is a token, until it is closed or all are taken back."""
        options = {name: value for name, value in options.items() if value is not None}
        idle = self._idle[json.dumps(options, sort_keys=True)]
        lent = idle.pop() if idle else Lent(self._browser.new_context(**options), idle)
        lent.begin(token, viewport, color_scheme)
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
        self._context.add_init_script(REPORTS)
        self._left_open: Page | None = None
        self._is_lent = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def begin(self, token: str | None, viewport: ViewportSize | None, color_scheme: ColourScheme | None) -> None:
        if token:
            self._context.add_cookies(signed_in.storage(token)["cookies"])
        self._viewport, self._color_scheme = viewport, color_scheme
        self._is_lent = True

    def new_page(self) -> Page:
        page = self._context.new_page()
        if self._viewport:
            page.set_viewport_size(self._viewport)
        if self._color_scheme:
            page.emulate_media(color_scheme=self._color_scheme)
        return page

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
