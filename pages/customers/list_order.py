"""How the list of customers is shown: as a table or as cards, and in which order."""

from pages.customers.list_address import SORTS, VIEWS, ListAddress, change, here
from pages.parts import page_state
from pages.parts.device import is_phone, like, liked


def view(address: ListAddress) -> str:
    """What the address says, or else what this device showed last, or else what suits it."""
    usual = page_state.get("view") or liked("view", VIEWS) or ("Cards" if is_phone() else "Table")
    page_state.set("view", usual)
    return address.view or usual


def show_as(view: str) -> None:
    """As a table or as cards from now on; the device remembers it."""
    change(view=view)
    like("view", view)


def sort_by(column: str) -> None:
    """Order the list by a column, or the other way round when it is already."""
    sort, descending = SORTS[here().sort]
    wanted = (column, not descending) if sort == column else (column, column == "created_at")
    put_in_order(next(label for label, order in SORTS.items() if order == wanted))


def put_in_order(label: str) -> None:
    """Order the list as one of SORTS says."""
    change(sort=label if label in SORTS else ListAddress.sort)
