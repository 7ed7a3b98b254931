"""The settings of the mail server, from the environment."""

from collections.abc import Collection
from dataclasses import dataclass

from environment import BadSettings, Reader
from venue.customers import emails

VARIABLES = ("SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD", "SMTP_FROM", "SMTP_REPLY_TO", "SMTP_TLS")


@dataclass(frozen=True)
class Smtp:
    """A mail server, the address that e-mails come from, and the one that answers go to if it is another. `mode` is one
    of mail.smtp_gateway.MODES."""

    host: str
    port: int
    username: str
    password: str
    sender: str
    mode: str
    reply_to: str = ""


def smtp(read: Reader, *, local_hosts: Collection[str]) -> Smtp | None:
    """The mail server; None if none is set. Raises BadSettings."""
    values = {name: read.text(name, "") for name in VARIABLES}
    if not any(values.values()):
        return None
    for name in ("SMTP_HOST", "SMTP_FROM"):
        if not values[name]:
            raise BadSettings(f"{name} is missing: set everything for e-mails, or none of it to send texts only")
    if bool(values["SMTP_USER"]) != bool(values["SMTP_PASSWORD"]):
        raise BadSettings("SMTP_USER and SMTP_PASSWORD belong together: set both or neither")
    mode = values["SMTP_TLS"] or "starttls"
    if mode not in ("starttls", "tls", "none"):
        raise BadSettings(f"SMTP_TLS is {mode!r}: give starttls, tls or none")
    if mode == "none" and values["SMTP_HOST"] not in local_hosts:
        raise BadSettings("SMTP_TLS is 'none', which sends e-mails unencrypted: only for a server on this machine")
    sender, reply_to = (_address(name, values[name]) for name in ("SMTP_FROM", "SMTP_REPLY_TO"))
    port = read.count("SMTP_PORT", 465 if mode == "tls" else 587, most=65_535)
    return Smtp(values["SMTP_HOST"], port, values["SMTP_USER"], values["SMTP_PASSWORD"], sender, mode, reply_to)


def _address(name: str, typed: str) -> str:
    try:
        return emails.normalise(typed)
    except ValueError as problem:
        raise BadSettings(f"{name} is {typed!r}: {problem}") from problem
