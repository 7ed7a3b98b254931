"""Guests of an event as one element: a table on a computer, cards on a phone, with a big tick for who arrived.

Streamlit would need three widgets for each guest, and draws its tables on a canvas: docs/decisions/0016-boards.md.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

import streamlit as st

from pages.elements.board import Act, Badge, Notice, address, as_data
from pages.elements.component import PRESS, linking_component, said
from pages.parts.confirm import acting
from pages.parts.context import now, venue
from pages.parts.format import number, seats, tel, time_of_day, visit_in_words
from pages.parts.permissions import may
from venue import events
from venue.customers.visit_counts import is_forgotten
from venue.roles import Permission
from venue.rows import EventRow, GuestRow
from venue.tags import TagRow
from venue.wording import full_name, late_in_words


class Mark(NamedTuple):
    """What was tapped: arrived (True), no-show (False) or unmarked (None), and how many came, if that was tapped."""

    arrived: bool | None
    seats: int | None


MARKS = {"arrived": True, "missing": False, "unmarked": None}
NAMES = {arrived: name for name, arrived in MARKS.items()}

_list = linking_component(Path(__file__).with_suffix(".js"), html='<div class="guests"></div>', parts=[PRESS])


def draw_guest_list(
    rows: Sequence[GuestRow],
    *,
    key: str,
    event: EventRow,
    on_mark: Callable[[dict[UUID, Mark]], None],
    tags: Mapping[UUID, Sequence[TagRow]] = MappingProxyType({}),
    visits: Mapping[UUID, int] = MappingProxyType({}),
    notices: dict[UUID, tuple[Notice, ...]] | None = None,
    acts: Sequence[Act] = (),
    on_act: Callable[[str, str], None] = lambda _name, _about: None,
) -> None:
    """`rows` as `bookings.page_for_event` gives them, marked from the day of the event on, for a year. `tags` are by
    customer, `visits` say by customer which visit of theirs it is. `on_mark` gets what was marked, by booking. `on_act`
    gets the name of a pressed button, of `acts`, of a notice or `late`, and what it is about."""
    marked, acted = acting(on_mark), acting(on_act)
    knows_marks = not is_forgotten(event.starts_at, now=now())
    takes_marks = knows_marks and events.takes_marks(event, now=now(), zone=venue().zone)
    answered = f"{key}.answered"

    def on_marked() -> None:
        taps = said(key, "marked")
        # Before they are saved: the list shows what is stored then, even if they are refused.
        st.session_state[answered] = max(number for number, *_ in taps)
        marked(_read(taps))

    _list(
        key=key,
        data=[
            {
                "rows": [
                    {
                        **_row(row, tags.get(row.customer_id, ()), visits.get(row.customer_id)),
                        "mark": _mark(row, takes_marks, knows_marks),
                        "notices": [{"ways": [], **as_data(notice)} for notice in (notices or {}).get(row.id, ())],
                    }
                    for row in rows
                ],
                "acts": as_data(acts),
                "answered": st.session_state.get(answered, 0),
                "may_mark": may(Permission.BOOKINGS),
                "may_be_late": events.is_on(event, now=now(), zone=venue().zone),
            }
        ],
        on_marked_change=on_marked,
        on_act_change=lambda: acted(*said(key, "act")),
    )


def _read(taps: Sequence[tuple[int, str, str, int | None]]) -> dict[UUID, Mark]:
    return {UUID(booking_id): Mark(MARKS[mark], came) for _number, booking_id, mark, came in taps}


def _mark(row: GuestRow, takes_marks: bool, knows_marks: bool) -> str:
    is_known = row.arrived or (row.arrived is False and knows_marks)
    return NAMES[row.arrived] if row.seats and (takes_marks or is_known) else ""


def _late(row: GuestRow) -> str:
    """Like "Running late, about 20 min (noted 19:10)"; empty if they are not."""
    if row.late_since is None:
        return ""
    words = late_in_words(row)
    return f"{words[0].upper()}{words[1:]} (noted {time_of_day(row.late_since)})"


def _row(row: GuestRow, tags: Sequence[TagRow], visit: int | None) -> dict[str, object]:
    return {
        "id": str(row.id),
        "name": full_name(row),
        "address": address("customer", id=row.customer_id),
        "seats": seats(row),
        "number": number(row.mobile_number),
        "call": tel(row.mobile_number),
        "notes": row.notes,
        "booked": row.seats,
        "came": row.arrived_seats or row.seats,
        "late": _late(row),
        "visit": "" if visit is None or not row.seats else visit_in_words(visit),
        "walkedIn": "Walk-in" if row.walked_in else "",
        "tags": as_data([Badge(tag.colour, tag.name) for tag in tags]),
    }
