"""Imports point one way, so that a part can be rebuilt without breaking what it rests on."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP_PACKAGES = ("pages", "web", "cli", "venue", "db", "sms", "mail", "channels")
PURE_SMS = {"phone", "texts", "segments", "error_codes"}

# What each may import of ours. A file beside the packages is a part of its own.
MAY_IMPORT = {
    "db": {"db"},
    "channels": {"channels"},
    "sms": {"sms", "channels"},
    "mail": {"mail", "channels"},
    "venue": {"venue", "db", "sms", "mail", "channels"},
    "environment": {"venue"},
    "mail_settings": {"environment", "venue"},
    "sign_in_settings": {"environment"},
    "settings": {"environment", "mail_settings", "sign_in_settings", "venue", "db", "sms", "mail", "channels"},
    "web": {"web", "venue", "db", "sms", "channels", "settings", "sign_in_settings"},
    "pages": {"pages", "venue", "db", "sms", "settings"},
    "scheduler_jobs": {"venue", "db", "sms", "channels", "settings"},
    "scheduler": {"environment", "scheduler_jobs", "venue", "db", "settings"},
    "cli": {"environment", "cli", "scheduler", "venue", "db", "sms", "channels", "settings", "sign_in_settings"},
    "manage": {"cli", "scheduler", "venue"},
    "app": {"environment", "pages", "web", "venue", "db", "settings"},
    "run_both": {"environment", "venue"},
}
OURS = set(MAY_IMPORT)


def sources() -> list[Path]:
    inside = [path for package in TOP_PACKAGES for path in (ROOT / package).rglob("*.py")]
    return sorted(inside + list(ROOT.glob("*.py")))


def part_of(path: Path) -> str:
    relative = path.relative_to(ROOT)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """Each module that a file imports, in parts; `from a import b` counts as a.b, wherever in the file it stands."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield tuple(alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            for alias in node.names:
                yield (*(node.module or "").split("."), alias.name)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(params=[*TOP_PACKAGES, ""], ids=lambda package: package or "root")
def some_sources(request: pytest.FixtureRequest) -> list[Path]:
    """The files of one package; those beside the packages."""
    return [path for path in sources() if request.param == (part_of(path) if part_of(path) in TOP_PACKAGES else "")]


def test_every_part_is_known(some_sources: list[Path]) -> None:
    for source in some_sources:
        assert part_of(source) in MAY_IMPORT, name(source)


def test_imports_point_one_way(some_sources: list[Path]) -> None:
    for source in some_sources:
        wrong = {parts[0] for parts in imports(source) if parts[0] in OURS} - MAY_IMPORT[part_of(source)]
        assert not wrong, name(source)


# The packages of venue/: each imports those before it, and the modules directly in venue/, which import no package.
PACKAGES = (
    "staff",
    "messages",
    "tags",
    "fields",
    "households",
    "duplicates",
    "customers",
    "views",
    "events",
    "bookings",
    "waitlist",
    "visits",
    "delivery",
    "journal",
    "merging",
    "bulk",
    "campaigns",
    "replies",
    "exports",
    "imports",
    "privacy",
    "insight",
    "backups",
)


def package_of(parts: tuple[str, ...]) -> str:
    """The package of venue/ that a module or an imported name is in; "" for one directly in venue/."""
    return parts[1] if len(parts) > 1 and (ROOT / "venue" / parts[1]).is_dir() else ""


def test_the_packages_of_venue_have_an_order(some_sources: list[Path]) -> None:
    for source in some_sources:
        if part_of(source) != "venue":
            continue
        package = package_of(source.relative_to(ROOT).with_suffix("").parts)
        before = set(PACKAGES[: PACKAGES.index(package) + 1]) if package else set()
        imported = {package_of(parts) for parts in imports(source) if parts[0] == "venue"}
        assert imported <= before | {""}, name(source)


def test_the_rules_know_only_the_pure_parts_of_sending(some_sources: list[Path]) -> None:
    for source in some_sources:
        if part_of(source) not in ("venue", "pages", "web"):
            continue
        used = {parts[1] for parts in imports(source) if parts[0] == "sms"}
        assert used <= PURE_SMS, name(source)


# The files and packages that may import a library of others.
KNOWN_IN = {
    "twilio": {"sms/twilio_gateway.py"},
    "schedule": {"scheduler_jobs.py"},
    "streamlit": {"app.py", "pages"},
    "alembic": {"db"},
    "click": {"scheduler.py", "manage.py", "run_both.py", "cli"},
    "phonenumbers": {"sms/phone.py", "environment.py"},
    "argon2": {"venue/staff/passwords.py"},
    "pyotp": {"venue/staff/totp.py"},
    "authlib": {"web/openid.py"},
    "icalendar": {"mail/calendar_files.py"},
    "email_validator": {"venue/customers/emails.py"},
    "smtplib": {"mail/smtp_gateway.py"},
    "nicknames": {"venue/duplicates/name_forms.py"},
}


def test_a_library_is_known_in_one_place(some_sources: list[Path]) -> None:
    for source in some_sources:
        for library in {parts[0] for parts in imports(source)} & KNOWN_IN.keys():
            assert {name(source), part_of(source)} & KNOWN_IN[library], f"{name(source)} imports {library}"


def test_only_one_module_writes_without_the_orm(some_sources: list[Path]) -> None:
    """So that one place sees each of these writes. Migrations change rows as they were then."""
    for source in some_sources:
        if name(source) == "db/writes.py" or "db/migrations" in name(source):
            continue
        used = {parts[-1] for parts in imports(source) if parts[0] == "sqlalchemy"}
        assert not used & {"sqlalchemy", "insert", "update", "delete"}, name(source)


# A simulated provider has a clock of its own.
OWN_CLOCK = {"venue/clock.py", "sms/simulated_gateway.py"}
READS_THE_CLOCK = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "localtime"),
    ("time", "gmtime"),
    ("func", "now"),
}


def test_only_the_venues_clock_reads_the_time(some_sources: list[Path]) -> None:
    """`time.monotonic` measures how long, not when, and is free."""
    for source in some_sources:
        if name(source) in OWN_CLOCK:
            continue
        calls = (node.func for node in ast.walk(parsed(source)) if isinstance(node, ast.Call))
        asked = {
            (node.value.id, node.attr)
            for node in calls
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        assert not asked & READS_THE_CLOCK, name(source)
