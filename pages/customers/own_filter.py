"""The filter by one of the venue's own fields."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from pages.customers.list_address import filter_by, here
from pages.customers.own_fields import YES_OR_NO
from pages.elements.calendar import chosen_day
from pages.elements.toast import toast
from pages.parts import page_state
from pages.parts.context import actor, reading
from pages.parts.format import plain
from pages.parts.shared_value import draw_shared
from venue import fields
from venue.customers.filters import CustomerFilter
from venue.fields import FieldRow, Kind, conditions
from venue.fields.conditions import RANGE, Wanted

KEY = "filter.own"
# The name in the page state of the field that is chosen, before anything is looked for in it.
CHOSEN = "own_filter"
# A field in use among the names of filters.
PREFIX = "own."


def draw(wanted: Wanted) -> None:
    """Draw the filter, if there are fields: first choose one, then say what to look for. That changes the address."""
    by_id = {field.id: field for field in _listed()}
    if not by_id:
        return
    chosen = page_state.get(CHOSEN) or next((field_id for field_id, _ in wanted), None)
    draw_shared(
        st.selectbox,
        "Field",
        KEY,
        chosen if chosen in by_id else None,
        lambda field_id: page_state.set(CHOSEN, field_id),
        options=list(by_id),
        format_func=lambda field_id: by_id[field_id].name if field_id in by_id else "",
        placeholder="Any field",
    )
    if chosen in by_id:
        _draw_value(by_id[chosen], dict(wanted).get(chosen, ""))


def labels(wanted: Wanted) -> dict[str, str]:
    """The label of each field that is filtered by, by the name of its filter."""
    by_id = {field.id: field for field in _listed()} if wanted else {}
    return {
        f"{PREFIX}{field_id}": conditions.label(by_id[field_id], typed)
        if field_id in by_id
        else "A field that no longer exists"
        for field_id, typed in wanted
    }


def less(wanted: Wanted, names: Sequence[str]) -> Wanted:
    """What is wanted without the filters of these names."""
    return tuple((field_id, typed) for field_id, typed in wanted if f"{PREFIX}{field_id}" not in names)


def say_if_wrong(wanted: Wanted) -> None:
    """Say that a field of the address no longer exists, or that its value makes no sense: then no one matches."""
    with reading(actor()) as session:
        problem = conditions.problem(session, wanted)
    if problem:
        st.warning(plain(f"{problem.removesuffix('.')}. Remove this filter to see customers."), icon=":material/list:")
    elif not wanted and st.query_params.get(CustomerFilter.keys()["own"]):
        st.warning("The field in this address is mistyped: it filters nothing.", icon=":material/list:")


def _draw_value(field: FieldRow, typed: str) -> None:
    if field.kind in (Kind.NUMBER, Kind.DAY):
        _draw_range(field, typed)
    elif field.kind is Kind.FLAG:
        _draw(st.pills, field, typed.capitalize() or None, options=YES_OR_NO)
    elif field.kind is Kind.CHOICE:
        names = {str(choice.id): choice.name for choice in field.choices}
        value = typed if typed in names else None
        _draw(
            st.selectbox,
            field,
            value,
            options=list(names),
            format_func=lambda each: names.get(each, each),
            placeholder="Any choice",
        )
    else:
        _draw(st.text_input, field, typed, placeholder="What it contains")


def _draw(widget: Any, field: FieldRow, value: object, **how: Any) -> None:
    draw_shared(widget, field.name, f"{KEY}.{field.id}", value, partial(_set, field), **how)


def _draw_range(field: FieldRow, typed: str) -> None:
    """Two fields: from and to."""
    first, dots, last = typed.partition(RANGE)
    bounds = [first, last if dots else first]
    for place, label in enumerate((f"{field.name} from", f"{field.name} to")):
        key, choose = f"{KEY}.{field.id}.{place}", _bound(field, bounds, place)
        if field.kind is Kind.DAY:
            chosen_day(label, _day(bounds[place]), key=key, on_choose=choose)
        else:
            number = float(bounds[place]) if bounds[place] else None
            draw_shared(partial(st.number_input, value=None, step=1.0, format="%g"), label, key, number, choose)


def _bound(field: FieldRow, bounds: list[str], place: int) -> Any:
    def choose(value: date | float | None) -> None:
        both = [*bounds]
        both[place] = "" if value is None else str(value)
        _set(field, RANGE.join(both) if any(both) else "")

    return choose


def _set(field: FieldRow, typed: str | None) -> None:
    """Filter by this value of the field, or no longer by the field."""
    typed = typed or ""
    others = tuple(each for each in here().where.own if each[0] != field.id)
    page_state.set(CHOSEN, field.id)
    try:
        wanted = ((field.id, conditions.checked_wanted(field, typed)),) if typed.strip() else ()
    except ValueError as problem:
        toast(str(problem))
        return
    filter_by(own=(*others, *wanted))


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _listed() -> Sequence[FieldRow]:
    with reading(actor()) as session:
        return fields.listed(session)
