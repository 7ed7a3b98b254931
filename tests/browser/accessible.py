"""What every screen must hold for people who cannot see it well, or who use it with a thumb.

axe looks for faults that a machine can find: https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md
"""

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe

SERIOUS = ("serious", "critical")
# The smallest height of what a thumb must hit: https://www.w3.org/WAI/WCAG22/Understanding/target-size-enhanced.html
THUMB = 44
SMALL_TARGETS = Path(__file__).with_name("small_targets.js").read_text()
SETTLED = Path(__file__).with_name("settled.js").read_text()

RUN = "inside => axe.run(inside ?? document, { resultTypes: ['violations'] })"

_axe = Axe()


def settle(page: Any) -> None:
    """Wait until a screen has been drawn, with its own elements."""
    page.locator("h1").first.wait_for()
    page.evaluate(SETTLED)


def faults(page: Any, *, inside: str | None = None) -> list[str]:
    """Serious accessibility faults of what is shown, or of the elements that match a selector: axe's rule, where it is,
    and its HTML."""
    if not page.evaluate("'axe' in window"):  # It gets faster with each run in a page.
        page.evaluate(_axe.axe_script)
    violations = page.evaluate(RUN, inside)["violations"]
    return [
        f"{fault['id']} {node['target']}: {node['html'][:200]}"
        for fault in violations
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]


def faults_on_a_phone(page: Any) -> list[str]:
    """What a thumb cannot hit, and whether the page scrolls sideways."""
    small: list[str] = page.evaluate(SMALL_TARGETS, THUMB)
    width = page.viewport_size["width"]
    scrolls = page.evaluate(
        "width => [document.scrollingElement, document.querySelector('[data-testid=stMain]')]"
        ".some(each => each && each.scrollWidth > width)",
        width,
    )
    return [*small, *(["scrolls sideways"] if scrolls else [])]
