"""Opens one screen after another in the same page, as Back and Forward do, so that Streamlit is loaded once."""

from typing import Any

from playwright.sync_api import Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

SUCCESS = ForwardMsg.FINISHED_SUCCESSFULLY
OPEN = "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')) }"


class Walk:
    """Through the screens of one page. The first is opened by its address."""

    def __init__(self, page: Page):
        self._page = page
        self._socket: Any = None

    def to(self, path: str) -> None:
        """The server has sent all of the screen; the browser may still draw it."""
        if self._socket is None:
            with self._page.expect_websocket() as opened:
                self._page.goto(path)
            self._socket = opened.value
            return
        with self._socket.expect_event("framereceived", _Run().is_over):
            self._page.evaluate(OPEN, path)


class _Run:
    """A run of a screen's script that has not begun yet, as the server tells of it."""

    def __init__(self) -> None:
        self._has_begun = False

    def is_over(self, frame: bytes) -> bool:
        message = ForwardMsg.FromString(frame)
        self._has_begun |= message.HasField("new_session")
        return self._has_begun and message.HasField("script_finished") and message.script_finished == SUCCESS
