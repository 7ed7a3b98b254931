"""Bulk texts: written as a draft, checked, confirmed by a manager, and sent by the scheduler to those who agreed.

The audience is fixed in the transaction that confirms. Each customer is checked again when their text is sent
(venue/delivery/bulk_texts.py). docs/decisions/0054 says why.
"""

from venue.campaigns.audience import Audience, LeftOut, find
from venue.campaigns.confirm import AudienceChanged, confirm
from venue.campaigns.control import pause, resume, stop
from venue.campaigns.edit import CONFIRMED, add, delete, update
from venue.campaigns.progress import CampaignRow, Progress, get, listed, running
from venue.campaigns.result import Result, result
from venue.campaigns.whom import count_selected
from venue.campaigns.words import STOP_LINE

__all__ = [
    "CONFIRMED",
    "STOP_LINE",
    "Audience",
    "AudienceChanged",
    "CampaignRow",
    "LeftOut",
    "Progress",
    "Result",
    "add",
    "confirm",
    "count_selected",
    "delete",
    "find",
    "get",
    "listed",
    "pause",
    "result",
    "resume",
    "running",
    "stop",
    "update",
]
