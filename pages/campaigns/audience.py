"""To whom a bulk text can go: everyone, a saved view, a tag, an event's guests, the list's filter, or selected ones."""

import json
from collections.abc import Mapping

from db.models import Campaign
from pages.customers.filters import labels
from pages.parts.context import actor, now, reading
from pages.parts.format import day
from venue import campaigns, events, tags, views
from venue.customers.filters import CustomerFilter
from venue.views import ViewRow
from venue.views.parts import SORT
from venue.wording import counted

EVERYONE = "All customers"
# In place of a filter: those who were selected.
SELECTED = "selected"


def choices(draft: Campaign) -> dict[str, str]:
    """Filters of the list, as JSON, with what each is called. What the draft says is the first."""
    found = {SELECTED if draft.is_list else draft.query: in_words(draft)}
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


def in_words(campaign: Campaign) -> str:
    """To whom it goes: "12 selected customers", or the saved view that has its filter, or this filter as the list shows
    it: "‘smi’, VIP"."""
    query = json.loads(campaign.query)
    with reading(actor()) as session:
        if campaign.is_list:
            is_fixed = campaign.confirmed_at is not None
            number = campaign.audience if is_fixed else campaigns.count_selected(session, campaign.id)
            return counted(number, "selected customer")
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
