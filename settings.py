"""The configuration: read from the environment, validated at start, passed on as one frozen object."""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import mail_settings
import sign_in_settings
from channels.gateway import Gateway, MailGateway
from db import schema
from db.session import open_database
from environment import BadSettings, Reader, variables
from venue import clock, setting_list
from venue.backup_plan import BackupPlan
from venue.bulk_texts import BulkTexts, Price
from venue.clock import Hours
from venue.profile import TextLimits, Venue
from venue.timing import Timing

ROOT = Path(__file__).parent
DEFAULT_DATABASE = "sqlite:///data/anchor.db"
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
TWILIO_VARIABLES = (
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_API_KEY",
    "TWILIO_API_SECRET",
    "TWILIO_FROM",
    "TWILIO_MESSAGING_SERVICE_SID",
)
# No mail server takes e-mails for it: RFC 2606.
SIMULATED_SENDER = "bookings@example.com"


@dataclass(frozen=True)
class Twilio:
    """A Twilio account. With an API key, the auth token is only needed to check callbacks."""

    account_sid: str
    auth_token: str
    username: str
    password: str
    from_number: str
    messaging_service_sid: str
    base_url: str


@dataclass(frozen=True)
class Settings:
    """All settings. `twilio` is None when texts are simulated, `smtp` when no e-mails are really sent, `openid` when
    staff sign in with passwords only. `metrics_token` and `ping_url` may be empty.

    `hosts` are the host names at which browsers may reach the dashboard, in lower case. `trusted_proxies` are the
    addresses whose X-Forwarded-For and X-Forwarded-Proto are believed. With `is_demo`, everyone is signed in as a
    manager. `variables` are the names of those that are set, of the ones that staff may override.
    """

    database_url: str
    venue_name: str
    venue_phone: str
    zone: ZoneInfo
    region: str
    hours: Hours | None
    reminders_at: time | None
    twilio: Twilio | None
    smtp: mail_settings.Smtp | None
    openid: sign_in_settings.OpenID | None
    public_url: str
    sms_per_second: int
    sms_per_day: int
    sms_concurrency: int
    tick: timedelta
    timing: Timing
    is_demo: bool
    sign_in_hours: int
    tablet_lock_minutes: int
    backups: BackupPlan
    bulk_texts: BulkTexts
    log_level: str
    metrics_token: str
    ping_url: str
    hosts: frozenset[str]
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    variables: frozenset[str]


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment and the file .env; the environment takes precedence. Raises BadSettings."""
    read = Reader(variables() if environ is None else environ)
    timing = Timing(
        send_deadline=read.seconds("SEND_DEADLINE_SECONDS", 5),
        connect_timeout=read.seconds("SEND_CONNECT_TIMEOUT_SECONDS", 5),
        read_timeout=read.seconds("SEND_READ_TIMEOUT_SECONDS", 30),
        watchdog=read.seconds("SEND_WATCHDOG_SECONDS", 45),
        lease=read.seconds("LEASE_SECONDS", 120),
        settle=read.seconds("SETTLE_SECONDS", 600),
        look_interval=read.seconds("LOOK_INTERVAL_SECONDS", 120),
        give_up=read.seconds("GIVE_UP_SECONDS", 3_600),
        polls=read.many_seconds("POLL_SECONDS", Timing().polls),
    )
    if problem := timing.problem():
        raise BadSettings(problem)
    # Only checked here: the logs begin before the settings are loaded (environment.logs_as_json).
    read.one_of("LOG_FORMAT", ("text", "json"))
    public_url = read.address("PUBLIC_URL")
    twilio = _twilio(read)
    return Settings(
        database_url=_from_root(read.text("DATABASE_URL", DEFAULT_DATABASE)),
        venue_name=read.text("VENUE_NAME", "The Anchor"),
        venue_phone=read.text("VENUE_PHONE", ""),
        zone=read.zone("VENUE_TIMEZONE", "Europe/London"),
        region=read.region("VENUE_REGION", "GB"),
        hours=read.hours("SENDING_HOURS", "09:00-21:00"),
        reminders_at=read.time_of_day("REMINDERS_AT"),
        twilio=twilio,
        smtp=mail_settings.smtp(read, local_hosts=LOCAL_HOSTS),
        openid=sign_in_settings.openid(read, is_on_this_machine=is_on_this_machine),
        public_url=public_url,
        sms_per_second=read.count("SMS_PER_SECOND", 10),
        sms_per_day=read.count("SMS_PER_DAY", 5_000),
        sms_concurrency=read.count("SMS_CONCURRENCY", 8),
        tick=read.seconds("TICK_SECONDS", 1),
        timing=timing,
        is_demo=_is_demo(read),
        sign_in_hours=read.count("SIGN_IN_HOURS", 12, most=setting_list.MOST_SIGN_IN_HOURS),
        tablet_lock_minutes=read.count("TABLET_LOCK_MINUTES", 3, most=setting_list.MOST_LOCK_MINUTES),
        backups=_backups(read),
        bulk_texts=_bulk_texts(read, twilio),
        log_level=read.log_level("LOG_LEVEL", "INFO"),
        metrics_token=read.token("METRICS_TOKEN"),
        ping_url=read.address("PING_URL"),
        hosts=LOCAL_HOSTS | read.hosts("ALLOWED_HOSTS") | {urlsplit(public_url).hostname or "localhost"},
        trusted_proxies=read.networks("TRUSTED_PROXIES"),
        variables=read.given(setting.variable for setting in setting_list.ALL),
    )


def open_venue(settings: Settings, *, check: bool = True) -> Venue:
    """The venue with its database. Raises DatabaseUnavailable, and SchemaMismatch unless `check` is off."""
    database = open_database(settings.database_url)
    if check:
        schema.check(database)
    return Venue(
        name=settings.venue_name,
        phone=settings.venue_phone,
        zone=settings.zone,
        region=settings.region,
        hours=settings.hours,
        simulated=settings.twilio is None,
        is_demo=settings.is_demo,
        fictional_numbers=settings.twilio is None or is_on_this_machine(settings.twilio.base_url),
        email_from=email_from(settings),
        public_url=settings.public_url if hears_callbacks(settings) else "",
        reminders_at=settings.reminders_at,
        timing=settings.timing,
        backups=settings.backups,
        bulk_texts=settings.bulk_texts,
        limits=TextLimits(settings.sms_per_second, settings.sms_per_day),
        sign_in_hours=settings.sign_in_hours,
        tablet_lock_minutes=settings.tablet_lock_minutes,
        variables=settings.variables,
        database=database,
    )


def is_on_this_machine(url: str) -> bool:
    """Whether an address is on this machine: a Twilio API there is a test server."""
    return urlsplit(url).hostname in LOCAL_HOSTS


def open_gateway(settings: Settings) -> Gateway:
    """The gateway that sends texts: Twilio when it is configured, otherwise simulated."""
    if settings.twilio is None:
        from sms.simulated_gateway import SimulatedGateway

        return SimulatedGateway()
    from sms.twilio_gateway import TwilioGateway

    twilio = settings.twilio
    return TwilioGateway(
        account_sid=twilio.account_sid,
        username=twilio.username,
        password=twilio.password,
        # A messaging service chooses the number itself.
        from_=None if twilio.messaging_service_sid else twilio.from_number,
        messaging_service_sid=twilio.messaging_service_sid or None,
        base_url=twilio.base_url or None,
        connect_timeout=settings.timing.connect_timeout.total_seconds(),
        read_timeout=settings.timing.read_timeout.total_seconds(),
        clock=clock.now,
    )


def email_from(settings: Settings) -> str:
    """The address that e-mails to guests come from; empty if none are sent. Where texts are simulated, e-mails are."""
    if settings.smtp is not None:
        return settings.smtp.sender
    return SIMULATED_SENDER if settings.twilio is None else ""


def open_mail_gateway(settings: Settings) -> MailGateway | None:
    """The gateway that sends e-mails; None if none are sent."""
    if settings.smtp is None:
        from mail.simulated_gateway import SimulatedMailGateway

        return SimulatedMailGateway() if settings.twilio is None else None
    from mail.smtp_gateway import SmtpGateway

    return SmtpGateway(
        host=settings.smtp.host,
        port=settings.smtp.port,
        username=settings.smtp.username,
        password=settings.smtp.password,
        sender=settings.smtp.sender,
        reply_to=settings.smtp.reply_to,
        sender_name=settings.venue_name,
        mode=settings.smtp.mode,
        connect_timeout=settings.timing.connect_timeout.total_seconds(),
        read_timeout=settings.timing.read_timeout.total_seconds(),
        clock=clock.now,
    )


def mail_server_problem(settings: Settings) -> str:
    """Why the mail server does not accept us, asked now, as words; empty if it does, or there is none."""
    from mail.smtp_gateway import SmtpGateway

    gateway = open_mail_gateway(settings)
    return gateway.problem() if isinstance(gateway, SmtpGateway) else ""


def hears_callbacks(settings: Settings) -> bool:
    """Whether Twilio can call us and its signature can be checked. Only then is it given a callback address."""
    return settings.twilio is not None and bool(settings.twilio.auth_token and settings.public_url)


def open_signature_check(settings: Settings) -> Callable[[str, dict[str, str], str], bool] | None:
    """The function that checks Twilio's signatures; None where callbacks are not possible."""
    if settings.twilio is None or not hears_callbacks(settings):
        return None
    from sms.twilio_gateway import is_signed

    return functools.partial(is_signed, auth_token=settings.twilio.auth_token)


def _from_root(url: str) -> str:
    """The URL with a relative SQLite path made absolute: relative to the code, not to the working directory."""
    relative = re.fullmatch(r"(sqlite(?:\+\w+)?:///)(?!/|:memory:)(.+)", url)
    return f"{relative[1]}{ROOT / relative[2]}" if relative else url


def _backups(read: Reader) -> BackupPlan:
    """Relative folders are relative to the code, like the SQLite file."""
    folder, programs = read.text("BACKUP_FOLDER", ""), read.text("PG_BIN", "")
    daily, monthly = read.two_counts("BACKUP_KEEP", "14,12")
    return BackupPlan(
        folder=ROOT / folder if folder else None,
        at=read.time_of_day("BACKUP_AT") or BackupPlan.at,
        daily=daily,
        monthly=monthly,
        copied_to=read.text("BACKUP_COPIED_TO", ""),
        programs=ROOT / programs if programs else None,
    )


def _bulk_texts(read: Reader, twilio: Twilio | None) -> BulkTexts:
    """Guests cannot answer a sender with letters in it, such as THEANCHOR."""
    typed = read.text("TEXT_PRICE", "")
    try:
        price = Price.read(typed) if typed else None
    except ValueError as problem:
        raise BadSettings(f"TEXT_PRICE is {typed!r}: {problem}") from problem
    return BulkTexts(
        hours=read.hours("BULK_HOURS", "09:00-20:00"),
        days_apart=read.count("BULK_DAYS_APART", 7, most=setting_list.MOST_DAYS_APART),
        price=price,
        can_be_answered=twilio is None or not re.search("[A-Za-z]", twilio.from_number),
    )


def _is_demo(read: Reader) -> bool:
    """Whether every browser is signed in without a password, for trying the product out."""
    typed = read.text("SIGN_IN", "password")
    if typed not in ("password", "demo"):
        raise BadSettings(f"SIGN_IN is {typed!r}: give password or demo")
    if typed == "demo" and any(read.text(name, "") for name in (*TWILIO_VARIABLES, *mail_settings.VARIABLES)):
        raise BadSettings(
            "SIGN_IN is 'demo', which signs everyone in: it cannot be used while texts or e-mails are really sent"
        )
    return typed == "demo"


def _twilio(read: Reader) -> Twilio | None:
    values = {name: read.text(name, "") for name in TWILIO_VARIABLES}
    if not any(values.values()):
        return None
    if not values["TWILIO_ACCOUNT_SID"]:
        raise BadSettings(_incomplete("TWILIO_ACCOUNT_SID"))
    if bool(values["TWILIO_API_KEY"]) != bool(values["TWILIO_API_SECRET"]):
        missing = "TWILIO_API_SECRET" if values["TWILIO_API_KEY"] else "TWILIO_API_KEY"
        raise BadSettings(_incomplete(missing))
    if not values["TWILIO_AUTH_TOKEN"] and not values["TWILIO_API_KEY"]:
        raise BadSettings(_incomplete("TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and TWILIO_API_SECRET)"))
    if not values["TWILIO_FROM"] and not values["TWILIO_MESSAGING_SERVICE_SID"]:
        raise BadSettings(_incomplete("TWILIO_FROM (or TWILIO_MESSAGING_SERVICE_SID)"))
    return Twilio(
        account_sid=values["TWILIO_ACCOUNT_SID"],
        auth_token=values["TWILIO_AUTH_TOKEN"],
        username=values["TWILIO_API_KEY"] or values["TWILIO_ACCOUNT_SID"],
        password=values["TWILIO_API_SECRET"] or values["TWILIO_AUTH_TOKEN"],
        from_number=values["TWILIO_FROM"],
        messaging_service_sid=values["TWILIO_MESSAGING_SERVICE_SID"],
        base_url=read.address("TWILIO_BASE_URL"),
    )


def _incomplete(missing: str) -> str:
    return f"{missing} is missing: set everything that Twilio needs, or none of it to simulate texts"
