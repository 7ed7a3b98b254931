"""Lists as CSV and Excel files, streamed, so that they are never in memory as a whole."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from venue import clock, exports, privacy
from venue.acts import Act
from venue.bulk import addresses
from venue.customers import CustomerFilter
from venue.errors import ConfirmFirst, Invalid, NotFound, VenueError
from venue.events import EventFilter, When
from venue.exports import Export, Format
from venue.imports import runs
from venue.insight import tables
from venue.messages.filters import MessageFilter
from venue.profile import Venue
from venue.roles import Actor
from web import html

MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MISTYPED = "This link is incomplete or mistyped. Go back to the list and try again."
Query = Mapping[str, str]


@dataclass(frozen=True)
class Download:
    """What an address asks for. `facts` are what the journal says about it."""

    act: Act
    parts: Callable[[Session, Format], Iterator[bytes]]
    facts: Mapping[str, Any] = field(default_factory=dict)


def routes(venue: Venue, actor_of: Callable[[Request], Actor]) -> list[Route]:
    def route(name: str, read: Callable[[Query], Download], file_format: Format) -> Route:
        def answer(request: Request) -> Response:
            try:
                download = read(request.query_params)
            except (Invalid, ValueError):
                return PlainTextResponse(MISTYPED, 400)
            return _answer(venue, actor_of(request), request, name, download, file_format)

        return Route(f"/download/{name}.{file_format.value}", answer)

    def person(request: Request) -> Response:
        return _answer_person(venue, actor_of(request), request)

    lists = [route(name, read, file_format) for name, read in LISTS.items() for file_format in Format]
    return [*lists, Route("/download/person.zip", person)]


def _answer(
    venue: Venue, actor: Actor, request: Request, name: str, download: Download, file_format: Format
) -> Response:
    parts = _read(venue, actor, download, file_format)
    try:
        first = next(parts, b"")  # Errors must be raised before the response starts.
        with venue.transaction(actor) as session:
            exports.note(session, download.act, file_format=file_format, now=clock.now(), **download.facts)
    except VenueError as error:
        return _refusal(error, request)
    headers = _headers(venue, name, file_format.value)
    return StreamingResponse(_chained(first, parts), media_type=MEDIA_TYPES[file_format], headers=headers)


def _answer_person(venue: Venue, actor: Actor, request: Request) -> Response:
    """The archive with everything that is held about one customer."""
    try:
        customer_id = UUID(request.query_params.get("id", ""))
    except ValueError:
        return PlainTextResponse("This link is incomplete or mistyped. Go back to the customer and try again.", 400)
    try:
        with venue.reading_at_length(actor) as session:
            content = privacy.archive(session, customer_id, now=clock.now())
        with venue.transaction(actor) as session:
            privacy.note_archive(session, customer_id, now=clock.now())
    except VenueError as error:
        return _refusal(error, request)
    return Response(content, media_type="application/zip", headers=_headers(venue, "what-we-hold", "zip"))


def _refusal(error: VenueError, request: Request) -> Response:
    if isinstance(error, ConfirmFirst):
        address = f"{request.url.path}?{request.url.query}"
        return RedirectResponse(f"/confirm?{urlencode({'next': address})}", 303)
    heading, status = "Not allowed", 403
    if isinstance(error, NotFound):
        heading, status = "Not found", 404
    elif isinstance(error, Invalid):
        heading, status = "Too large", 400
    return html.message(heading, str(error), status_code=status, link=("/", "Today"))


def _headers(venue: Venue, name: str, ending: str) -> dict[str, str]:
    filename = f"{name}-{clock.today(clock.now(), venue.zone):%Y-%m-%d}.{ending}"
    return {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"}


def _read(venue: Venue, actor: Actor, download: Download, file_format: Format) -> Iterator[bytes]:
    """The file, read in one transaction that lasts as long as the download."""
    with venue.reading_at_length(actor) as session:
        yield from download.parts(session, file_format)


def _chained(first: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from parts


def _list(act: Act, export: Callable[[Session], Export], facts: Mapping[str, Any] | None = None) -> Download:
    return Download(act, lambda session, file_format: exports.write(export(session), file_format), facts or {})


def _customers(query: Query) -> Download:
    where = CustomerFilter.from_query(query)
    sort, descending = query.get("sort", "name"), query.get("descending") == "true"
    return _list(
        Act.CUSTOMERS_EXPORTED,
        lambda session: exports.customer_list(session, where=where, sort=sort, descending=descending, now=clock.now()),
        {"filters": sorted(where.in_use())},
    )


def _selected_customers(query: Query) -> Download:
    """Those who were selected in the list, as long as they are the same ones."""
    selection, fingerprint = addresses.from_query(query), query.get(addresses.CHOSEN, "")
    sort, descending = query.get("sort", "name"), query.get("descending") == "true"

    def export(session: Session) -> Export:
        addresses.require_same(session, selection, fingerprint, now=clock.now())
        return exports.customer_list(session, chosen=selection, sort=sort, descending=descending, now=clock.now())

    return _list(Act.CUSTOMERS_EXPORTED, export, {"filters": ["selected"]})


def _events(query: Query) -> Download:
    when, where = When(query["when"]) if query.get("when") else None, EventFilter.from_query(query)
    return _list(
        Act.EVENTS_EXPORTED,
        lambda session: exports.event_list(session, when=when, where=where, now=clock.now()),
        {"filters": [*(["when"] if when else []), *sorted(where.in_use())]},
    )


def _bookings(_query: Query) -> Download:
    return _list(Act.BOOKINGS_EXPORTED, exports.booking_list)


def _guests(query: Query) -> Download:
    event_id = UUID(query.get("event_id", ""))
    return _list(
        Act.GUESTS_EXPORTED,
        lambda session: exports.booking_list(session, event_id=event_id),
        {"event_id": str(event_id)},
    )


def _messages(query: Query) -> Download:
    where = MessageFilter.from_query(query)
    return _list(
        Act.TEXTS_EXPORTED,
        lambda session: exports.message_list(session, where),
        {"filters": sorted(where.in_use())},
    )


def _journal(query: Query) -> Download:
    filters = _in_use(
        query,
        staff_id=("staff_id", UUID),
        act=("act", Act),
        day=("day", clock.read_day),
        customer_id=("customer_id", UUID),
        event_id=("event_id", UUID),
        booking_id=("booking_id", UUID),
        template=("template", str),
    )
    return _list(
        Act.JOURNAL_EXPORTED,
        lambda session: exports.journal_list(session, **filters),
        {"filters": sorted(filters)},
    )


def _insight(query: Query) -> Download:
    chart = query.get("chart", "")
    return _list(
        Act.INSIGHT_EXPORTED,
        lambda session: tables.export(session, chart, query, now=clock.now()),
        {"filters": [chart]} if chart in tables.CHARTS else {},
    )


def _refused(query: Query) -> Download:
    import_id = UUID(query.get("import_id", ""))
    return Download(
        Act.REFUSED_ROWS_EXPORTED,
        lambda session, file_format: runs.refused_rows(session, import_id, file_format.value),
    )


def _in_use(query: Query, **readers: tuple[str, Callable[[str], Any]]) -> dict[str, Any]:
    """The filters that the query sets. Each reader is its key in the query, and the function that reads the value."""
    return {name: read(query[key]) for name, (key, read) in readers.items() if query.get(key)}


# The part of each address before its ending, and the function that reads its query. It raises ValueError or Invalid for
# a mistyped one.
LISTS: dict[str, Callable[[Query], Download]] = {
    "customers": _customers,
    "selected-customers": _selected_customers,
    "events": _events,
    "bookings": _bookings,
    "guests": _guests,
    "messages": _messages,
    "journal": _journal,
    "insight": _insight,
    "refused": _refused,
}
