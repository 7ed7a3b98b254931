"""The list of customers."""

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from pages.customers import filters, list_order, list_page
from pages.customers.filters import Filters
from pages.customers.no_results import explain_nobody
from pages.customers.people_list import draw_people
from pages.customers.return_to_list import keep, standing, take_up
from pages.parts import page_state
from pages.parts.context import actor, now, reading
from pages.parts.device import keep_liked
from pages.parts.format import BOOKING_STATUS, full_name, number, short_day
from venue.customers.find import CustomerPage


def head() -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title("Customers", width="content", anchor=False)
        if st.button("Add customer", key="press_n", type="primary", icon=":material/person_add:"):
            page_state.go("customers/add.py")


def listing() -> None:
    chosen = filters.draw_filters(filters.draw_search())
    view = list_order.view()
    keep_liked()
    filters.draw_chosen(chosen)
    found = find(chosen, list_page.size(view, st.query_params.get("rows")))
    if not found.rows:
        explain_nobody(chosen)
        return
    draw_list(found, view, f"/download/customers.csv?{chosen.address()}")


def find(chosen: Filters, page_size: int) -> CustomerPage:
    order = list_order.order(st.query_params.get("sort"))
    # While somebody types, each letter asks anew: what follows is read for those who only turn the pages.
    asked = {**chosen.arguments(), **order, "page_size": page_size, "ahead": not chosen.words, "now": now()}
    with reading(actor()) as session:
        return list_page.find(session, st.query_params.get("page", ""), **asked)


def draw_list(found: CustomerPage, view: str, download: str) -> None:
    order, page = (st.query_params.get(name) for name in ("sort", "page"))
    several, size = found.pages > 1, found.page_size  # What a session keeps for its buttons is no page of rows.
    draw_people(
        [shown(row) for row in found.rows],
        view=view,
        views=list_order.VIEWS,
        order=list_order.order(order),
        address=standing(),
        asked=urlencode({name: value for name, value in st.query_params.to_dict().items() if value}),
        words=list_page.words(found, page or ""),
        turns=list_page.turns(found),
        ahead=ahead(found),
        letters=list_page.LETTERS if several else [],
        letter=page if page in list_page.LETTERS else "",
        orders=list(list_order.SORTS),
        ordered=list_order.called(order),
        sizes=list_page.SIZES if view == "Table" else [],
        size=str(size),
        download=download,
        on={
            "edited": lambda _: page_state.go("customers/edit_many.py", size=size, **keep()),
            "sorted": list_order.sort_by,
            "ordered": list_order.put_in_order,
            "jumped": list_page.jump,
            "sized": list_page.resize,
            "viewed": list_order.show_as,
        },
    )


def ahead(found: CustomerPage) -> dict[str, Any] | None:
    """The next page, which stands at once when it is turned to."""
    if found.ahead is None:
        return None
    return {
        "rows": [shown(row) for row in found.ahead.rows],
        "words": list_page.words(found.ahead, ""),
        "kept": urlencode({**standing(), "page": list_page.next_page(found)}),
        "turns": list_page.turns(found.ahead),
        "letter": "",
    }


def shown(row) -> dict[str, str]:
    return {
        "id": str(row.id),
        "name": full_name(row),
        "status": row.booking_status,
        "last_name": row.last_name,
        "first_name": row.first_name,
        "mobile_number": number(row.mobile_number),
        "bookings": BOOKING_STATUS[row.booking_status],
        "notes": row.notes,
        "added": short_day(row.created_at),
    }


take_up()
head()
listing()
