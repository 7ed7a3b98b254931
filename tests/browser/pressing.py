"""Presses by place, as a mouse or a finger does. A screen still moves a little while it is being drawn."""

from playwright.sync_api import Locator, Page

from tests.browser.accessible import SETTLED


def press_down(page: Page, button: Locator) -> None:
    """Press the mouse button on it, and hold it."""
    page.evaluate(SETTLED)
    button.hover()
    page.mouse.down()
    assert button.evaluate("button => button.matches(':active')"), "it moved away"


def settled_box(page: Page, element: Locator) -> dict[str, float]:
    """Where it is on the screen, in CSS pixels, once the screen is drawn."""
    page.evaluate(SETTLED)
    box = element.bounding_box()
    assert box is not None
    return dict(box)
