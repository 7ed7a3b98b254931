"""The door list for printing: a plain page that looks the same on paper and works without JavaScript."""

import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from db.journal import sha256
from venue import bookings, clock, events, tags
from venue.customers.visit_counts import is_forgotten
from venue.errors import NotFound, VenueError
from venue.journal import seals
from venue.profile import Venue, venue_of
from venue.roles import Actor
from venue.rows import GuestRow
from venue.tags import TagRow
from venue.wording import counted, late_in_words
from web import html, tablet_lock

# The Print button is not printed, and is hidden without JavaScript.
STYLE = """
body { font: 12pt/1.4 sans-serif; margin: 1.5rem; color: #000; background: #fff; overflow-wrap: anywhere; }
h1 { font-size: 18pt; margin: 0 0 .25rem; }
p { margin: 0 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #888; padding: .4rem .5rem; text-align: left; vertical-align: top; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.mark { white-space: nowrap; }
.seats { text-align: right; }
.tag { border: 1px solid #000; border-radius: .2rem; padding: 0 .3rem; white-space: nowrap; }
.mark { font-size: 14pt; }
.seal { margin-top: 1rem; }
button { font: inherit; min-height: 44px; padding: .5rem 1.25rem; margin-bottom: 1rem; }
@media print { body { margin: 0; } button { display: none; } }
"""
PRINT = """
const button = document.getElementById("print")
button.hidden = false
button.onclick = () => print()
"""
MARKS = {None: "☐ Not marked", True: "☑ Arrived", False: "☒ No-show"}


def routes(venue: Venue, actor_of: Callable[[Request], Actor]) -> list[Route]:
    def door_list(request: Request) -> Response:
        try:
            with venue.reading(actor_of(request)) as session:
                page = _page(session, venue, request.path_params["id"])
        except NotFound as error:
            return html.message("Not found", str(error), status_code=404, link=("/", "Today"))
        except VenueError as error:
            return html.message("Not allowed", str(error), status_code=403, link=("/", "Today"))
        return page

    return [Route("/events/{id:uuid}/door/print", door_list)]


def _page(session: Session, venue: Venue, event_id: UUID) -> Response:
    event = events.row(session, event_id)
    guests = [row for row in bookings.for_event(session, event_id) if row.seats]
    seats = sum(row.seats for row in guests)
    about = f"{clock.format_instant(event.starts_at, venue.zone)} · {len(guests)} bookings, {seats} seats"
    if event.unnamed_seats:
        about += f", and {counted(event.unnamed_seats, 'walk-in')} without a number"
    if event.cancelled_at is not None:
        about += " · CANCELLED"
    at_door = tags.at_door(session, event_id, today=clock.today(clock.now(), venue.zone))
    knows_marks = not is_forgotten(event.starts_at, now=clock.now())
    listed = _table(guests, at_door, knows_marks) if guests else "<p>No bookings yet.</p>"
    foot = f'<p class="seal">{_as_of(session, venue, event.unnamed_seats, guests)}</p>'
    button = '<button type="button" hidden id="print">Print</button>'
    body = f"{button}\n<h1>{escape(event.name)}</h1>\n<p>{escape(about)}</p>\n{listed}\n{foot}"
    return html.response(f"Door list: {event.name}", body, style=STYLE, script=tablet_lock.script(session) + PRINT)


def _as_of(session: Session, venue: Venue, unnamed_seats: int, guests: Sequence[GuestRow]) -> str:
    """When this was printed, and letters that are the same on two lists only if their guests and marks are the same."""
    listed = [[str(row.id), row.seats, row.arrived, row.arrived_seats, row.notes] for row in guests]
    content = json.dumps([*listed, unnamed_seats] if unnamed_seats else listed)
    words = f"{escape(venue_of(session).name)} · "
    words += f"As of {clock.format_instant(clock.now(), venue.zone)} · List {seals.letters(sha256(content))}"
    seal = seals.latest(session)
    return f"{words} · Journal check letters: {seal.letters}" if seal else words


def _mark(row: GuestRow, knows_marks: bool) -> str:
    if row.arrived and row.arrived_seats not in (None, row.seats):
        return f"{MARKS[True]}: {row.arrived_seats} of {row.seats}"
    if row.arrived is None and row.late_since is not None:
        return f"{MARKS[None]}, {late_in_words(row)}"
    return MARKS[row.arrived if row.arrived or knows_marks else None]


def _table(guests: Sequence[GuestRow], at_door: Mapping[UUID, Sequence[TagRow]], knows_marks: bool) -> str:
    rows = "".join(
        f'<tr><td class="mark">{_mark(row, knows_marks)}</td><td>{escape(f"{row.last_name}, {row.first_name}")}'
        f"{_tags(at_door.get(row.customer_id, ()))}</td>"
        f'<td class="seats">{row.seats}</td><td>{escape(row.notes)}</td></tr>\n'
        for row in guests
    )
    head = '<tr><th>Arrived?</th><th>Name</th><th class="seats">Seats</th><th>Notes</th></tr>'
    return f"<table>\n<thead>{head}</thead>\n<tbody>\n{rows}</tbody>\n</table>"


def _tags(tags: Sequence[TagRow]) -> str:
    """In a frame each, which a printer without colours shows, too."""
    return "".join(f' <strong class="tag">{escape(tag.name)}</strong>' for tag in tags)
