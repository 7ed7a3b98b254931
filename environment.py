"""Values of environment variables, by type."""

import os
import re
from collections.abc import Iterable, Mapping
from datetime import time, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import phonenumbers
from dotenv import dotenv_values

from venue import clock
from venue.clock import Hours

ROOT = Path(__file__).parent


class BadSettings(Exception):
    """The configuration cannot be used. str() is a sentence that names the variable."""


def variables() -> dict[str, str]:
    """What the environment and the file .env say; the environment takes precedence."""
    return {**{name: value or "" for name, value in dotenv_values(ROOT / ".env").items()}, **os.environ}


def logs_as_json() -> bool:
    """Whether the logs are JSON (LOG_FORMAT=json), also of a process whose other settings cannot be used."""
    return Reader(variables()).text("LOG_FORMAT", "").lower() == "json"


class Reader:
    """Reads variables by type. An empty one counts as not set. Raises BadSettings."""

    def __init__(self, environ: Mapping[str, str]):
        self._environ = environ

    def given(self, names: Iterable[str]) -> frozenset[str]:
        """Which of these variables are set."""
        return frozenset(name for name in names if self.text(name, ""))

    def text(self, name: str, default: str) -> str:
        return self._environ.get(name, "").strip() or default

    def seconds(self, name: str, default: float) -> timedelta:
        return timedelta(seconds=self._number(name, str(default)))

    def many_seconds(self, name: str, default: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
        typed = self.text(name, "")
        if not typed:
            return default
        return tuple(timedelta(seconds=self._positive(name, part)) for part in typed.split(","))

    def count(self, name: str, default: int, *, most: int | None = None) -> int:
        typed = self.text(name, str(default))
        if not typed.isdecimal() or int(typed) < 1:
            raise BadSettings(f"{name} is {typed!r}: give a whole number of at least 1")
        if most is not None and int(typed) > most:
            raise BadSettings(f"{name} is {typed!r}: give a whole number of at most {most}")
        return int(typed)

    def two_counts(self, name: str, default: str) -> tuple[int, int]:
        """Two whole numbers like "14,12": the first at least 1, the second at least 0."""
        typed = self.text(name, default)
        match = re.fullmatch(r"([1-9]\d{0,3})\s*,\s*(\d{1,4})", typed)
        if not match:
            raise BadSettings(f"{name} is {typed!r}: give two whole numbers like {default}")
        return int(match[1]), int(match[2])

    def zone(self, name: str, default: str) -> ZoneInfo:
        typed = self.text(name, default)
        try:
            return ZoneInfo(typed)
        except (KeyError, ValueError, OSError) as error:
            raise BadSettings(f"{name} is {typed!r}, which is not a time zone: give one like Europe/London") from error

    def region(self, name: str, default: str) -> str:
        typed = self.text(name, default).upper()
        if typed not in phonenumbers.SUPPORTED_REGIONS:
            raise BadSettings(f"{name} is {typed!r}, which is not a country: give two letters like GB")
        return typed

    def hours(self, name: str, default: str) -> Hours | None:
        typed = self.text(name, default)
        try:
            return clock.read_hours(typed)
        except ValueError as problem:
            raise BadSettings(f"{name} is {typed!r}: {problem}") from problem

    def time_of_day(self, name: str) -> time | None:
        typed = self.text(name, "")
        if typed and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", typed):
            raise BadSettings(f"{name} is {typed!r}: give a time like 18:00, or leave it empty for the default")
        return time.fromisoformat(typed) if typed else None

    def address(self, name: str) -> str:
        typed = self.text(name, "").rstrip("/")
        try:
            parts = urlsplit(typed)
        except ValueError:
            parts = urlsplit("")
        if typed and (parts.scheme not in ("http", "https") or not parts.netloc):
            raise BadSettings(f"{name} is {typed!r}: give an address like https://desk.example.com")
        return typed

    def hosts(self, name: str) -> frozenset[str]:
        """Host names, without scheme and port."""
        typed = [part.strip().lower() for part in self.text(name, "").split(",") if part.strip()]
        for host in typed:
            if not re.fullmatch(r"\[[0-9a-f:.]+\]|[a-z0-9_.-]+", host):
                raise BadSettings(f"{name} has {host!r}: give host names like desk.example.com, separated by commas")
        return frozenset(host.strip("[]") for host in typed)

    def networks(self, name: str) -> tuple[IPv4Network | IPv6Network, ...]:
        typed = [part.strip() for part in self.text(name, "").split(",") if part.strip()]
        try:
            return tuple(map(ip_network, typed))
        except ValueError as error:
            raise BadSettings(
                f"{name} is {', '.join(typed)!r}: give addresses like 127.0.0.1 or 10.0.0.0/8, separated by commas"
            ) from error

    def log_level(self, name: str, default: str) -> str:
        typed = self.text(name, default).upper()
        if typed not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise BadSettings(f"{name} is {typed!r}: give DEBUG, INFO, WARNING or ERROR")
        return typed

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """One of these words; the first if it is not set."""
        typed = self.text(name, allowed[0]).lower()
        if typed not in allowed:
            raise BadSettings(f"{name} is {typed!r}: give {' or '.join(allowed)}")
        return typed

    def token(self, name: str) -> str:
        """A secret of at least 16 characters without spaces, as it goes into a header; empty if it is not set."""
        typed = self.text(name, "")
        if typed and not re.fullmatch(r"[!-~]{16,}", typed):
            raise BadSettings(f"{name} cannot be used: give at least 16 letters, digits or signs, without spaces")
        return typed

    def _number(self, name: str, default: str) -> float:
        return self._positive(name, self.text(name, default))

    def _positive(self, name: str, typed: str) -> float:
        try:
            number = float(typed)
        except ValueError:
            number = 0
        if not 0 < number < 10_000_000:
            raise BadSettings(f"{name} is {typed.strip()!r}: give a number of seconds above 0")
        return number
