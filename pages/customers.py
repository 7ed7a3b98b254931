"""The list of customers."""

import streamlit as st

from pages.parts import filters, list_place, list_view, visit
from pages.parts.desk import actor, now, reading
from pages.parts.device import is_phone, keep_liked
from pages.parts.filters import Filters
from pages.parts.kept_list import keep, standing, take_up
from pages.parts.nobody import explain_nobody
from pages.parts.people_table import draw_people
from pages.parts.words import BOOKING_STATUS, full_name, number, plain, short_day, status_badge
from venue import customers


def head() -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title("Customers", width="content", anchor=False)
        if st.button("Add customer", key="press_add_customer", type="primary", icon=":material/person_add:"):
            visit.go("add_customer.py")


@st.fragment
def listing() -> None:
    words = filters.draw_search()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = filters.draw_filters(words)
        if not is_phone():
            st.space("stretch")
        view = list_view.draw_view()
        if not is_phone():
            list_view.draw_order()
    keep_liked()
    filters.draw_chosen(chosen)
    found = find(chosen, list_place.size(view, held("rows")))
    if not found.rows:
        explain_nobody(chosen)
        return
    above(found)
    (draw_cards if view == "Cards" else draw_table)(found.rows)
    foot(found, view, chosen)


def held(name: str) -> str | None:
    """What a widget holds, or what the address says while it is not drawn yet."""
    return st.session_state.get(name) or st.query_params.get(name)


def find(chosen: Filters, page_size: int) -> customers.Page:
    asked = {**chosen.arguments(), **list_view.order(held("sort")), "page_size": page_size, "now": now()}
    place = list_place.arguments(st.query_params.get("page", ""), page_size)
    with reading(actor()) as session:
        found = customers.search(session, **asked, **place)
        if "before" in place and not found.has_previous:
            # Back at the start, which may not be full since the pages were counted from elsewhere.
            found = customers.search(session, **asked)
    return found


def above(found: customers.Page) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(plain(list_place.words(found, st.query_params.get("page", ""))), width="content")
        with st.container(horizontal=True, width="content", vertical_alignment="center", gap="xsmall"):
            if found.pages > 1:
                list_place.draw_letters()
            if st.button("Edit these", icon=":material/edit_note:"):
                visit.go("edit_customers.py", size=found.page_size, **keep())


def draw_table(rows) -> None:
    shown = [
        {
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
        for row in rows
    ]
    draw_people(
        shown,
        order=list_view.order(held("sort")),
        address=standing(),
        on_open=lambda customer_id: visit.go("customer.py", id=customer_id, **keep()),
        on_sort=list_view.sort_by,
    )


def draw_cards(rows) -> None:
    kept_here = keep()
    with st.container(key="cards"), st.grid("auto", min_column_width=300, gap="xsmall"):
        for row in rows:
            with st.container(border=True, gap=None):
                # All of it is the link: a thumb need not aim.
                label = f"**{plain(full_name(row))}**  \n{number(row.mobile_number)} {status_badge(row.booking_status)}"
                address = {"id": str(row.id), **kept_here}
                st.page_link("customer.py", label=label, query_params=address, width="stretch")


def foot(found: customers.Page, view: str, chosen: Filters) -> None:
    turning = st.container()  # On a phone in a line of its own.
    line = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    if found.pages > 1:
        with turning if is_phone() else line:
            list_place.draw_turning(found)
    with line:
        if view == "Table":
            draw_sizes()
        st.link_button("Download CSV", f"/download/customers.csv?{chosen.address()}", icon=":material/download:")


def draw_sizes() -> None:
    st.segmented_control(
        "Rows",
        list_place.SIZES,
        default="50",
        required=True,
        key="rows",
        bind="query-params",
        label_visibility="collapsed",
        on_change=list_place.first_page,
    )


take_up()
head()
listing()
