"""To whom a bulk text can go: everyone, a saved view, a tag, the guests of an event, or the filter of the list."""

import json
from collections.abc import Mapping

from pages.customers.filters import labels
from pages.parts.context import actor, now, reading
from pages.parts.format import day
from venue import events, tags, views
from venue.customers.filters import CustomerFilter

EVERYONE = "All customers"


def choices(*, besides: Mapping[str, str] | None = None) -> dict[str, str]:
    """Filters of the list, as JSON, with what each is called. `besides` is one more, which is the first."""
    found = {} if besides is None else {as_json(besides): in_words(besides)}
    with reading(actor()) as session:
        found.setdefault(as_json({}), EVERYONE)
        for view in views.listed(session):
            query = {key: value for key, value in view.query.items() if key != "sort"}
            found.setdefault(as_json(query), f"View: {view.name}")
        for tag in tags.every(session):
            found.setdefault(as_json({"tag": str(tag.id)}), f"Tag: {tag.name}")
        for event in events.nearest_first(session, now=now()):
            found.setdefault(as_json({"event": str(event.id)}), f"Booked for {event.name}, {day(event.starts_at)}")
    return found


def as_json(query: Mapping[str, str]) -> str:
    return json.dumps(dict(query), ensure_ascii=False)


def in_words(query: Mapping[str, str]) -> str:
    """The filter as the list shows it: "‘smi’, VIP"."""
    where = CustomerFilter.from_query(query, skip_unreadable=True)
    searched = [f"‘{where.words}’"] if where.words else []
    return ", ".join([*searched, *labels(where).values()]) or EVERYONE
