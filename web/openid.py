"""Sign-in through an OpenID Connect provider like Google, beside passwords.

The provider says which e-mail address a person has; the account with it must exist here. What a started sign-in needs
later (state, nonce and the secret of PKCE) is in a signed cookie of the browser, so that any dashboard can finish it.
"""

import hmac
import logging
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.starlette_client import OAuth, OAuthError
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sign_in_settings import OpenID
from venue import clock
from venue.staff import sign_in
from venue.staff.begin import SignedIn
from web import cookies
from web.access import Access, user_agent
from web.gate import safe_next

log = logging.getLogger(__name__)

START = "/sign-in/openid"
CALLBACK = "/sign-in/openid/callback"
COOKIE = "anchor_openid"
# How long a person may take at the provider.
STATE_SECONDS = 600
TIMEOUT_SECONDS = 10
# A browser drops a cookie of more than 4 KB.
LONGEST_ADDRESS = 1_500

# Why a sign-in failed: the value of `openid` in the address of the sign-in page, and the sentence shown there.
PROBLEMS = {
    "shared": "On a shared tablet, use your PIN or password: its browser may be signed in to {name} as someone else.",
    "cancelled": "Sign-in with {name} was cancelled. Try again, or use your password.",
    "expired": "Sign-in with {name} took too long, or was begun again elsewhere. Try again, or use your password.",
    "unavailable": "Sign-in with {name} does not work at the moment. Use your password, or try again later.",
    "unverified": "{name} has not verified your e-mail address. Verify it there, or use your password.",
    "unknown": "No account here has the e-mail address that you use with {name}. "
    "Use your password, or ask a manager to add the address to your account.",
}


class Failed(Exception):
    """The provider did not say who this is. `problem` is a key of PROBLEMS."""

    def __init__(self, problem: str):
        super().__init__(problem)
        self.problem = problem


def label(openid: OpenID | None) -> str:
    """The label of the link to START; empty when no provider is configured, and there is no link."""
    return f"Sign in with {openid.name}" if openid else ""


def sentence(openid: OpenID | None, problem: str) -> str:
    """The sentence for a key of PROBLEMS; empty for any other value, and when no provider is configured."""
    return PROBLEMS[problem].format(name=openid.name) if openid and problem in PROBLEMS else ""


def routes(access: Access, public_url: str) -> list[Route]:
    """The addresses that send a browser to the provider and take it back; none when no provider is configured.

    A shared tablet is sent back at once. The person who used the provider on it last is still signed in there, so that
    anyone could go on as them.
    """
    openid = access.openid
    if openid is None:
        return []
    provider = _Provider(openid)

    async def start(request: Request) -> Response:
        address = safe_next(request.query_params.get("next", "/"))
        request.session["next"] = address if len(address) <= LONGEST_ADDRESS else "/"
        try:
            await _refuse_tablets(access, request)
            return await provider.redirect(request, f"{public_url or _origin(request)}{CALLBACK}")
        except Failed as failed:
            return _failed(request, failed)

    async def callback(request: Request) -> Response:
        try:
            await _refuse_tablets(access, request)
            email = await provider.verified_email(request)
            signed_in = await run_in_threadpool(_sign_in, access, request, email)
        except Failed as failed:
            return _failed(request, failed)
        return await access.let_in(request, signed_in, safe_next(request.session.pop("next", "/")))

    state_cookie = _state_cookie(openid, secure=public_url.startswith("https:"))
    return [
        Route(START, start, middleware=[state_cookie]),
        Route(CALLBACK, callback, middleware=[state_cookie]),
    ]


class _Provider:
    """The provider, through Authlib, which asks for its addresses and keys when they are first needed.

    Authlib raises many kinds of exceptions for an answer that is missing, malformed or forged. All mean that the
    provider did not say who this is, and are logged by type.
    """

    def __init__(self, openid: OpenID):
        # The issuer as configured, with and without the "/" at the end that some providers have.
        self.expected = {
            "iss": {"essential": True, "values": [openid.issuer, f"{openid.issuer}/"]},
            "aud": {"essential": True, "value": openid.client_id},
        }
        self.client = OAuth().register(
            "openid",
            client_id=openid.client_id,
            client_secret=openid.client_secret,
            server_metadata_url=f"{openid.issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": TIMEOUT_SECONDS},
        )

    async def redirect(self, request: Request, back_to: str) -> Response:
        """Send the browser to the provider. Raises Failed."""
        try:
            # On a shared computer, the provider must not go on with the account that was used last.
            redirect: Response = await self.client.authorize_redirect(request, back_to, prompt="select_account")
        except Exception as error:
            raise _unavailable(error) from error
        return redirect

    async def verified_email(self, request: Request) -> str:
        """The e-mail address of the person that the provider sends back. Raises Failed."""
        try:
            claims = await self._claims(request)
        except MismatchingStateError as error:
            raise Failed("expired") from error
        except OAuthError as error:
            raise (Failed("cancelled") if error.error == "access_denied" else _unavailable(error)) from error
        except Exception as error:
            raise _unavailable(error) from error
        # Some providers send "true" as text.
        if not claims.get("email") or claims.get("email_verified") not in (True, "true"):
            raise Failed("unverified")
        return str(claims["email"])

    async def _claims(self, request: Request) -> dict[str, Any]:
        """What the provider says of the person: in the ID token, or else in its answer about the user."""
        token = await self.client.authorize_access_token(request, claims_options=self.expected)
        claims: dict[str, Any] = token["userinfo"]
        if "email_verified" in claims:
            return claims
        more: dict[str, Any] = await self.client.userinfo(token=token)
        return more if more["sub"] == claims["sub"] else claims


def _state_cookie(openid: OpenID, *, secure: bool) -> Middleware:
    # From a secret that all dashboards have.
    key = hmac.digest(openid.client_secret.encode(), b"cookie of a started sign-in", "sha256").hex()
    return Middleware(
        SessionMiddleware,
        secret_key=key,
        session_cookie=COOKIE,
        max_age=STATE_SECONDS,
        path=START,
        same_site="lax",  # sent when the provider sends the browser back
        https_only=secure,
    )


async def _refuse_tablets(access: Access, request: Request) -> None:
    if await access.is_tablet(request):
        raise Failed("shared")


def _sign_in(access: Access, request: Request, email: str) -> SignedIn:
    try:
        return sign_in.with_email(
            access.transaction,
            email=email,
            device_token=cookies.device_token(request.scope),
            user_agent=user_agent(request),
            now=clock.now(),
            hours=access.hours,
        )
    except sign_in.SignInRefused as error:
        raise Failed("unknown") from error


def _unavailable(error: Exception) -> Failed:
    log.warning("Sign-in through the OpenID provider failed: %s", error)
    return Failed("unavailable")


def _failed(request: Request, failed: Failed) -> Response:
    """Back to the sign-in page, where the password still works."""
    address = safe_next(request.session.pop("next", "/"))
    return RedirectResponse(f"/sign-in?{urlencode({'next': address, 'openid': failed.problem})}", 303)


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
