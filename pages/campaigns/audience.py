"""To whom a bulk text can go: everyone, a saved view, a tag, the guests of an event, or the filter of the list."""

import json
from collections.abc import Mapping

from pages.customers.filters import labels
from pages.parts.context import actor, now, reading
from pages.parts.format import day
from venue import events, tags, views
from venue.customers.filters import CustomerFilter
from venue.views import ViewRow
from venue.views.parts import SORT

EVERYONE = "All customers"


def choices(*, besides: Mapping[str, str] | None = None) -> dict[str, str]:
    """Filters of the list, as JSON, with what each is called. `besides` is one more, which is the first."""
    found = {} if besides is None else {as_json(besides): in_words(besides)}
    with reading(actor()) as session:
        found.setdefault(as_json({}), EVERYONE)
        for view in views.listed(session):
            found.setdefault(as_json(_filter_of(view)), _in_view(view))
        for tag in tags.every(session):
            found.setdefault(as_json({"tag": str(tag.id)}), f"Tag: {tag.name}")
        for event in events.nearest_first(session, now=now()):
            found.setdefault(as_json({"event": str(event.id)}), f"Booked for {event.name}, {day(event.starts_at)}")
    return found


def as_json(query: Mapping[str, str]) -> str:
    return json.dumps(dict(query), ensure_ascii=False)


def in_words(query: Mapping[str, str]) -> str:
    """The saved view that has this filter, or the filter as the list shows it: "‘smi’, VIP"."""
    with reading(actor()) as session:
        view = next((each for each in views.listed(session) if query and _filter_of(each) == query), None)
    if view is not None:
        return _in_view(view)
    where = CustomerFilter.from_query(query, skip_unreadable=True)
    searched = [f"‘{where.words}’"] if where.words else []
    return ", ".join([*searched, *labels(where).values()]) or EVERYONE


def _filter_of(view: ViewRow) -> dict[str, str]:
    return {key: value for key, value in view.query.items() if key != SORT}


def _in_view(view: ViewRow) -> str:
    return f"Customers in the view {view.name}"
