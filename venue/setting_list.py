"""The settings that the venue can change while running: each is parsed, formatted and put in place here, once.

What belongs to the server, such as its database, stays in the environment: settings.py.
"""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

from db.models import NOTES_LENGTH
from venue import clock
from venue.bulk_texts import Price

MOST_WORDINGS = 10
LONGEST_REWARD, LEAST_VISITS, MOST_VISITS = 60, 2, 100
LEAST_MONTHS, MOST_MONTHS = 6, 120
# The name stands in every text. Longer ones take a second segment.
LONGEST_NAME, LONGEST_PHONE = 40, 30
MOST_DAYS_APART, MOST_SIGN_IN_HOURS = 365, 24 * 30
# The server ends the sign-in of a tablet that was not used for this long (staff/sign_ins.py), so no lock can be later.
MOST_LOCK_MINUTES = 60
AS_THE_EVENT = "event"


@dataclass(frozen=True)
class Setting:
    """One setting. `name` is how it is stored and called on the command line, `place` the attribute of `Venue` that
    has its value, with a dot within another one.

    `read` parses what was typed, and raises ValueError with what to type. `write` formats a value so that `read` can
    parse it. `variable` is the environment variable with the default, or empty. With `is_limit`, the default is also
    the most. `is_text` says that it may hold any words, such as a person's name. `source` is the attribute to put a
    value into, where `place` also has what stands for an empty one.
    """

    name: str
    label: str
    place: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    variable: str = ""
    is_limit: bool = False
    is_text: bool = False
    source: str = ""

    def value(self, venue: object) -> Any:
        return functools.reduce(getattr, self.place.split("."), venue)

    def words(self, venue: object) -> str:
        """The venue's value as text."""
        return self.write(self.value(venue))

    def parsed(self, typed: str, *, default: object) -> Any:
        """The value of what was typed. `default` is the venue as its environment has it. Raises ValueError."""
        value = self.read(typed)
        if self.is_limit and value > self.value(default):
            raise ValueError(f"give at most {self.value(default):,}: your administrator set this limit")
        return value

    def put(self, venue: Any, value: Any) -> Any:
        """The venue with this value in place. A limit never exceeds the one that it had."""
        outer, _, inner = (self.source or self.place).partition(".")
        if self.is_limit:
            value = min(value, self.value(venue))
        return replace(venue, **{outer: replace(getattr(venue, outer), **{inner: value}) if inner else value})


def read_name(typed: str) -> str:
    """Parse the venue's name. Raises ValueError with what to type."""
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST_NAME:
        raise ValueError(f"give a name of at most {LONGEST_NAME} characters, like: The Anchor")
    return name


def read_phone(typed: str) -> str:
    """Parse the number that customers ring, as it stands in texts; empty for none. Raises ValueError with what to
    type."""
    number = " ".join(typed.split())
    if number and (len(number) > LONGEST_PHONE or not re.fullmatch(r"\+?[\d ()/-]*\d[\d ()/-]*", number)):
        raise ValueError("give a phone number like 01632 960123, or leave it empty")
    return number


def read_reminders_at(typed: str) -> time | None:
    """Parse the time of day of reminders: None for "event", the event's own. Raises ValueError with what to type."""
    if typed.strip() == AS_THE_EVENT:
        return None
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", typed.strip()):
        raise ValueError(f'give a time like 18:00, or "{AS_THE_EVENT}" for that of the event')
    return time.fromisoformat(typed.strip())


def read_price(typed: str) -> Price | None:
    """Parse the price of one segment; empty if it is not known. Raises ValueError with what to type."""
    return Price.read(typed) if typed.strip() else None


def read_wordings(typed: str) -> tuple[str, ...]:
    """Parse wordings, one on each line. Raises ValueError with what to type."""
    wordings = tuple(line.strip() for line in typed.splitlines() if line.strip())
    if not 1 <= len(wordings) <= MOST_WORDINGS:
        raise ValueError(f"give 1 to {MOST_WORDINGS} wordings, each on a line of its own")
    if max(map(len, wordings)) > NOTES_LENGTH:
        raise ValueError(f"a wording has at most {NOTES_LENGTH:,} characters")
    return wordings


def read_reward(typed: str) -> str:
    """Parse what customers are given for coming often; empty for nothing. Raises ValueError with what to type."""
    reward = " ".join(typed.split())
    if len(reward) > LONGEST_REWARD:
        raise ValueError(f"give a name of at most {LONGEST_REWARD} characters, like: a free pint")
    return reward


def whole_number(least: int, most: int, noun: str) -> Callable[[str], int]:
    """A function that parses a whole number in this range. Raises ValueError with what to type."""

    def read(typed: str) -> int:
        number = int(typed) if re.fullmatch(r"\d{1,9}", typed.strip(), re.ASCII) else -1
        if not least <= number <= most:
            raise ValueError(f"give {least:,} to {most:,} {noun}")
        return number

    return read


ALL = (
    Setting("venue_name", "Name", "name", read_name, variable="VENUE_NAME", is_text=True),
    Setting("venue_phone", "Phone", "phone", read_phone, variable="VENUE_PHONE", is_text=True),
    Setting("sending_hours", "Sending hours", "hours", clock.read_hours, clock.format_hours, "SENDING_HOURS"),
    Setting(
        "reminders_at",
        "Time of day of reminders",
        "reminders_at",
        read_reminders_at,
        lambda at: f"{at:%H:%M}" if at else AS_THE_EVENT,
        "REMINDERS_AT",
    ),
    Setting(
        "bulk_hours", "Hours of bulk texts", "bulk_texts.hours", clock.read_hours, clock.format_hours, "BULK_HOURS"
    ),
    Setting(
        "bulk_days_apart",
        "Days between bulk texts to a customer",
        "bulk_texts.days_apart",
        whole_number(1, MOST_DAYS_APART, "days"),
        variable="BULK_DAYS_APART",
    ),
    Setting(
        "text_price",
        "Price of one SMS",
        "bulk_texts.price",
        read_price,
        lambda price: f"{price.sign}{price.amount}" if price else "",
        "TEXT_PRICE",
    ),
    Setting(
        "sms_per_second",
        "Texts per second",
        "limits.per_second",
        whole_number(1, 999_999_999, "texts"),
        variable="SMS_PER_SECOND",
        is_limit=True,
    ),
    Setting(
        "sms_per_day",
        "Texts per day",
        "limits.per_day",
        whole_number(1, 999_999_999, "texts"),
        variable="SMS_PER_DAY",
        is_limit=True,
    ),
    Setting(
        "consent_wordings",
        "Questions about news and offers",
        "consent_wordings",
        read_wordings,
        "\n".join,
        is_text=True,
        source="wordings",
    ),
    Setting(
        "retention_months",
        "Months that customers are kept",
        "retention_months",
        whole_number(LEAST_MONTHS, MOST_MONTHS, "months"),
    ),
    Setting("reward_name", "Reward for regulars", "reward_name", read_reward, is_text=True),
    Setting("reward_every", "Visits for a reward", "reward_every", whole_number(LEAST_VISITS, MOST_VISITS, "visits")),
    Setting(
        "sign_in_hours",
        "Hours that a sign-in lasts",
        "sign_in_hours",
        whole_number(1, MOST_SIGN_IN_HOURS, "hours"),
        variable="SIGN_IN_HOURS",
    ),
    Setting(
        "tablet_lock_minutes",
        "Minutes until an unused tablet locks",
        "tablet_lock_minutes",
        whole_number(1, MOST_LOCK_MINUTES, "minutes"),
        variable="TABLET_LOCK_MINUTES",
    ),
)
BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in ALL}
