"""All tables. Every rule that the database can enforce is a named constraint."""

from db.models.base import BYTE_ORDERED, NAME_LENGTH, NOTES_LENGTH, Base, e164
from db.models.customers import Customer, CustomerTotal, Deletion, search_id
from db.models.events import Booking, Event
from db.models.journal import JournalEntry, JournalSeal, JournalValue
from db.models.messages import NOT_DEALT_WITH, STATES, UNANSWERED, Message, MessageAttempt, Pause, PhoneNumber, Template
from db.models.staff import Device, DeviceUser, OneTimeCode, SignIn, SignInAttempt, Staff
from db.models.venue import Heartbeat, VenueSetting

__all__ = [
    "BYTE_ORDERED",
    "NAME_LENGTH",
    "NOTES_LENGTH",
    "NOT_DEALT_WITH",
    "STATES",
    "UNANSWERED",
    "Base",
    "Booking",
    "Customer",
    "CustomerTotal",
    "Deletion",
    "Device",
    "DeviceUser",
    "Event",
    "Heartbeat",
    "JournalEntry",
    "JournalSeal",
    "JournalValue",
    "Message",
    "MessageAttempt",
    "OneTimeCode",
    "Pause",
    "PhoneNumber",
    "SignIn",
    "SignInAttempt",
    "Staff",
    "Template",
    "VenueSetting",
    "e164",
    "search_id",
]
