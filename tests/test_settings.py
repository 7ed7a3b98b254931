"""A configuration that cannot be used is refused at start, in one sentence that names the variable."""

import json
import os
import subprocess
import sys
from datetime import time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

import settings
from db.session import open_database
from environment import BadSettings
from mail.simulated_gateway import SimulatedMailGateway
from mail.smtp_gateway import SmtpGateway
from sms.simulated_gateway import SimulatedGateway
from tests import command_line
from tests.fakes.servers import closed_port
from venue.clock import Hours

ROOT = Path(__file__).parent.parent
TWILIO = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "secret", "TWILIO_FROM": "+447700900999"}


def test_nothing_set_is_a_pub_in_london_whose_texts_are_simulated() -> None:
    loaded = settings.load({})
    assert loaded.database_url == f"sqlite:///{ROOT / 'data/anchor.db'}"
    assert loaded.venue_name == "The Anchor"
    assert str(loaded.zone) == "Europe/London"
    assert loaded.region == "GB"
    assert loaded.hours == Hours(time(9), time(21))
    assert loaded.twilio is None
    assert isinstance(settings.open_gateway(loaded), SimulatedGateway)


def test_every_command_knows_the_configured_timing(new_database) -> None:
    given = {"DATABASE_URL": new_database("sqlite"), "POLL_SECONDS": "5,50"}
    venue = settings.open_venue(settings.load(given))
    assert venue.timing.polls == (timedelta(seconds=5), timedelta(seconds=50))


def test_an_empty_variable_counts_as_not_set() -> None:
    assert settings.load({"VENUE_TIMEZONE": "", "SENDING_HOURS": " ", **dict.fromkeys(TWILIO, "")}) == settings.load({})


@pytest.mark.parametrize("missing", TWILIO)
def test_half_of_twilio_names_what_is_missing(missing: str) -> None:
    with pytest.raises(BadSettings, match=f"{missing}.* missing"):
        settings.load({name: value for name, value in TWILIO.items() if name != missing})


@pytest.mark.parametrize(
    ("given", "missing"), [("TWILIO_API_KEY", "TWILIO_API_SECRET"), ("TWILIO_API_SECRET", "TWILIO_API_KEY")]
)
def test_half_an_api_key_names_the_other_half(given: str, missing: str) -> None:
    with pytest.raises(BadSettings, match=f"{missing} is missing"):
        settings.load({**TWILIO, given: "x"})


def test_a_whole_account_sends() -> None:
    loaded = settings.load({**TWILIO, "TWILIO_BASE_URL": "http://localhost:9000/"}).twilio
    assert loaded is not None
    assert (loaded.username, loaded.password) == ("AC1", "secret")
    assert loaded.base_url == "http://localhost:9000"


def test_an_api_key_signs_in_instead_of_the_account() -> None:
    given = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_API_KEY": "SK1", "TWILIO_API_SECRET": "s"}
    loaded = settings.load({**given, "TWILIO_MESSAGING_SERVICE_SID": "MG1"}).twilio
    assert loaded is not None
    assert (loaded.username, loaded.password, loaded.auth_token) == ("SK1", "s", "")


OPENID = {"OIDC_ISSUER": "https://accounts.google.com", "OIDC_CLIENT_ID": "desk", "OIDC_CLIENT_SECRET": "secret"}


@pytest.mark.parametrize("missing", OPENID)
def test_half_of_an_openid_provider_names_what_is_missing(missing: str) -> None:
    with pytest.raises(BadSettings, match=f"{missing} is missing"):
        settings.load({name: value for name, value in OPENID.items() if name != missing})
    with pytest.raises(BadSettings, match="OIDC_ISSUER is missing"):
        settings.load({"OIDC_NAME": "Google"})


def test_an_openid_provider_without_a_name_is_called_by_its_host() -> None:
    loaded = settings.load(OPENID).openid
    assert loaded is not None
    assert loaded.name == "accounts.google.com"


def test_an_openid_provider_is_reached_over_https() -> None:
    with pytest.raises(BadSettings, match=r"OIDC_ISSUER.* https://"):
        settings.load({**OPENID, "OIDC_ISSUER": "http://accounts.example.com"})


REFUSED = [
    ("VENUE_TIMEZONE", "Europe/Londn"),
    ("VENUE_TIMEZONE", "Europe"),
    ("VENUE_TIMEZONE", "../etc/passwd"),
    ("VENUE_TIMEZONE", "GMT+25"),
    ("VENUE_REGION", "XX"),
    ("VENUE_REGION", "England"),
    ("SENDING_HOURS", "9-21"),
    ("SENDING_HOURS", "21:00-09:00"),
    ("SENDING_HOURS", "09:00-09:00"),
    ("SENDING_HOURS", "09:00-25:00"),
    ("SENDING_HOURS", "00:00-00:00"),
    ("SENDING_HOURS", "always"),
    ("REMINDERS_AT", "6pm"),
    ("REMINDERS_AT", "24:00"),
    ("PUBLIC_URL", "desk.example.com"),
    ("PUBLIC_URL", "ftp://desk.example.com"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "http://[desk"),
    ("OIDC_ISSUER", "accounts.google.com"),
    ("SMS_PER_SECOND", "0"),
    ("SMS_PER_SECOND", "-1"),
    ("SMS_PER_DAY", "many"),
    ("SMS_CONCURRENCY", "1.5"),
    ("TICK_SECONDS", "0"),
    ("TICK_SECONDS", "nan"),
    ("TICK_SECONDS", "inf"),
    ("LEASE_SECONDS", "two minutes"),
    ("POLL_SECONDS", "30,,120"),
    ("POLL_SECONDS", "30,-1"),
    ("LOG_LEVEL", "LOUD"),
    ("LOG_FORMAT", "xml"),
    ("PING_URL", "hc-ping.com/1"),
    ("METRICS_TOKEN", "too-short"),
    ("METRICS_TOKEN", "two words, and long enough"),
    ("SIGN_IN_HOURS", "721"),
    ("SIGN_IN_HOURS", "0"),
    ("TABLET_LOCK_MINUTES", "-3"),
    ("TABLET_LOCK_MINUTES", "61"),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_value_that_makes_no_sense_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=name):
        settings.load({name: value})


def test_reminders_have_a_time_of_day_of_their_own_if_one_is_set() -> None:
    assert settings.load({}).reminders_at is None
    assert settings.load({"REMINDERS_AT": " 18:00"}).reminders_at == time(18)


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("00:00-24:00", None),
        ("09:00-24:00", Hours(time(9), time(0))),
        ("08:30 - 20:15", Hours(time(8, 30), time(20, 15))),
        ("00:00-12:00", Hours(time(0), time(12))),
    ],
)
def test_sending_hours_are_read(typed: str, hours: Hours | None) -> None:
    assert settings.load({"SENDING_HOURS": typed}).hours == hours


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"SEND_CONNECT_TIMEOUT_SECONDS": "20"}, "SEND_WATCHDOG_SECONDS"),
        ({"SEND_READ_TIMEOUT_SECONDS": "41"}, "SEND_WATCHDOG_SECONDS"),
        ({"SEND_WATCHDOG_SECONDS": "115"}, "less than LEASE_SECONDS"),
        ({"SEND_DEADLINE_SECONDS": "75"}, "less than LEASE_SECONDS"),
        ({"LEASE_SECONDS": "50"}, "less than LEASE_SECONDS"),
        ({"LEASE_SECONDS": "600"}, "less than SETTLE_SECONDS"),
        ({"SETTLE_SECONDS": "120"}, "less than SETTLE_SECONDS"),
        ({"LOOK_INTERVAL_SECONDS": "50"}, "less than LOOK_INTERVAL_SECONDS"),
    ],
)
def test_a_lease_outlives_every_call_settling_every_lease_and_each_look_what_wakes_before_it(
    changed: dict[str, str], words: str
) -> None:
    with pytest.raises(BadSettings, match=words):
        settings.load(changed)


def test_times_scale_down_together_for_tests() -> None:
    names = ("SEND_DEADLINE", "SEND_CONNECT_TIMEOUT", "SEND_READ_TIMEOUT", "SEND_WATCHDOG", "LEASE", "SETTLE")
    scaled = {f"{name}_SECONDS": str(s / 100) for name, s in zip(names, (5, 5, 30, 45, 120, 600), strict=True)}
    timing = settings.load({**scaled, "POLL_SECONDS": "0.3, 1.2"}).timing
    assert timing.lease == timedelta(seconds=1.2)
    assert timing.polls == (timedelta(seconds=0.3), timedelta(seconds=1.2))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("sqlite:///data/x.db", f"sqlite:///{ROOT / 'data/x.db'}"),
        ("sqlite:////var/lib/x.db", "sqlite:////var/lib/x.db"),
        ("postgresql://localhost/anchor", "postgresql://localhost/anchor"),
    ],
)
def test_a_relative_file_lies_beside_the_code(given: str, kept: str) -> None:
    assert settings.load({"DATABASE_URL": given}).database_url == kept


# The process itself


def scheduler_once(**environ: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "VENUE_"))}
    return subprocess.run(
        [sys.executable, "scheduler.py", "--once"],
        cwd=ROOT,
        env={**clean, **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_migrated_database_starts(database_url: str) -> None:
    ended = scheduler_once(DATABASE_URL=database_url)
    assert ended.stderr == ""
    assert ended.returncode == 0


def test_a_half_filled_configuration_does_not_start(tmp_path: Path) -> None:
    ended = scheduler_once(DATABASE_URL=f"sqlite:///{tmp_path / 'a.db'}", TWILIO_ACCOUNT_SID="AC1")
    assert_refused(ended.returncode, ended.stdout, ended.stderr, "TWILIO_AUTH_TOKEN")


def assert_refused(status: int, output: str, errors: str, words: str) -> None:
    assert (status, output) == (2, "")
    assert words in errors
    assert len(errors.splitlines()) == 1


def assert_does_not_start(url: str, words: str, **environ: str) -> None:
    """As such a process would, but in this one."""
    ended = command_line.run_scheduler("--once", url=url, **environ)
    assert_refused(ended.exit_code, ended.stdout, ended.stderr, words)


def test_an_unknown_zone_does_not_start(tmp_path: Path) -> None:
    zone = "Mars/Olympus"
    assert_does_not_start(f"sqlite:///{tmp_path / 'a.db'}", f"VENUE_TIMEZONE is '{zone}'", VENUE_TIMEZONE=zone)


@pytest.mark.parametrize("url", ["postgresql://127.0.0.1:1/anchor", "sqlite:////proc/anchor/a.db", "anchor.db"])
def test_an_unreachable_database_does_not_start(url: str) -> None:
    assert_does_not_start(url, "Error: ")


NO_START = [
    (["scheduler.py", "--once"], "scheduler", {}, "The database is empty"),
    (["-m", "streamlit", "run", "app.py"], "dashboard", {}, "The database is empty"),
    (["scheduler.py"], "scheduler", {"VENUE_TIMEZONE": "Mars/Olympus"}, "VENUE_TIMEZONE is 'Mars/Olympus'"),
]


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(("command", "process", "more", "words"), NO_START)
def test_in_json_it_is_a_line_too_why_a_process_does_not_start(
    empty_database_url: str, command: list[str], process: str, more: dict[str, str], words: str
) -> None:
    environ = {**os.environ, "DATABASE_URL": empty_database_url, "LOG_FORMAT": "json", **more}
    environ["STREAMLIT_SERVER_PORT"] = str(closed_port())
    ended = subprocess.run([sys.executable, *command], cwd=ROOT, env=environ, capture_output=True, text=True)
    (line,) = map(json.loads, ended.stderr.splitlines())
    assert (ended.returncode, line["level"], line["process"]) == (2, "CRITICAL", process)
    assert line["message"].startswith(words)


def test_an_empty_database_does_not_start(empty_database_url: str) -> None:
    assert_does_not_start(empty_database_url, "The database is empty")


def test_a_newer_database_does_not_start(database_url: str) -> None:
    with open_database(database_url).engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert_does_not_start(database_url, "The database is newer")


def test_the_venue_is_what_was_configured(database_url: str) -> None:
    venue = settings.open_venue(
        settings.load({"DATABASE_URL": database_url, "VENUE_NAME": "The Crown", "VENUE_PHONE": "01632 1"})
    )
    assert (venue.name, venue.phone, venue.simulated) == ("The Crown", "01632 1", True)


@pytest.mark.parametrize(
    ("base_url", "kept"),
    [
        ("http://127.0.0.1:4010", True),
        ("http://localhost:4010/twilio", True),
        ("", False),
        ("https://sms.example", False),
    ],
)
def test_made_up_numbers_are_kept_only_where_no_text_can_reach_a_person(
    tmp_path: Path, base_url: str, kept: bool
) -> None:
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/a.db", "TWILIO_BASE_URL": base_url, **TWILIO}

    venue = settings.open_venue(settings.load(environ), check=False)

    assert (venue.fictional_numbers, venue.simulated) == (kept, False)


KEY = {"TWILIO_API_KEY": "SK1", "TWILIO_API_SECRET": "s"}
KEY_ALONE = {**TWILIO, **KEY, "TWILIO_AUTH_TOKEN": ""}


@pytest.mark.parametrize(
    ("twilio", "told"), [(TWILIO, True), ({**TWILIO, **KEY}, True), (KEY_ALONE, False), ({}, False)]
)
def test_twilio_is_told_where_to_call_only_where_its_signature_can_be_checked(
    twilio: dict[str, str], told: bool, tmp_path: Path
) -> None:
    here = {"PUBLIC_URL": "https://desk.example.com", "DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}"}
    loaded = settings.load({**twilio, **here})
    venue = settings.open_venue(loaded, check=False)
    assert venue.public_url == ("https://desk.example.com" if told else "")
    assert (settings.open_signature_check(loaded) is not None) == told


def test_the_dashboard_is_known_by_its_local_names_its_public_one_and_those_that_are_listed() -> None:
    given = {"PUBLIC_URL": "https://Desk.example.com:8443", "ALLOWED_HOSTS": "Anchor.local, 192.168.1.10,[fd00::1]"}
    expected = {"localhost", "127.0.0.1", "::1", "desk.example.com", "anchor.local", "192.168.1.10", "fd00::1"}
    assert settings.load(given).hosts == expected
    assert settings.load({}).hosts == {"localhost", "127.0.0.1", "::1"}


@pytest.mark.parametrize("typed", ["https://desk.example.com", "desk.example.com:8501", "a b", "*"])
def test_a_host_is_a_bare_name(typed: str) -> None:
    with pytest.raises(BadSettings, match=r"ALLOWED_HOSTS has .*: give host names"):
        settings.load({"ALLOWED_HOSTS": typed})


def test_trusted_proxies_are_addresses_or_networks() -> None:
    proxies = settings.load({"TRUSTED_PROXIES": "127.0.0.1, ::1, 10.0.0.0/8"}).trusted_proxies
    assert list(map(str, proxies)) == ["127.0.0.1/32", "::1/128", "10.0.0.0/8"]
    with pytest.raises(BadSettings, match="TRUSTED_PROXIES is 'caddy': give addresses"):
        settings.load({"TRUSTED_PROXIES": "caddy"})


def test_everyone_is_signed_in_only_by_the_demo_and_only_while_texts_are_simulated() -> None:
    assert not settings.load({}).is_demo
    assert settings.load({"SIGN_IN": "demo"}).is_demo
    with pytest.raises(BadSettings, match="SIGN_IN is 'demo', which signs everyone in"):
        settings.load({"SIGN_IN": "demo", **TWILIO})
    with pytest.raises(BadSettings, match="SIGN_IN is 'none': give password or demo"):
        settings.load({"SIGN_IN": "none"})


def test_backups_are_made_where_and_when_the_environment_says(tmp_path: Path) -> None:
    given = {"BACKUP_FOLDER": str(tmp_path), "BACKUP_AT": "03:30", "BACKUP_KEEP": "7, 0", "PG_BIN": "/opt/pg/bin"}
    plan = settings.load(given).backups
    assert (plan.folder, plan.at, plan.daily, plan.monthly) == (tmp_path, time(3, 30), 7, 0)
    assert plan.programs == Path("/opt/pg/bin")
    assert settings.load({}).backups.folder is None
    assert settings.load({"BACKUP_FOLDER": "data/backups"}).backups.folder == ROOT / "data/backups"


@pytest.mark.parametrize("typed", ["14", "0,12", "x,1", "1,2,3"])
def test_a_number_of_backups_that_cannot_be_read_names_the_variable(typed: str) -> None:
    with pytest.raises(BadSettings, match=r"BACKUP_KEEP is .*give two whole numbers like 14,12"):
        settings.load({"BACKUP_KEEP": typed})


SMTP = {"SMTP_HOST": "mail.example.com", "SMTP_FROM": "Bookings@Example.com"}


def test_a_mail_server_sends_e_mails_encrypted() -> None:
    loaded = settings.load({**TWILIO, **SMTP, "SMTP_REPLY_TO": "bar@example.com"})
    assert loaded.smtp is not None
    assert (loaded.smtp.port, loaded.smtp.mode, settings.email_from(loaded)) == (
        587,
        "starttls",
        "Bookings@example.com",
    )
    assert loaded.smtp.reply_to == "bar@example.com"
    assert isinstance(settings.open_mail_gateway(loaded), SmtpGateway)


def test_without_a_mail_server_no_e_mails_are_sent_or_none_really() -> None:
    real, simulated = settings.load(TWILIO), settings.load({})
    assert (settings.email_from(real), settings.open_mail_gateway(real)) == ("", None)
    assert isinstance(settings.open_mail_gateway(simulated), SimulatedMailGateway)


@pytest.mark.parametrize(
    ("over", "names"),
    [
        ({"SMTP_HOST": ""}, "SMTP_HOST is missing"),
        ({"SMTP_FROM": ""}, "SMTP_FROM is missing"),
        ({"SMTP_FROM": "bookings"}, "SMTP_FROM is 'bookings'"),
        ({"SMTP_REPLY_TO": "bar"}, "SMTP_REPLY_TO is 'bar'"),
        ({"SMTP_USER": "me"}, "SMTP_USER and SMTP_PASSWORD belong together"),
        ({"SMTP_TLS": "yes"}, "SMTP_TLS is 'yes'"),
        ({"SMTP_TLS": "none"}, "only for a server on this machine"),
        ({"SMTP_PORT": "0"}, "SMTP_PORT is '0'"),
        ({"SIGN_IN": "demo"}, "SIGN_IN is 'demo'"),
    ],
)
def test_a_mail_server_that_cannot_be_used_is_refused_in_words(over: dict[str, str], names: str) -> None:
    with pytest.raises(BadSettings, match=names):
        settings.load({**SMTP, **over})
