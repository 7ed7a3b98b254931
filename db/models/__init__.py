"""All tables. Every rule that the database can enforce is a named constraint."""

from db.models.backups import Backup
from db.models.base import BYTE_ORDERED, NAME_LENGTH, NOT_PERSONAL, NOTES_LENGTH, PERSONAL, Base, e164
from db.models.campaigns import Campaign, CampaignCustomer
from db.models.customers import Customer, CustomerTotal, Deletion, search_id
from db.models.duplicates import DuplicatePair, MergedCustomer
from db.models.events import Booking, BookingTotal, Event
from db.models.fields import CustomerValue, CustomField, FieldChoice
from db.models.households import Household, HouseholdMember
from db.models.imports import Import, ImportMapping, ImportPart, ImportRow
from db.models.journal import JournalEntry, JournalSeal, JournalValue
from db.models.messages import (
    NOT_DEALT_WITH,
    STATES,
    UNANSWERED,
    Message,
    MessageAttempt,
    Pause,
    PhoneNumber,
    Template,
    TextTotal,
)
from db.models.privacy import Consent, Erasure, Request, StoppedNumber
from db.models.staff import Device, DeviceUser, OneTimeCode, SignIn, SignInAttempt, Staff
from db.models.tags import CustomerTag, Tag
from db.models.venue import Heartbeat, VenueSetting
from db.models.views import SavedView, StaffChoice
from db.models.visits import CustomerVisits, LateCancellation, Reward
from db.models.waitlist import WaitlistEntry

__all__ = [
    "BYTE_ORDERED",
    "NAME_LENGTH",
    "NOTES_LENGTH",
    "NOT_DEALT_WITH",
    "NOT_PERSONAL",
    "PERSONAL",
    "STATES",
    "UNANSWERED",
    "Backup",
    "Base",
    "Booking",
    "BookingTotal",
    "Campaign",
    "CampaignCustomer",
    "Consent",
    "CustomField",
    "Customer",
    "CustomerTag",
    "CustomerTotal",
    "CustomerValue",
    "CustomerVisits",
    "Deletion",
    "Device",
    "DeviceUser",
    "DuplicatePair",
    "Erasure",
    "Event",
    "FieldChoice",
    "Heartbeat",
    "Household",
    "HouseholdMember",
    "Import",
    "ImportMapping",
    "ImportPart",
    "ImportRow",
    "JournalEntry",
    "JournalSeal",
    "JournalValue",
    "LateCancellation",
    "MergedCustomer",
    "Message",
    "MessageAttempt",
    "OneTimeCode",
    "Pause",
    "PhoneNumber",
    "Request",
    "Reward",
    "SavedView",
    "SignIn",
    "SignInAttempt",
    "Staff",
    "StaffChoice",
    "StoppedNumber",
    "Tag",
    "Template",
    "TextTotal",
    "VenueSetting",
    "WaitlistEntry",
    "e164",
    "search_id",
]
