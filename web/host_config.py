"""Turns Streamlit's own error dialogs off, in the host configuration that its client loads once.

Its dialog for a lost connection speaks of "Streamlit" and of a terminal; pages/elements/connection.js shows staff a
message instead. Streamlit has no setting for this, and recommends answering this address ourselves.
"""

import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADDRESS = "/_stcore/host-config"


class HostConfig:
    """ASGI middleware that adds `blockErrorDialogs` to Streamlit's host configuration."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith(ADDRESS):
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def collect(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                await _answer(start, body, send)

        await self.app(scope, receive, collect)


async def _answer(start: Message, body: bytes, send: Send) -> None:
    if start["status"] == 200:
        body = json.dumps(json.loads(body) | {"blockErrorDialogs": True}).encode()
    others = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    await send({**start, "headers": [*others, (b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})
