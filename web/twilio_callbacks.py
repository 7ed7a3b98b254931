"""Twilio's callbacks: delivery reports and inbound texts. Accepted only with a valid signature."""

import logging
from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from channels.gateway import ProviderMessage
from venue import clock
from venue.delivery import inbound, status_checks
from venue.profile import Venue
from venue.roles import SCHEDULER
from venue.timing import Timing

log = logging.getLogger(__name__)
PREFIX = "/twilio/"
LARGEST_FORM = 64 * 1024

# Whether the signature of a form that was sent to an address is valid: (address, form, signature) → bool.
Signed = Callable[[str, dict[str, str], str], bool]


def routes(venue: Venue, is_signed: Signed, timing: Timing) -> list[Route]:
    """The two addresses that Twilio calls. Without PUBLIC_URL no signature can be checked, so every call is refused."""

    async def status(request: Request) -> Response:
        form = await _signed_form(request, venue, is_signed)
        if form is None:
            return _refused()
        await run_in_threadpool(_take_status, venue, request.path_params["message_id"], form, timing)
        return Response(status_code=204)

    async def incoming(request: Request) -> Response:
        form = await _signed_form(request, venue, is_signed)
        if form is None:
            return _refused()
        await run_in_threadpool(_take_text, venue, form)
        # An empty TwiML answer: no automatic reply.
        return Response("<Response/>", media_type="text/xml")

    return [_route(f"{PREFIX}status/{{message_id:uuid}}", status), _route(f"{PREFIX}incoming", incoming)]


def _route(path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Route:
    return Route(path, endpoint, methods=["POST"])


async def _signed_form(request: Request, venue: Venue, is_signed: Signed) -> dict[str, str] | None:
    length = request.headers.get("content-length", "")
    if not venue.public_url or not length.isdecimal() or int(length) > LARGEST_FORM:
        return None
    form = {name: str(value) for name, value in (await request.form()).items()}
    query = f"?{request.url.query}" if request.url.query else ""
    address = f"{venue.public_url}{request.url.path}{query}"
    return form if is_signed(address, form, request.headers.get("x-twilio-signature", "")) else None


def _refused() -> Response:
    log.warning("Refused a callback without a valid signature")
    return PlainTextResponse("This is not signed by Twilio.", 403)


def _take_status(venue: Venue, message_id: UUID, form: dict[str, str], timing: Timing) -> None:
    provider_id, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if provider_id and status:
        with venue.transaction(SCHEDULER) as session:
            status_checks.record_callback(
                session,
                message_id,
                provider_id=provider_id,
                status=status,
                error_code=form.get("ErrorCode") or None,
                timing=timing,
                now=clock.now(),
            )


def _take_text(venue: Venue, form: dict[str, str]) -> None:
    now = clock.now()
    text = ProviderMessage(
        provider_id=form.get("MessageSid", ""),
        to=form.get("To", ""),
        body=form.get("Body", ""),
        status="received",
        direction="inbound",
        created_at=now,
        error_code=None,
        from_=form.get("From", ""),
    )
    if text.provider_id and text.from_:
        with venue.transaction(SCHEDULER) as session:
            inbound.store(session, text, now=now)
