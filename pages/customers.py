"""The list of customers."""

import pandas as pd
import streamlit as st

from pages.parts import filters, visit
from pages.parts.desk import actor, now, reading
from pages.parts.device import is_phone
from pages.parts.filters import Filters, chosen_order, chosen_view, draw_filters
from pages.parts.kept_list import keep, take_up
from pages.parts.words import BOOKING_STATUS, counted, full_name, number, plain, status_badge
from venue import customers

CARDS_ON_A_PAGE = 25


def head() -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title("Customers", width="content", anchor=False)
        if st.button("Add customer", type="primary", icon=":material/person_add:"):
            visit.go("add_customer.py")


@st.fragment
def listing() -> None:
    chosen = draw_filters()
    view = chosen_view()
    size = CARDS_ON_A_PAGE if view == "Cards" else int(st.session_state.get("rows") or 50)
    with reading(actor()) as session:
        found = customers.search(
            session, **chosen.arguments(), **chosen_order(), page=wanted_page(), page_size=size, now=now()
        )
    st.caption(counted(found.total, "customer"))
    if not found.rows:
        nobody(chosen)
        return
    (draw_cards if view == "Cards" else draw_table)(found.rows)
    foot(found, view, chosen)


def wanted_page() -> int:
    wanted = str(st.session_state.get("page") or st.query_params.get("page", "1"))
    return int(wanted) if wanted.isdecimal() and len(wanted) < 9 else 1


def draw_table(rows) -> None:
    table = pd.DataFrame(
        {
            "Last name": [row.last_name for row in rows],
            "First name": [row.first_name for row in rows],
            "Mobile number": [number(row.mobile_number) for row in rows],
            "Bookings": [BOOKING_STATUS[row.booking_status] for row in rows],
            "Notes": [row.notes for row in rows],
        }
    )
    shown = [str(row.id) for row in rows]
    st.dataframe(
        table,
        key="table",
        hide_index=True,
        height="content",
        alt="Customers",
        on_select=lambda: open_clicked(shown),
        selection_mode="single-cell",
    )


def open_clicked(shown: list[str]) -> None:
    """Open whoever stood on the clicked line when it was drawn, whatever the list holds by now."""
    cells = st.session_state["table"]["selection"]["cells"]
    if cells and cells[0][0] < len(shown):
        visit.go("customer.py", **keep(shown[cells[0][0]]))


def draw_cards(rows) -> None:
    with st.grid("auto", min_column_width=300, gap="xsmall"):
        for row in rows:
            with st.container(border=True, gap=None):
                st.page_link(
                    "customer.py", label=f"**{plain(full_name(row))}**", query_params=keep(row.id), width="stretch"
                )
                st.markdown(f"{number(row.mobile_number)} {status_badge(row.booking_status)}")


def foot(found: customers.Page, view: str, chosen: Filters) -> None:
    if found.pages > 1:
        st.pagination(found.pages, key="page", bind="query-params", max_visible_pages=5 if is_phone() else 9)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if view == "Table":
            st.segmented_control(
                "Rows",
                ["25", "50", "100"],
                default="50",
                required=True,
                key="rows",
                bind="query-params",
                label_visibility="collapsed",
                on_change=filters.first_page,
            )
        st.link_button("Download CSV", f"/download/customers.csv?{chosen.address()}", icon=":material/download:")


def nobody(chosen: Filters) -> None:
    """Say why the list is empty, with one tap to mend it."""
    if chosen == Filters():
        st.info("Nobody is here yet. Add the first customer, or import a list.", icon=":material/group_add:")
        return
    st.info("Nobody matches.", icon=":material/search_off:")
    names = {**filters.labels(chosen), **({"words": f"search ‘{chosen.words}’"} if chosen.words else {})}
    for name, label in names.items() if len(names) > 1 else []:
        with reading(actor()) as session:
            total = customers.search(session, **chosen.without(name).arguments(), page_size=1, now=now()).total
        if total:
            kind = label if name == "words" else f"filter ‘{label}’"
            st.button(
                plain(f"{total:,} {'matches' if total == 1 else 'match'} without the {kind}"),
                key=f"mend.{name}",
                on_click=filters.remove,
                args=(name,),
                icon=":material/filter_alt_off:",
            )
    if len(names) == 1 and not chosen.words:
        st.button(
            "Show everybody", on_click=filters.remove, args=(next(iter(names)),), icon=":material/filter_alt_off:"
        )
    if chosen.words.strip() and st.button(plain(f"Add ‘{chosen.words.strip()}’"), icon=":material/person_add:"):
        visit.go("add_customer.py", typed=chosen.words.strip())


take_up()
head()
listing()
