"""The list of customers as one element: how many there are, a table or cards, and links to the other pages.

Streamlit draws its tables on a canvas, sorts only the rows on the screen, and identifies a row by its position. Here
each customer is a real link that a screen reader reads, identified by the customer's id. And Streamlit sends a message
for each element it draws: a page of cards would be fifty.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pages.customers.list_address import Order
from pages.customers.list_columns import Cell, Column
from pages.elements.component import PRESS, linking_component, said
from pages.parts.permissions import may
from venue.roles import Permission

HERE = Path(__file__).parent
_list = linking_component(
    HERE / "people_list.js",
    html=(
        '<div class="top"><p role="status"></p><div class="first"></div>'
        '<div class="views" role="group" aria-label="View"></div><div class="tools"></div></div>'
        '<div class="people"></div><div class="foot"></div>'
        '<div class="selection" role="region" aria-label="Selected customers"></div>'
    ),
    parts=[PRESS, HERE / "people_ticks.js"],
)


def draw_people(
    rows: list[dict[str, Cell]],
    *,
    view: str,
    order: Order,
    address: dict[str, str],
    columns: Mapping[str, Column],
    on: dict[str, Callable[[Any], None]],
    **shown: object,
) -> None:
    """`rows` have an `id`, the whole `name`, a `status`, and a text or badges for each column.

    `on` has a function for each event: a column is `sorted`, an order `ordered`, a letter `jumped` to, a size `sized`,
    a view `viewed`, the columns `arranged`, these customers `edited`, some `ticked`, `everyone` selected, the selection
    `cleared`, or what to do with it `chosen`. It gets which one. `shown` is the rest of the
    list, as people_list.js names it.
    """
    _list(
        key="people",
        data=[{"view": view, "heads": _heads(columns, order), "rows": rows, "kept": urlencode(address), **shown}],
        **{f"on_{event}_change": _follow(event, follow) for event, follow in on.items()},
    )


def _heads(columns: Mapping[str, Column], order: Order) -> list[dict[str, object]]:
    hidden = () if may(Permission.NUMBERS) else ("mobile_number",)
    sorted_by = "descending" if order["descending"] else "ascending"
    width = sum(column.width for column in columns.values())
    return [
        {
            "name": name,
            "label": column.label,
            "extra": column.is_extra,
            "width": f"{100 * column.width / width:.2f}%",
            "sort": "" if column.sort in hidden else column.sort,
            "is": sorted_by if column.sort and column.sort == order["sort"] else "",
        }
        for name, column in columns.items()
    ]


def _follow(event: str, follow: Callable[[Any], None]) -> Callable[[], None]:
    return lambda: follow(said("people", event))
