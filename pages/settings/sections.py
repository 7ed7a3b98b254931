"""The venue's settings on screens: in which order, and in words."""

from collections.abc import Callable
from dataclasses import dataclass

from pages.parts.format import plain, short_day
from venue import setting_list
from venue.choices import SettingRow
from venue.roles import COMMAND_LINE
from venue.wording import counted

SERVER = "Set by your administrator."
ZONE = "It cannot be changed here: every event that was entered would start at another time."


@dataclass(frozen=True)
class Section:
    """Settings under one heading. `about` says what they do."""

    title: str
    about: str
    names: tuple[str, ...]


SECTIONS = (
    Section("The venue", "In texts, letters, printed lists and on the sign-in page.", ("venue_name", "venue_phone")),
    Section(
        "Reminders",
        "Reminders are sent only within these hours. Confirmations and changes are sent at any hour.",
        ("sending_hours", "reminders_at"),
    ),
    Section(
        "Bulk texts",
        "The price is shown before a bulk text is sent.",
        ("bulk_hours", "bulk_days_apart", "text_price"),
    ),
    Section(
        "Sending limits",
        "Texts above a limit wait. Part of the daily limit is kept for texts about bookings.",
        ("sms_per_second", "sms_per_day"),
    ),
    Section(
        "News and offers",
        "How customers are asked. Answers that are already recorded keep the wording used at the time.",
        ("consent_wordings",),
    ),
    Section(
        "How long customers are kept",
        "Those without a visit or contact for this long are suggested for erasure. No one is erased unless you do it.",
        ("retention_months",),
    ),
    Section(
        "Reward for regulars",
        "Staff see at the door and on the customer's page when it is due, and give it with one tap.",
        ("reward_name", "reward_every"),
    ),
    Section("Signing in", "A new length applies to sign-ins from now on.", ("sign_in_hours", "tablet_lock_minutes")),
)
NUMBERS = {
    *("bulk_days_apart", "sms_per_second", "sms_per_day", "retention_months", "reward_every"),
    *("sign_in_hours", "tablet_lock_minutes"),
}
# What to type, under each field that needs it.
HINTS = {
    "venue_name": "It is in every text: a long name makes texts longer.",
    "venue_phone": "Leave it empty for none.",
    "text_price": "For example £0.04. A long text takes several SMS. Leave it empty if you do not know the price.",
    "consent_wordings": "One on each line. Leave it empty for the default.",
    "reward_name": "For example a free pint. Leave it empty for none.",
    "tablet_lock_minutes": f"1 to {setting_list.MOST_LOCK_MINUTES}: without use for an hour, a tablet is signed out.",
}


def _hours(value: str) -> str:
    return "Always" if value == "00:00-24:00" else value.replace("-", " to ")


def _count(noun: str) -> Callable[[str], str]:
    return lambda value: counted(int(value), noun)


_IN_WORDS: dict[str, Callable[[str], str]] = {
    "venue_phone": lambda value: value or "Not set",
    "sending_hours": _hours,
    "reminders_at": lambda value: "Same as the event" if value == setting_list.AS_THE_EVENT else value,
    "bulk_hours": _hours,
    "bulk_days_apart": _count("day"),
    "text_price": lambda value: value or "Not set",
    "sms_per_second": lambda value: f"{int(value):,}",
    "sms_per_day": lambda value: f"{int(value):,}",
    "consent_wordings": lambda value: " / ".join(value.splitlines()),
    "retention_months": _count("month"),
    "reward_name": lambda value: value or "No reward",
    "reward_every": _count("visit"),
    "sign_in_hours": _count("hour"),
    "tablet_lock_minutes": _count("minute"),
}


def in_words(name: str, value: str) -> str:
    """A setting's value as staff read it, escaped."""
    return plain(_IN_WORDS.get(name, str)(value))


def source(row: SettingRow) -> str:
    """Where a setting's value comes from, like "set here by Sam on 3 Nov 2026"."""
    if not row.is_set:
        return "from the server's environment" if row.is_from_environment else "default"
    if row.changed_by is None or row.changed_at is None:
        return "set here"
    if row.changed_by == COMMAND_LINE.name:
        return f"set on the command line on {short_day(row.changed_at)}"
    return f"set here by {plain(row.changed_by)} on {short_day(row.changed_at)}"
