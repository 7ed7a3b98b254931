"""Lists as CSV, streamed, so that they are never in memory as a whole."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from venue import clock, events, exports
from venue.customers import CustomerFilter
from venue.errors import ConfirmFirst, Invalid, NotFound, VenueError
from venue.profile import Venue
from venue.roles import Actor
from web import html

Rows = Callable[[Session], Iterator[bytes]]
Note = Callable[[Session], None]


def routes(venue: Venue, actor_of: Callable[[Request], Actor]) -> list[Route]:
    def customers(request: Request) -> Response:
        try:
            where = CustomerFilter.from_query(request.query_params)
        except Invalid:
            return PlainTextResponse("This link is incomplete or mistyped. Go back to the list and try again.", 400)
        return answer(
            request,
            "customers",
            lambda session: exports.customers_csv(session, where=where, now=clock.now()),
            lambda session: exports.note_customers(session, where, now=clock.now()),
        )

    def guests(request: Request) -> Response:
        try:
            event_id = UUID(request.query_params.get("event_id", ""))
        except ValueError:
            return PlainTextResponse("This link is incomplete or mistyped. Go back to the event and try again.", 400)
        return answer(
            request,
            "guests",
            lambda session: exports.guests_csv(session, events.get(session, event_id)),
            lambda session: exports.note_guests(session, event_id, now=clock.now()),
        )

    def answer(request: Request, name: str, rows: Rows, note: Note) -> Response:
        actor = actor_of(request)
        lines = _read(venue, actor, rows)
        try:
            first = next(lines, b"")  # Errors must be raised before the response starts.
            with venue.transaction(actor) as session:
                note(session)
        except NotFound as error:
            return html.message("Not found", str(error), status_code=404, link=("/", "Today"))
        except ConfirmFirst:
            address = f"{request.url.path}?{request.url.query}"
            return RedirectResponse(f"/confirm?{urlencode({'next': address})}", 303)
        except VenueError as error:
            return html.message("Not allowed", str(error), status_code=403, link=("/", "Today"))
        filename = f"{name}-{clock.today(clock.now(), venue.zone):%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"}
        return StreamingResponse(_chained(first, lines), media_type="text/csv; charset=utf-8", headers=headers)

    return [Route("/download/customers.csv", customers), Route("/download/guests.csv", guests)]


def _read(venue: Venue, actor: Actor, rows: Rows) -> Iterator[bytes]:
    """The lines, read in one transaction that lasts as long as the download."""
    with venue.reading_at_length(actor) as session:
        yield from rows(session)


def _chained(first: bytes, lines: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from lines
