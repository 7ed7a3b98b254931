"""Streamlit's client asks the server once how it is hosted. What we change: it shows no error dialogs of its own.

Its dialog for a lost connection speaks of "Streamlit" and of a terminal; pages/parts/connection.js says the same to
staff. Streamlit has no setting for it and recommends to answer this address in its place.
"""

import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADDRESS = "/_stcore/host-config"


class HostConfig:
    """ASGI middleware that adds to Streamlit's own answer."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith(ADDRESS):
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def change(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                await _answer(start, body, send)

        await self.app(scope, receive, change)


async def _answer(start: Message, body: bytes, send: Send) -> None:
    if start["status"] == 200:
        body = json.dumps(json.loads(body) | {"blockErrorDialogs": True}).encode()
    others = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    await send({**start, "headers": [*others, (b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})
