"""What the states of bulk texts, and the reasons to leave customers out, are called."""

from collections.abc import Mapping
from typing import Any

from venue.campaigns.audience import LeftOut
from venue.messages.causes import SENTENCES, Cause

STATES = {
    "draft": "Draft",
    "sending": "Being sent",
    "paused": "Paused",
    "stopped": "Stopped",
    "finished": "Finished",
}
PAUSED_BY_RESTORE = (
    "A backup was restored in which this text was being sent. Since the backup was made it may have been stopped, or "
    "sent to more customers: see under Messages, then resume or stop it."
)
LEFT_OUT = {
    LeftOut.NOT_ASKED: "Never asked whether they want news",
    LeftOut.REFUSED: "Refused",
    LeftOut.WITHDRAWN: "Withdrew their agreement",
    LeftOut.STOPPED: "Texts to their number are stopped",
    LeftOut.CANNOT_RECEIVE: "Their number cannot receive texts",
    LeftOut.TEXTED_LATELY: "Got another bulk text shortly before",
    LeftOut.SAME_PHONE: "Same phone as another: one text",
}


def left_out(reasons: Mapping[Any, int]) -> list[tuple[str, int]]:
    """Each reason in words with how many it concerns, in a fixed order."""
    return [(words, reasons[reason]) for reason, words in LEFT_OUT.items() if reasons.get(reason)]


def skipped(causes: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each cause in words with how many texts it concerns, in a fixed order."""
    return [(SENTENCES[cause], causes[cause]) for cause in Cause if causes.get(cause)]
