"""The Monday letter for printing: one plain page, which works without JavaScript."""

from collections.abc import Callable
from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from venue import clock
from venue.errors import VenueError
from venue.insight.letter import Letter, Section, letter
from venue.profile import Venue
from venue.roles import Actor
from web import html, tablet_lock
from web.door_list import PRINT

STYLE = """
body { font: 11pt/1.35 sans-serif; margin: 1.5rem auto; max-width: 50rem; padding: 0 1rem; color: #000;
       background: #fff; overflow-wrap: anywhere; }
h1 { font-size: 17pt; margin: 0 0 .1rem; }
h2 { font-size: 12.5pt; margin: .9rem 0 .25rem; break-after: avoid; }
p { margin: 0 0 .35rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #888; padding: .15rem .5rem .15rem 0; text-align: left; vertical-align: top; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
button { font: inherit; min-height: 44px; padding: .5rem 1.25rem; margin-bottom: 1rem; }
@page { size: A4; margin: 14mm; }
@media print { body { font-size: 9.5pt; margin: 0; max-width: none; padding: 0; } button { display: none; } }
"""

MISTYPED = "This link is incomplete or mistyped."


def routes(venue: Venue, actor_of: Callable[[Request], Actor]) -> list[Route]:
    def monday_letter(request: Request) -> Response:
        now = clock.now()
        try:
            week = clock.read_day(request.query_params["week"]) if request.query_params.get("week") else None
        except ValueError:
            return html.message("Not found", MISTYPED, status_code=404, link=("/", "Today"))
        try:
            with venue.reading(actor_of(request)) as session:
                written = letter(session, week=week or clock.today(now, venue.zone), now=now)
                script = tablet_lock.script(session) + PRINT
        except VenueError as error:
            return html.message("Not allowed", str(error), status_code=403, link=("/", "Today"))
        return html.response(written.title, _body(written), style=STYLE, script=script)

    return [Route("/insight/letter", monday_letter)]


def _body(written: Letter) -> str:
    button = '<button type="button" hidden id="print">Print</button>'
    head = f"<h1>{escape(written.title)}</h1>\n<p>{escape(written.as_of)}</p>"
    return "\n".join([f"<main>{button}", head, *map(_section, written.sections), "</main>"])


def _section(section: Section) -> str:
    said = "".join(f"<p>{escape(sentence)}</p>\n" for sentence in section.sentences)
    return f"<h2>{escape(section.heading)}</h2>\n{said}{_table(section) if section.rows else ''}"


def _table(section: Section) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in section.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in section.rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
