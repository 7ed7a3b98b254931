"""The settings of the OpenID Connect provider, from the environment."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from environment import BadSettings, Reader

VARIABLES = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")


@dataclass(frozen=True)
class OpenID:
    """An OpenID Connect provider, and what it calls this application. Staff read its `name`, like Google."""

    issuer: str
    client_id: str
    client_secret: str
    name: str


def openid(read: Reader, *, is_on_this_machine: Callable[[str], bool]) -> OpenID | None:
    """The provider; None if none is set. Raises BadSettings."""
    issuer = read.address("OIDC_ISSUER")
    values = {name: read.text(name, "") for name in (*VARIABLES, "OIDC_NAME")}
    if not any(values.values()):
        return None
    for name in VARIABLES:
        if not values[name]:
            raise BadSettings(f"{name} is missing: set everything for sign-in through OpenID, or none of it")
    if not issuer.startswith("https:") and not is_on_this_machine(issuer):
        raise BadSettings(f"OIDC_ISSUER is {issuer!r}: give an address that begins with https://")
    name = values["OIDC_NAME"] or urlsplit(issuer).hostname or issuer
    return OpenID(issuer, values["OIDC_CLIENT_ID"], values["OIDC_CLIENT_SECRET"], name)
