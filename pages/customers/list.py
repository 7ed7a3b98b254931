"""The list of customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from pages.customers import (
    bulk_dialogs,
    column_dialog,
    duplicates_shown,
    filters,
    list_columns,
    list_order,
    list_page,
    saved_views,
    selected,
    view_dialogs,
)
from pages.customers.list_address import SIZES, VIEWS, ListAddress, here
from pages.customers.list_columns import Cell, Column
from pages.customers.no_results import explain_no_results
from pages.customers.people_list import draw_people
from pages.customers.repair_address import repair_address
from pages.customers.return_to_list import keep, take_up
from pages.parts import dialog, page_state
from pages.parts.context import actor, now, reading
from pages.parts.device import is_phone, keep_liked
from pages.parts.download import DownloadLink, download_links
from pages.parts.permissions import may
from venue.bulk import Summary
from venue.customers.paging import CustomerPage
from venue.roles import Permission
from venue.rows import ListedCustomerRow
from venue.wording import full_name


def head() -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title("Customers", width="content", anchor=False)
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            if not is_phone():
                draw_links()
            if may(Permission.CUSTOMERS) and st.button(
                "Add customer", key="press_n", type="primary", icon=":material/person_add:"
            ):
                page_state.go("customers/add.py")


def draw_links() -> None:
    link_to_duplicates()
    draw_bulk_text()


def link_to_duplicates() -> None:
    with reading(actor()) as session:
        pairs = duplicates_shown.count(session)
    if pairs:
        st.page_link("customers/duplicates.py", label=duplicates_shown.label(pairs), icon=":material/compare_arrows:")


def draw_bulk_text() -> None:
    """To all who match the list's filter. A button: a link would not know the words that were typed just before it."""
    offered = may(Permission.BULK) and here().where.in_use()
    if offered and st.button("Text these", icon=":material/campaign:", type="tertiary"):
        page_state.go("campaigns/edit.py", **keep())


def listing() -> None:
    # On a phone the title has room for one button only.
    view = saved_views.draw(here(), beside=draw_links if is_phone() else None)
    if view.is_refused:
        return
    filters.draw_search()
    address = here()
    filters.draw_filters(address.where)
    look = list_order.view(address)
    keep_liked()
    filters.draw_in_use(address.where)
    names = saved_views.columns(view.row, address)
    found = find(address, list_page.size(look, address), names)
    if not found.page.rows:
        selected.draw_hidden(found.selection)
        explain_no_results(address.where)
        return
    draw_list(found, look, address)


@dataclass(frozen=True)
class Found:
    """A page of the list, its columns, and the cells of those that are not in its rows."""

    page: CustomerPage
    columns: dict[str, Column]
    extra: Mapping[UUID, dict[str, Cell]]
    selection: Summary | None


def find(address: ListAddress, page_size: int, names: Sequence[str]) -> Found:
    with reading(actor()) as session:
        page = list_page.find(session, address, page_size=page_size, now=now())
        columns = list_columns.shown(session, names)
        extra = list_columns.extra_cells(session, columns, [row.id for row in page.rows])
        return Found(page, columns, extra, selected.summary(session, page, address))


def draw_list(found: Found, view: str, address: ListAddress) -> None:
    page, columns, selection = found.page, found.columns, found.selection
    several, size = page.pages > 1, page.page_size  # A session keeps its callbacks, which must not keep the rows.
    draw_people(
        [shown(row, found.extra[row.id]) for row in page.rows],
        view=view,
        views=VIEWS,
        order=address.order,
        columns=columns,
        address=address.to_query(),
        words=list_page.words(page, address),
        turns=list_page.turns(page),
        letters=list_page.LETTERS if several else [],
        letter=list_page.letter(address),
        orders=list_order.offered(),
        ordered=address.sort,
        sizes=SIZES if view == "Table" else [],
        size=str(size),
        edit=may(Permission.CUSTOMERS),
        downloads=[link._asdict() for link in downloads(address)] if may(Permission.EXPORT) else [],
        **selected.shown(selection, page, address),
        on={
            "ticked": selected.tick,
            "everyone": selected.select_all,
            "cleared": selected.clear,
            "chosen": dialog.open,
            "arranged": lambda _: dialog.open(column_dialog.NAME),
            "edited": lambda _: page_state.go("customers/edit_many.py", size=size, **keep()),
            "sorted": list_order.sort_by,
            "ordered": list_order.put_in_order,
            "jumped": list_page.jump,
            "sized": list_page.resize,
            "viewed": list_order.show_as,
        },
    )


def downloads(address: ListAddress) -> list[DownloadLink]:
    """Of all pages, in this order."""
    filters = address.where.to_query()
    return download_links("customers", filters if address.sort == ListAddress.sort else {**filters, **address.order})


def shown(row: ListedCustomerRow, extra: dict[str, Cell]) -> dict[str, Cell]:
    cells = {name: column.text(row) for name, column in list_columns.COLUMNS.items()}
    return {"id": str(row.id), "name": full_name(row), "status": row.booking_status, **cells, **extra}


take_up()
saved_views.take_up()
head()
listing()
repair_address()
dialog.draw({**column_dialog.DIALOGS, **view_dialogs.DIALOGS, **bulk_dialogs.DIALOGS})
