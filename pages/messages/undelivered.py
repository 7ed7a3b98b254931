"""Notices about texts that did not arrive, on a customer's and an event's screen."""

from collections.abc import Sequence

from pages.elements.board import Act, Badge, Link, Notice, address
from pages.messages.shown import why
from pages.parts.permissions import if_may
from venue.messages.causes import Cause
from venue.messages.labels import kind_words
from venue.messages.rows import MessageRow
from venue.roles import Permission
from venue.wording import counted


def trouble(texts: Sequence[MessageRow], said_above: Cause | None = None) -> tuple[Notice, ...]:
    """What did not arrive and what to do about it, for a board. The first of them says why, unless the screen has."""
    if not texts:
        return ()
    about = " ".join(str(text.id) for text in texts)
    called = if_may(Permission.TEXTS, Act("Mark as called", "called", about))
    read = Link("Open the text", address("message", id=texts[-1].id), "sms", looks="button")
    return (Notice(Badge("red", f"{_what(texts)} failed"), why(texts[-1], said_above), (*called, read)),)


def _what(texts: Sequence[MessageRow]) -> str:
    return kind_words(texts[0].kind) if len(texts) == 1 else counted(len(texts), "text")
