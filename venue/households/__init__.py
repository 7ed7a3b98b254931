"""Households: customers who share a phone or live together."""

from venue.households.edit import MOST_MEMBERS, decline, dissolve_with, end_small, join, leave, move
from venue.households.find import Member, listed, names_of, of, offers, with_same_number

__all__ = [
    "MOST_MEMBERS",
    "Member",
    "decline",
    "dissolve_with",
    "end_small",
    "join",
    "leave",
    "listed",
    "move",
    "names_of",
    "of",
    "offers",
    "with_same_number",
]
