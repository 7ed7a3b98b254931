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
from pages.elements.component import linking_component
from pages.parts.confirm import acting
from pages.parts.format import number, seats, tel, time_of_day, visit_in_words
from pages.parts.permissions import may
from venue.roles import Permission
from venue.rows import GuestRow
from venue.tags import TagRow
from venue.wording import full_name


class Mark(NamedTuple):
    """What was tapped: arrived (True), no-show (False) or unmarked (None), and how many came, if that was tapped."""

    arrived: bool | None
    seats: int | None


MARKS = {"arrived": True, "missing": False, "unmarked": None}
NAMES = {arrived: name for name, arrived in MARKS.items()}

_list = linking_component(Path(__file__).with_suffix(".js"), html='<div class="guests"></div>')


def draw_guest_list(
    rows: Sequence[GuestRow],
    *,
    key: str,
    on_mark: Callable[[dict[UUID, Mark]], None],
    tags: Mapping[UUID, Sequence[TagRow]] = MappingProxyType({}),
    visits: Mapping[UUID, int] = MappingProxyType({}),
    notices: dict[UUID, tuple[Notice, ...]] | None = None,
    acts: Sequence[Act] = (),
    on_act: Callable[[str, str], None] = lambda _name, _about: None,
) -> None:
    """`rows` as `bookings.for_event` gives them, `tags` by customer, `visits` by customer which visit of theirs it is.
    `on_mark` gets what was marked, by booking. `on_act` gets the name of a pressed button, of `acts` or of a notice,
    and what it is about."""
    marked, acted = acting(on_mark), acting(on_act)
    _list(
        key=key,
        data=[
            {
                "rows": [
                    _row(
                        row, tags.get(row.customer_id, ()), visits.get(row.customer_id), (notices or {}).get(row.id, ())
                    )
                    for row in rows
                ],
                "acts": as_data(acts),
                "may_mark": may(Permission.BOOKINGS),
            }
        ],
        on_marked_change=lambda: marked(_read(st.session_state[key]["marked"])),
        on_act_change=lambda: acted(*st.session_state[key]["act"]),
    )


def _read(taps: Sequence[tuple[str, str, int | None]]) -> dict[UUID, Mark]:
    return {UUID(booking_id): Mark(MARKS[mark], came) for booking_id, mark, came in taps}


def _row(row: GuestRow, tags: Sequence[TagRow], visit: int | None, notices: tuple[Notice, ...]) -> dict[str, object]:
    return {
        "id": str(row.id),
        "name": full_name(row),
        "address": address("customer", id=row.customer_id),
        "seats": seats(row),
        "number": number(row.mobile_number),
        "call": tel(row.mobile_number),
        "notes": row.notes,
        "mark": NAMES[row.arrived] if row.seats else "",
        "booked": row.seats,
        "came": row.arrived_seats or row.seats,
        "late": f"Running late (noted {time_of_day(row.late_since)})" if row.late_since else "",
        "visit": "" if visit is None or not row.seats else visit_in_words(visit),
        "walkedIn": "Walk-in" if row.walked_in else "",
        "tags": as_data([Badge(tag.colour, tag.name) for tag in tags]),
        "notices": [{"ways": [], **as_data(notice)} for notice in notices],
    }
