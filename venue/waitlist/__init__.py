"""Waitlists: parties who want seats at a full event, and the offers of seats that become free."""

from venue.waitlist.by_hand import OfferPreview, offer, preview_offer
from venue.waitlist.edit import Answered, answer, join, leave, preview_withdrawal, withdraw
from venue.waitlist.find import (
    POLICY,
    WaitingParty,
    first_that_fits,
    for_customer,
    get,
    listed,
    next_for,
    open_offers,
    to_call,
)
from venue.waitlist.offers import offer_all, offer_next
from venue.waitlist.states import PassedOver, State

__all__ = [
    "POLICY",
    "Answered",
    "OfferPreview",
    "PassedOver",
    "State",
    "WaitingParty",
    "answer",
    "first_that_fits",
    "for_customer",
    "get",
    "join",
    "leave",
    "listed",
    "next_for",
    "offer",
    "offer_all",
    "offer_next",
    "open_offers",
    "preview_offer",
    "preview_withdrawal",
    "to_call",
    "withdraw",
]
