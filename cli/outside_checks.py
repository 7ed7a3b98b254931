"""The checks of `doctor` of what is outside: our public address, the mail server, sign-in through a provider."""

import json
import socket
import ssl
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.parse import urlsplit

import settings
from cli.finding import Finding
from settings import Settings
from sign_in_settings import OpenID

TIMEOUT = 5.0
# Certificates are renewed 30 days before they expire; two weeks later this has failed more than once.
EXPIRES_SOON = timedelta(days=14)
_FAILURES = (OSError, ValueError)


def findings(loaded: Settings, *, now: datetime) -> Iterator[Finding]:
    """Whether each address in the settings answers as it should, seen from this machine."""
    if loaded.public_url:
        yield _public_url(loaded.public_url)
        if loaded.public_url.startswith("https:"):
            yield from _certificate(loaded.public_url, now)
    if loaded.smtp is not None:
        yield _mail_server(loaded)
    if loaded.openid is not None:
        yield _openid(loaded.openid)


def _public_url(url: str) -> Finding:
    try:
        answer = _read(f"{url}/healthz")
    except _FAILURES as problem:
        words = f"PUBLIC_URL, {url}, does not answer here: {_words(problem)}. Twilio reports deliveries there"
        return Finding(False, words)
    if answer.strip() != b"ok":
        return Finding(False, f"PUBLIC_URL, {url}, is answered by something else than this dashboard")
    return Finding(True, "PUBLIC_URL leads to a dashboard")


def _certificate(url: str, now: datetime) -> Iterator[Finding]:
    """Nothing when it cannot be had, which `_public_url` tells of."""
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or 443)
    try:
        with (
            socket.create_connection(address, TIMEOUT) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname) as connection,
        ):
            ends = str((connection.getpeercert() or {})["notAfter"])
    except (*_FAILURES, KeyError):
        return
    ends_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)
    if ends_at - now < EXPIRES_SOON:
        yield Finding(False, f"The certificate of PUBLIC_URL expires on {ends_at:%-d %B %Y}: renew it")
    else:
        yield Finding(True, f"The certificate of PUBLIC_URL is valid until {ends_at:%-d %B %Y}")


def _mail_server(loaded: Settings) -> Finding:
    problem = settings.mail_server_problem(loaded)
    if problem:
        return Finding(False, f"{problem}: check the SMTP_ settings")
    return Finding(True, "The mail server accepts us")


def _openid(openid: OpenID) -> Finding:
    try:
        found = json.loads(_read(f"{openid.issuer}/.well-known/openid-configuration"))
    except _FAILURES as problem:
        return Finding(False, f"Staff cannot sign in through {openid.name}: OIDC_ISSUER: {_words(problem)}")
    if not isinstance(found, dict) or str(found.get("issuer", "")).rstrip("/") != openid.issuer:
        return Finding(False, f"Staff cannot sign in through {openid.name}: OIDC_ISSUER is not what the provider says")
    return Finding(True, f"{openid.name}, through which staff sign in, answers")


def _read(url: str) -> bytes:
    """The beginning of what an address answers. Raises OSError or ValueError."""
    with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310 # nosec B310 # settings check it
        return bytes(answer.read(1_000_000))


def _words(problem: Exception) -> str:
    if isinstance(problem, HTTPError):
        return f"status {problem.code}"
    reason = getattr(problem, "reason", problem)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({reason.verify_message})"
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    return getattr(reason, "strerror", None) or type(reason).__name__
